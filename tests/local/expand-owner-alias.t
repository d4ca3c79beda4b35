# expand_owner_alias: the sender is what owner-NAME expands to
user ann ben
conf expand_owner_alias = yes
sink
conf relayhost = $sink
file aliases
    postmaster ann
    list far@far.test, ann
    owner-list ben@mail.example.test
message alice@example.test list@mail.example.test
sink: ^MAIL FROM:<ben@mail\.example\.test>
wait delivered ann
has= Return-Path: <ben@mail.example.test>
queue empty
