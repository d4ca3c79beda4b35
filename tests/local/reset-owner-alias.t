# reset_owner_alias: an alias without an owner inside one that has one is delivered at once, with the owner as sender
user ann ben
conf reset_owner_alias = yes
file aliases
    postmaster ben
    list inner
    owner-list ben
    inner ann
message alice@example.test list@mail.example.test
log: to=<ann@mail\.example\.test>, relay=local, .*status=sent \(delivered to maildir\)
queue empty
maildir ann 1
has= Return-Path: <owner-list@mail.example.test>
has= Delivered-To: list@mail.example.test
