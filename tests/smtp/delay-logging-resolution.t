# delay_logging_resolution_limit: so many digits behind the point
need SMTPD VIRTUAL
conf delay_logging_resolution_limit = 0
message a@client.test alice@example.test
log: to=<alice@example.test>, relay=virtual, delay=\d+, delays=\d+/\d+/\d+/\d+, dsn
