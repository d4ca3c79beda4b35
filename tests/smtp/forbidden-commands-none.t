# with an empty list only header lines end the session
need SMTPD
conf smtpd_forbidden_commands =
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: GET / HTTP/1.1
S= 500 5.5.2 Error: command not recognized
C: CONNECT x:25
S= 500 5.5.2 Error: command not recognized
C: Received: from x
S= 221 2.7.0 Error: I can break rules, too. Goodbye.
