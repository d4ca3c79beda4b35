# 8-bit headers of a client that did not ask for SMTPUTF8 go to a server without it, as they always did
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
sink
    ehlo PIPELINING SIZE 8BITMIME
message alice@example.test bob@away.test
    Subject: Grüße

    text
sink= Subject: Grüße
nosink: SMTPUTF8
log: to=<bob@away.test>.*status=sent
