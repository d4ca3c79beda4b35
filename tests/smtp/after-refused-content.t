# a message refused at its end ends the transaction
need SMTPD
since 3.11
conf smtpd_end_of_data_restrictions = reject
open
S: 220
C: HELO client.test
S: 250
C: MAIL FROM:<x@client.test>
S: 250
C: RCPT TO:<bob@example.test>
S: 250
C: DATA
S: 354
C: Subject: x
C: .
S: 554
C: RCPT TO:<bob@example.test>
S: 503 5.5.1 Error: need MAIL command
C: DATA
S: 503
