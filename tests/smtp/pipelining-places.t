# where a client may send ahead, and where not
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_forbid_unauth_pipelining = no
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8
conf smtpd_authorized_xforward_hosts = 127.0.0.0/8
session
raw "RSET\r\nNOOP\r\n"
R: .
R: .
C: QUIT
session
raw "XFORWARD NAME=a.test\r\nRSET\r\n"
R: .
R: .
raw "ETRN a.test\r\nRSET\r\n"
R: .
R: .
raw "RSET\r\nVRFY alice@example.test\r\n"
R: .
R: .
raw "VRFY alice@example.test\r\nRSET\r\n"
R: .
R: .
C: QUIT
session
raw "XCLIENT NAME=a.test\r\nRSET\r\n"
R: .
R: .
C: QUIT
session
raw "DATA\r\nRSET\r\n"
R: .
R: .
C: QUIT
session
raw "QUIT\r\nRSET\r\n"
R: .
session
raw "STARTTLS\r\nRSET\r\n"
R: .
R: .
C: QUIT
session
raw "AUTH PLAIN\r\nRSET\r\n"
R: .
R: .
C: QUIT
session
raw "FOO\r\nRSET\r\n"
R: .
R: .
C: QUIT
session
raw "EHLO a.test\r\nRSET\r\n"
R: .
R: .
C: QUIT
open
R: .
raw "RSET\r\nHELO a.test\r\n"
R: .
R: .
C: QUIT
open
R: .
raw "FOO\r\nHELO a.test\r\n"
R: .
R: .
C: QUIT
open
R: .
C: HELO a.test
R: .
raw "MAIL FROM:<a@b.test>\r\nRCPT TO:<alice@example.test>\r\n"
R: .
R: .
C: QUIT
session
raw "MAIL FROM:<a@b.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
R: .
R: .
R: .
R: .
C: QUIT
