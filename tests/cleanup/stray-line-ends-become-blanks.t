# a bare CR or LF inside the message never reaches the next hop
need SMTPD VIRTUAL
since 3.9
conf smtpd_forbid_bare_newline = no
conf mynetworks = 127.0.0.0/8
session
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
raw "Subject: a\rb\r\n\r\none\rtwo\r\n.\r\n"
S: 250
wait delivered alice
has= Subject: a b
has= one two
