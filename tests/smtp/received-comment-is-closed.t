# a login name cannot end its comment in the Received: header
need SMTPD
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8
conf smtpd_sasl_authenticated_header = yes
try
    XCLIENT ADDR=127.0.0.1 LOGIN=a)b(c+5Cd"e+20(f+C3+BC
    EHLO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
maildir alice 1
has= 	(Authenticated sender: a?b(c?d"e (f??)))
