# words that are no commands; some of them end the session at once
need SMTPD
conf smtpd_forbidden_commands = CONNECT GET POST BREW
conf smtpd_noop_commands = ONEX, XTRA
conf smtpd_error_sleep_time = 0
open
S= 220 mail.example.test ESMTP Postfix
C: FOO
S= 500 5.5.2 Error: command not recognized
C: 
S= 500 5.5.2 Error: bad syntax
C: ONEX
S= 250 2.0.0 Ok
C: xtra with words
S= 250 2.0.0 Ok
C: BREW coffee
S= 221 2.7.0 Error: I can break rules, too. Goodbye.
eof
log: warning: non-SMTP command from localhost\[127\.0\.0\.1\]: BREW coffee
log: disconnect from localhost\[127\.0\.0\.1\] unknown=0/2 commands=0/2
open
S= 220 mail.example.test ESMTP Postfix
C: GET / HTTP/1.1
S= 221 2.7.0 Error: I can break rules, too. Goodbye.
eof
open
S= 220 mail.example.test ESMTP Postfix
C: Subject: hello
S= 221 2.7.0 Error: I can break rules, too. Goodbye.
eof
log: warning: non-SMTP command from localhost\[127\.0\.0\.1\]: Subject: hello
open
S= 220 mail.example.test ESMTP Postfix
C: post
S= 221 2.7.0 Error: I can break rules, too. Goodbye.
eof
