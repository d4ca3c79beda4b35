# by default the postmaster sees faults of the configuration, and nothing of what clients do
need SMTPD TRANSCRIPTS
conf error_notice_recipient = carol@example.test
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
conf smtpd_sender_restrictions = check_sender_access inline:{{a@client.test=xyzzy}}
session
C: FOO
S: 500
C: MAIL FROM:<b@client.test>
S: 250
C: RCPT TO:<nobody@example.test>
S: 550 5.1.1
C: QUIT
S: 221
session
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 451 4.3.5
C: QUIT
S: 221
maildir carol 1
has:  Out: 451 4.3.5 
