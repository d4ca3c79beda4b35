# A filter that asked for it is told of recipients that we refuse
milter
    protocol RCPT_REJ
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<nobody@example.test>
S: 550 5.1.1
milter: ^macros rcpt \{rcpt_addr\}=.*User unknown in virtual mailbox table \{rcpt_host\}=5.1.1 \{rcpt_mailer\}=error$
milter= rcpt <nobody@example.test>
