# A temporary refusal at connect leaves the greeting as it is
milter
    connect: tempfail
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.PIPELINING
C: MAIL FROM:<a@client.test>
S= 451 4.7.1 Service unavailable - try again later
