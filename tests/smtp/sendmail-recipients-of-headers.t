# sendmail -t: what the header says, as it says it; Resent- recipients only when there are some; -f takes the first address
need VIRTUAL
conf append_dot_mydomain = yes
conf default_transport = discard:gone
run sendmail -t -f ann@client.test
    Resent-From: ann@client.test
    To: a1@x.test

    x
run sendmail -t -f ann@client.test
    Resent-Date: now
    To: a2@host
    Bcc: Blind Copy <b2@x.test>

    x
run sendmail -t -f ann@client.test
    Resent-Cc: Three <r3@z.test>
    To: a3@x.test

    x
run sendmail -t -f ann@client.test
    Cc: group: postmaster, "a b"@x.test;

    x
run sendmail -f 'two words@client.test' c6@x.test
    Subject: x

    x
log: to=<a1@x.test>
log: to=<a2@host.example.test>, orig_to=<a2@host>
log: to=<b2@x.test>
log: to=<r3@z.test>
log: to=<"a b"@x.test>
log: orig_to=<postmaster>
log: to=<c6@x.test>
log: from=<two@mail.example.test>
nolog: a3@x.test
