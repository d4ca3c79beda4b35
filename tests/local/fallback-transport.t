# fallback_transport takes names without an account; those with one are delivered here
user ann
conf fallback_transport = lmtp:$sink
conf local_recipient_maps =
conf luser_relay = ann
conf recipient_delimiter = +
sink
    lmtp
    RCPT /gone@/: 550 5.1.1 gone is unknown
    RCPT /later@/: 451 4.3.0 later
file aliases
    postmaster ann
    both ann, elsewhere
message alice@example.test ann+x@mail.example.test
    Subject: one

    body
log: local\[\d+\]: \w+: to=<ann\+x@mail\.example\.test>, relay=local, .*status=sent \(delivered to maildir\)
queue empty
nosink: ^RCPT
message alice@example.test Elsewhere+x@mail.example.test
    Subject: two

    body
log: lmtp\[\d+\]: \w+: to=<Elsewhere\+x@mail\.example\.test>, relay=127\.0\.0\.1\[127\.0\.0\.1\]:\d+, .*status=sent
sink: ^RCPT TO:<Elsewhere\+x@mail\.example\.test>
queue empty
message alice@example.test both@mail.example.test
    Subject: three

    body
log: local\[\d+\]: \w+: to=<ann@mail\.example\.test>, orig_to=<both@mail\.example\.test>, relay=local, .*status=sent
log: lmtp\[\d+\]: \w+: to=<elsewhere@mail\.example\.test>, orig_to=<both@mail\.example\.test>, relay=.*status=sent
queue empty
message alice@example.test gone@mail.example.test
    Subject: four

    body
log: to=<gone@mail\.example\.test>, relay=.*status=bounced \(host 127\.0\.0\.1\[127\.0\.0\.1\] said: 550 5\.1\.1 gone is unknown
maildir alice 1
has= Final-Recipient: rfc822; gone@mail.example.test
queue empty
message alice@example.test later@mail.example.test
    Subject: five

    body
log: to=<later@mail\.example\.test>, relay=.*dsn=4\.3\.0, status=deferred \(host 127\.0\.0\.1\[127\.0\.0\.1\] said: 451 4\.3\.0 later
queue deferred 1
