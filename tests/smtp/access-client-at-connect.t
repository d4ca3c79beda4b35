# without delay_reject the client hears it in the greeting, and nothing else works
need SMTPD
conf smtpd_delay_reject = no
conf smtpd_client_restrictions = check_client_access inline:{{127.0.0.2=REJECT go away},{127.0.0.3=421 4.7.1 busy},{127.0.0.4=HOLD}}
conf smtpd_error_sleep_time = 0
open from 127.0.0.2
S= 554 5.7.1 <unknown[127.0.0.2]>: Client host rejected: go away
C: EHLO client.test
S= 503 5.7.0 Error: access denied for unknown[127.0.0.2]
C: NOOP
S= 503 5.7.0 Error: access denied for unknown[127.0.0.2]
C: MAIL FROM:<a@client.test>
S= 503 5.7.0 Error: access denied for unknown[127.0.0.2]
C: QUIT
S= 221 2.0.0 Bye
eof
log: NOQUEUE: reject: CONNECT from unknown\[127\.0\.0\.2\]: 554 5\.7\.1 <unknown\[127\.0\.0\.2\]>: Client host rejected: go away; proto=SMTP
log: disconnect from unknown\[127\.0\.0\.2\] ehlo=0/1 mail=0/1 noop=0/1 quit=1 commands=1/4
open from 127.0.0.3
S= 421 4.7.1 <unknown[127.0.0.3]>: Client host rejected: busy
eof
open from 127.0.0.4
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
log: warning: access table inline:\{\{127\.0\.0\.2=REJECT go away\},\{127\.0\.0\.3=421 4\.7\.1 busy\},\{127\.0\.0\.4=HOLD\}\}: with smtpd_delay_reject=no, action HOLD is always skipped in Client host or Helo command restrictions
