# addresses in headers of local mail are completed and normalised; other bytes stay
need VIRTUAL
conf append_dot_mydomain = yes
conf myorigin = origin.test

run sendmail -f sender alice@example.test
    From: "Doe, Ann" <ann>
    To: bob, carol@host, "q s"@d.test, x..y@d.test, <@r1,@r2:v@w.test>
    Cc: foo!bar, a%b.test, user@dom.test., u@[192.0.2.1], friends: one, two;
    Reply-To: reply (comment)
    X-Other: untouched
    Subject: completed

    body untouched
wait delivered alice
has: ^Return-Path: <sender@origin.test>$
has= From: "Doe, Ann" <ann@origin.test>
has: bob@origin.test, carol@host.example.test
has: "q s"@d.test
has: "x..y"@d.test
has: <v@w.test>
has: bar@foo.example.test, a@b.test, user@dom.test, u@\[192.0.2.1\]
has: friends: one@origin.test,\s+two@origin.test;
has= Reply-To: reply@origin.test (comment)
has= X-Other: untouched
has= body untouched
log: cleanup\[\d+\]: \w+: message-id=<\d{14}\.\w+@mail.example.test>
