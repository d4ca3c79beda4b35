# a message received by SMTP arrives in the Maildir of a virtual user and leaves the queue
need SMTPD VIRTUAL

message someone@client.test alice@example.test
    From: someone@client.test
    Subject: first
    Message-Id: <1@client.test>

    .dots
    ..are kept
wait delivered alice
has: ^Return-Path: <someone@client.test>$
has: ^Delivered-To: alice@example.test$
has: ^Received: from client.test \(localhost \[127.0.0.1\]\)$
has= .dots
has= ..are kept
queue empty
log: cleanup\[\d+\]: \w+: message-id=<1@client.test>|smtpd\[\d+\]: \w+: message-id=<1@client.test>
log: to=<alice@example.test>, relay=virtual, .* status=sent \(delivered to maildir\)
