# DISCARD: accepted and gone
need SMTPD
conf smtpd_sender_restrictions = check_sender_access inline:{{a@client.test=DISCARD}}
message a@client.test alice@example.test
message b@client.test alice@example.test
maildir alice 1
queue empty
