# NOTIFY and ORCPT
need SMTPD
conf smtpd_hard_error_limit = 100
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@b.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test> NOTIFY=
S= 501 5.5.4 Error: Bad NOTIFY parameter syntax
C: RCPT TO:<alice@example.test> NOTIFY=SOMETIMES
S= 501 5.5.4 Error: Bad NOTIFY parameter syntax
C: RCPT TO:<alice@example.test> NOTIFY=NEVER,SUCCESS
S= 501 5.5.4 Error: Bad NOTIFY parameter syntax
C: RCPT TO:<alice@example.test> NOTIFY=SUCCESS,SUCCESS
S= 250 2.1.5 Ok
C: RCPT TO:<alice@example.test> NOTIFY=NEVER NOTIFY=NEVER
S= 501 5.5.4 Error: Bad NOTIFY parameter syntax
C: RCPT TO:<alice@example.test> NOTIFY
S= 555 5.5.4 Unsupported option: NOTIFY
C: RCPT TO:<alice@example.test> ORCPT=
S= 501 5.5.4 Error: Bad ORCPT parameter syntax
C: RCPT TO:<alice@example.test> ORCPT=rfc822
S= 501 5.5.4 Error: Bad ORCPT parameter syntax
C: RCPT TO:<alice@example.test> ORCPT=rfc822;
S= 250 2.1.5 Ok
C: RCPT TO:<alice@example.test> ORCPT=;a@b.test
S= 501 5.5.4 Error: Bad ORCPT parameter syntax
C: RCPT TO:<alice@example.test> ORCPT=rfc822;a+2x
S= 501 5.5.4 Error: Bad ORCPT parameter syntax
C: RCPT TO:<alice@example.test> ORCPT=rfc822;a@b.test ORCPT=rfc822;a@b.test
S= 501 5.5.4 Error: Bad ORCPT parameter syntax
C: RCPT TO:<alice@example.test> SIZE=1
S= 555 5.5.4 Unsupported option: SIZE=1
C: RCPT TO:<alice@example.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;x+2By@b.test
S= 250 2.1.5 Ok
C: RCPT TO:<bob@example.test> notify=never orcpt=RFC822;bob@example.test
S= 250 2.1.5 Ok
C: RCPT TO:<carol@example.test> NOTIFY=delay,failure
S= 250 2.1.5 Ok
