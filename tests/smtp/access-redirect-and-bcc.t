# REDIRECT replaces the recipients, BCC adds one, PREPEND a header line
need SMTPD
conf smtpd_sender_restrictions = check_sender_access inline:{{a@client.test=REDIRECT bob@example.test},{b@client.test=BCC carol@example.test},{c@client.test=PREPEND X-Checked: by table}}
message a@client.test alice@example.test
maildir bob 1
message b@client.test dave@example.test
maildir carol 1
maildir dave 1
maildir alice 0
message c@client.test alice@example.test
maildir alice 1
has: ^X-Checked: by table$
