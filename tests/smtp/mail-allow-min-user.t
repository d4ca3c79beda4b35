# allow_min_user: an address may begin with a minus
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf allow_min_user = yes
try
    HELO client.test
    MAIL FROM:<->
    RSET
    MAIL FROM:<-a@b.test>
    RCPT TO:<-alice@example.test>
    RCPT TO:<"-alice"@example.test>
    VRFY -alice@example.test
    QUIT
