# what looks like the end of data, and is none, with smtpd_forbid_bare_newline = normalize
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_forbid_bare_newline = normalize
conf smtpd_forbid_bare_newline_exclusions =
open
R: .
C: EHLO client.test
R: .
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n"
R: .
R: .
R: .
raw "Subject: 1\r\n\r\na\n.\nb\n.\r\nc\r.\r\nd\r\n.\re\r\n\r.\r\nf\r\n.\r\r\ng\0\r\n.\0\r\n..\n.\n.\r\n"
pause 1
raw "\r\n.\r\n"
raw "NOOP\r\n"
R: .
C: QUIT
R: .
open
R: .
raw "EHLO client.test\n"
R: .
raw "NOOP\n"
R: .
raw "MAIL FROM:<a@client.test>\r\n"
R: .
raw "RCPT TO:<alice@example.test>\r\n"
R: .
raw "DATA\r\n"
R: .
raw "Subject: 2\n\nline\n..dot\n...\n.x\nlast\r\n.\r\n"
R: .
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nBDAT 15\r\nSubject: 3\n\n.\n.BDAT 5 LAST\r\n\n.\r\n."
R: .
R: .
R: .
R: .
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n"
R: .
R: .
R: .
raw ".\r\n"
R: .
raw "MAIL FROM:<a@client.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n"
R: .
R: .
R: .
raw "x\n.\r\n"
pause 0.5
raw "\r\n.\r\n"
raw "NOOP\r\n"
R: .
