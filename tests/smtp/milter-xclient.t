# After XCLIENT filters are told of a new client
milter
conf smtpd_authorized_xclient_hosts = 127.0.0.1
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: XCLIENT ADDR=192.0.2.7 NAME=orig.test REVERSE_NAME=other.test
R: 220
C: EHLO orig.test
R: 250
milter= connect localhost 4 127.0.0.1 port
milter= connect orig.test 4 192.0.2.7 port
milter: ^macros connect .* _=other.test \[192.0.2.7\] \(may be forged\)$
miltercount 2 ^open
