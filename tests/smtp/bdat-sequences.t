# BDAT in every sequence: empty chunks, after errors, other commands in between, line ends cut between chunks
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf message_size_limit = 20000
session
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
C: BDAT 0 LAST
R: .
C: NOOP
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 14\r\nSubject: b1\r\n\r\nBDAT 0\r\nBDAT 3 LAST\r\nxyz"
R: .
R: .
R: .
C: RSET
R: .
C: MAIL FROM:<a@client.test>
R: .
raw "BDAT 3\r\nabcBDAT 3 LAST\r\nxyz"
R: .
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<nobody@example.test>
R: .
raw "BDAT 3 LAST\r\nabc"
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 3\r\nabcRSET\r\nBDAT 3 LAST\r\nabc"
R: .
R: .
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "bdat 17 last\r\nSubject: b2\r\n\r\nab"
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 6\r\nabcd\r\nEHLO client.test\r\n"
R: .
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 30000\r\n"
raw "0123456789" * 3000
R: .
C: RSET
R: .
C: MAIL FROM:<a@client.test>
R: .
raw "BDAT 3 LAST\r\nabc"
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 2 LAST\r\n.x"
R: .
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 16\r\nSubject: b3\r\n\r\n.BDAT 2\r\n\r\nBDAT 3\r\n..\rBDAT 1 LAST\r\n\n"
R: .
R: .
R: .
R: .
C: QUIT
R: .
session
C: MAIL FROM:<a@client.test>
R: .
C: RCPT TO:<alice@example.test>
R: .
raw "BDAT 3 LAST X\r\n"
R: .
session
raw "BDAT  5  LAST \r\nabcde"
R: .
raw "BDAT 5LAST\r\nabcde"
R: .
