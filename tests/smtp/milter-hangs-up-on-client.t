# 421 from a filter ends the session, at once or at the command
milter
    connect: reply 421 4.3.0 bye
    connect: continue
    helo: reply 421 4.3.1 bye
    helo: continue
    mail: shutdown
    mail: continue
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
open
S= 421 mail.example.test Service unavailable - try again later
eof
open
R: 220
C: EHLO client.test
S= 421 4.3.1 bye
eof
session
C: MAIL FROM:<a@client.test>
S= 421 4.7.0 Server closing connection
eof
log: milter-reject: MAIL from localhost\[127.0.0.1\]: 421 4.7.0 Server closing connection; from=<a@client.test> proto=ESMTP helo=<client.test>$
