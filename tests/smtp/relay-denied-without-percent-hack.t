# with allow_percent_hack and swap_bangpath off such addresses are local names
need SMTPD
conf allow_percent_hack = no
conf swap_bangpath = no
conf mynetworks = 192.0.2.0/24
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<far%away.test@example.test>
S= 454 4.7.1 <far%away.test@example.test>: Relay access denied
C: RCPT TO:<away.test!far@example.test>
S= 454 4.7.1 <away.test!far@example.test>: Relay access denied
C: RCPT TO:<far%away.test@mail.example.test>
S= 454 4.7.1 <far%away.test@mail.example.test>: Relay access denied
C: RCPT TO:<far%away.test>
S= 454 4.7.1 <far%away.test>: Relay access denied
C: RCPT TO:<away.test!far>
S= 454 4.7.1 <away.test!far>: Relay access denied
