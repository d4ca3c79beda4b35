# fallback_relay, the former name of smtp_fallback_relay
need SMTPD SMTP
sink
conf relayhost = [127.0.0.1]:$port_nobody
conf fallback_relay = $sink
message a@client.test x@far.test
sinkcount 1
sink: RCPT TO:<x@far.test>
