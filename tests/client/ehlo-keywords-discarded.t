# smtp_discard_ehlo_keywords: what the server offers is not used
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_discard_ehlo_keywords = size, dsn, pipelining
sink
message alice@example.test a@away.test
sink= MAIL FROM:<alice@example.test>
sink= RCPT TO:<a@away.test>
log: discarding EHLO keywords: PIPELINING SIZE DSN
