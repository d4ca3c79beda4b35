# a transcript says why a session ended; an accepted message settles what was before it
need SMTPD TRANSCRIPTS
conf notify_classes = protocol
conf error_notice_recipient = carol@example.test
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
session
C: FOO
S: 500
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: .
S: 250
C: QUIT
S: 221
wait delivered alice
session
C: FOO
S: 500
close
maildir carol 1
has= Subject: Postfix SMTP server: errors from unknown[127.0.0.1]
has= Session aborted, reason: lost connection
pause 1
maildir carol 1
