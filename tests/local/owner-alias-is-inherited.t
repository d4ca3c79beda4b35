# an alias without an owner inside one that has one keeps the owner as the sender
user ann ben
sink
conf relayhost = $sink
file aliases
    postmaster ann
    list inner, far1@far.test
    owner-list ben
    inner far2@far.test
message alice@example.test list@mail.example.test
queue empty
nosink: MAIL FROM:<alice@
sink: MAIL FROM:<owner-list@mail\.example\.test>
sink: RCPT TO:<far1@far\.test>
sink: RCPT TO:<far2@far\.test>
