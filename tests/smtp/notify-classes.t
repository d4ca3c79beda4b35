# notify_classes and error_notice_recipient: the postmaster sees sessions with errors
need SMTPD TRANSCRIPTS
conf notify_classes = policy, protocol
conf error_notice_recipient = carol@example.test
conf smtpd_peername_lookup = no
conf smtpd_error_sleep_time = 0
conf mynetworks = 192.0.2.0/24
open
S: 220
C: EHLO client.test
R: 250
raw "FOO \x01bar\r\n"
S: 500
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<x@away.test>
S: 454 4.7.1
C: VRFY aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.test SMTPUTF8 x
S: 501
C: AUTH PLAIN AHNlY3JldABzZWNyZXQ=
S: 503
C: QUIT
S: 221
maildir carol 1
has= Return-Path: <double-bounce@mail.example.test>
has= From: Mail Delivery System <MAILER-DAEMON@mail.example.test>
has= To: Postmaster <carol@example.test>
has= Subject: Postfix SMTP server: errors from unknown[127.0.0.1]
has: ^Message-I[dD]: 
has= Transcript of session follows.
has=  Out: 220 mail.example.test ESMTP Postfix
has=  In:  EHLO client.test
has=  Out: 250-PIPELINING
has=  In:  FOO ?bar
has=  Out: 500 5.5.2 Error: command not recognized
has=  Out: 454 4.7.1 <x@away.test>: Relay access denied
has= For other details, see the local mail logfile
hasnot: Session aborted
