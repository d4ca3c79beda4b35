# default_filter_nexthop is where a filter without a next hop of its own is
need SMTPD SMTP
conf content_filter = smtp:
conf default_filter_nexthop = $sink
sink
message a@client.test alice@example.test bob@example.test
sink: RCPT TO:<alice@example.test>
sink: RCPT TO:<bob@example.test>
sinkcount 1
