# mailbox_transport: after aliases and .forward the mail goes to another transport; its outcome is the recipient's
user ann ben cat
conf mailbox_transport = lmtp:$sink
conf recipient_delimiter = +
conf default_privs = games
master lmtp unix - - n - - lmtp
conf local_recipient_maps =
sink
    lmtp
    unix lmtp.sock
    RCPT /ben@/: 550 5.7.1 ben is not wanted
    RCPT /cat@/: 450 4.2.0 cat sleeps
file aliases
    postmaster ann
    team ann, ben, root
    toann ann
run sendmail -N never -f dave@example.test ann+box@mail.example.test
    Subject: one

    body
sink: RCPT TO:<ann\+box@mail\.example\.test>
sink= Subject: one
# the content is as it was queued: what the other transport adds is its business
nosink: ^Delivered-To:
log: lmtp\[\d+\]: \w+: to=<ann\+box@mail\.example\.test>, relay=\S+\[\S*lmtp\.sock\], .*dsn=2\.0\.0, status=sent \(250 2\.0\.0 Ok: queued as SINK\)
nolog: local\[\d+\]: \w+: to=<ann
queue empty
# through an alias
run sendmail -N never -f dave@example.test toann@mail.example.test
    Subject: two

    body
log: lmtp\[\d+\]: \w+: to=<ann@mail\.example\.test>, orig_to=<toann@mail\.example\.test>, relay=.*status=sent
queue empty
# refused: the sender hears of it
message alice@example.test ben@mail.example.test
    Subject: three

    body
log: lmtp\[\d+\]: \w+: to=<ben@mail\.example\.test>, relay=\S+\[\S*lmtp\.sock\], .*dsn=5\.7\.1, status=bounced \(host \S+\[\S*lmtp\.sock\] said: 550 5\.7\.1 ben is not wanted \(in reply to RCPT TO command\)\)
maildir alice 1
has= Final-Recipient: rfc822; ben@mail.example.test
has= Status: 5.7.1
has= Diagnostic-Code: smtp; 550 5.7.1 ben is not wanted
has: ^Remote-MTA: dns; 
queue empty
# refused for now
message alice@example.test cat@mail.example.test
    Subject: four

    body
log: lmtp\[\d+\]: \w+: to=<cat@mail\.example\.test>, relay=.*dsn=4\.2\.0, status=deferred \(host .* said: 450 4\.2\.0 cat sleeps
queue deferred 1
run mailq
out: 450 4\.2\.0 cat sleeps
# another attempt, and the socket is alive
sinkrule RCPT /cat@/: 250 2.1.5 Ok
run postqueue -f
queue empty
# members of an alias: each has an outcome of its own; one bounces
message alice@example.test team@mail.example.test
    Subject: five

    body
log: to=<ann@mail\.example\.test>, orig_to=<team@mail\.example\.test>, relay=.*status=sent
log: to=<ben@mail\.example\.test>, orig_to=<team@mail\.example\.test>, relay=.*status=bounced
log: to=<root@mail\.example\.test>, orig_to=<team@mail\.example\.test>, relay=.*status=sent
maildir alice 2
has= Final-Recipient: rfc822; ben@mail.example.test
has= Original-Recipient: rfc822;team@mail.example.test
hasnot: ^Final-Recipient: rfc822; ann
queue empty
# no account is needed
message alice@example.test nobodyhere@mail.example.test
    Subject: six

    body
log: lmtp\[\d+\]: \w+: to=<nobodyhere@mail\.example\.test>, .*status=sent
queue empty
