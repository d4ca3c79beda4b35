# smtpd_forbid_bare_newline = note: the disconnect line says so
need SMTPD
since 3.9
conf smtpd_forbid_bare_newline = note
conf smtpd_forbid_bare_newline_exclusions =
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
raw "Subject: x\r\n\r\none\ntwo\r\n.\r\n"
S: 250
C: QUIT
S: 221
eof
log: disconnect from localhost\[127\.0\.0\.1\] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5 notes=bare_lf
