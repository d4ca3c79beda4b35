# smtpd_history_flush_threshold: a transcript this long is mailed when the client begins anew
need SMTPD TRANSCRIPTS
conf notify_classes = protocol, bounce
conf error_notice_recipient = carol@example.test
conf bounce_notice_recipient = dave@example.test
conf smtpd_history_flush_threshold = 3
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
session
C: FOO
S: 500
C: RSET
S: 250
maildir carol 1
has=  In:  FOO
has=  In:  RSET
C: NOOP
S: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<nobody@example.test>
S: 550 5.1.1
C: EHLO client.test
R: 250
maildir dave 1
has: In:  RCPT TO:<nobody@example.test>
has= Transcript of session follows.
C: QUIT
S: 221
pause 1
maildir carol 1
