# XCLIENT NAME tells the name of the address too, when it is known
need SMTPD
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8, 192.0.2.0/24
conf smtpd_client_restrictions = check_reverse_client_hostname_access inline:{{x.test=REJECT rev x},{y.test=REJECT rev y},{unknown=REJECT rev unknown}}, reject_unknown_reverse_client_hostname
conf smtpd_error_sleep_time = 0
try
    XCLIENT ADDR=192.0.2.1 NAME=x.test
    HELO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XCLIENT NAME=[UNAVAILABLE]
    HELO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XCLIENT REVERSE_NAME=y.test NAME=z.test
    HELO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XCLIENT NAME=z.test REVERSE_NAME=y.test
    HELO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XCLIENT REVERSE_NAME=[TEMPUNAVAIL]
    HELO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    RSET
    XCLIENT REVERSE_NAME=[UNAVAILABLE]
    HELO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    QUIT
