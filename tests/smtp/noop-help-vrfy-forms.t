# NOOP, HELP, VRFY and RSET with and without arguments
need SMTPD
conf smtpd_hard_error_limit = 100
conf smtpd_error_sleep_time = 0
conf smtputf8_enable = no
open
S= 220 mail.example.test ESMTP Postfix
C: NOOP
S= 250 2.0.0 Ok
C: NOOP with arguments
S= 250 2.0.0 Ok
C: RSET now
S= 501 5.5.4 Syntax: RSET
C: RSET
S= 250 2.0.0 Ok
C: VRFY
S= 501 5.5.4 Syntax: VRFY address
C: VRFY <>
S= 501 5.1.3 Bad recipient address syntax
C: VRFY alice@example.test
S= 252 2.0.0 alice@example.test
C: VRFY <alice@example.test>
S= 252 2.0.0 <alice@example.test>
C: VRFY alice
S= 550 5.1.1 <alice>: Recipient address rejected: User unknown in local recipient table
C: VRFY nobody@example.test
S= 550 5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
C: VRFY far@away.test
S= 252 2.0.0 far@away.test
C: VRFY <a@b@c>
S= 252 2.0.0 <a@b@c>
C: VRFY a b
S= 501 5.1.3 Bad recipient address syntax
C: EXPN list
S= 500 5.5.2 Error: command not recognized
C: TURN
S= 500 5.5.2 Error: command not recognized
C: SEND FROM:<a@b.test>
S= 500 5.5.2 Error: command not recognized
C: quit
S= 221 2.0.0 Bye
eof
