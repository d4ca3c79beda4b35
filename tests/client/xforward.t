# smtp_send_xforward_command: who the client was goes to a filter that asks for it
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_send_xforward_command = yes
sink
    EHLO: 250-sink.test\n250-PIPELINING\n250 XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT
message alice@example.test a@away.test
sink: ^XFORWARD NAME=localhost ADDR=127.0.0.1 PORT=\d+$
sink: ^XFORWARD PROTO=ESMTP HELO=client.test IDENT=[0-9A-F]+ SOURCE=LOCAL$
sinkcount 1
