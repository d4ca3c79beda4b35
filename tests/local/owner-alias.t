# owner-NAME: the sender of what the alias sends on
user ann ben
sink
    RCPT /far@/: 550 5.1.1 nobody
conf relayhost = $sink
file aliases
    postmaster ann
    list far@far.test, ann
    owner-list ben
message alice@example.test list@mail.example.test
sink: ^MAIL FROM:<owner-list@mail\.example\.test>
# the notice goes to the owner, not to alice
maildir ben 1
has= Final-Recipient: rfc822; far@far.test
has= To: owner-list@mail.example.test
maildir alice 0
maildir ann 1
has= Return-Path: <owner-list@mail.example.test>
has= Delivered-To: ann@mail.example.test
queue empty
