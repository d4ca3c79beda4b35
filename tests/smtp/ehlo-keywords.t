# what EHLO offers; HELO offers nothing
need SMTPD
conf message_size_limit = 54321
conf disable_vrfy_command = yes
conf smtpd_discard_ehlo_keywords = etrn, dsn, chunking
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250-SIZE 54321$
R& 250-PIPELINING$
R& 250-8BITMIME$
R& 250.SMTPUTF8$
R& 250-ENHANCEDSTATUSCODES$
R! 250.VRFY
R! 250.ETRN
R! 250.DSN
R! 250.CHUNKING
R! 250.STARTTLS
R! 250.AUTH
R! 250.XCLIENT
C: VRFY alice@example.test
S= 502 5.5.1 VRFY command is disabled
C: MAIL FROM:<a@client.test> RET=HDRS
S= 501 5.7.1 DSN support is disabled
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test> NOTIFY=NEVER
S= 501 5.7.1 DSN support is disabled
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: BDAT 4 LAST
S= 521 5.5.1 Error: command not implemented
log: discarding EHLO keywords: ETRN DSN CHUNKING
