# A filter that has seen enough is left alone: for the message, the session, or this kind of event
milter
    mail /<m@/: accept
    helo /enough/: accept
    rcpt: skip
    header: skip
    body: skip
    connect: discard
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message m@client.test alice@example.test
nomilter: ^rcpt
milter= abort
message a@client.test alice@example.test bob@example.test
miltercount 1 ^rcpt
miltercount 1 ^header
miltercount 1 ^eom
log: DISCARD action is not allowed for connect or helo
open
R: 220
C: EHLO enough.test
R: 250
C: MAIL FROM:<quiet@client.test>
R: 250
nomilter: quiet
