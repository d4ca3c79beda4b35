# access tables are asked for what an address stands for, and let nobody relay by user%elsewhere@listed
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_relay_restrictions =
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8
conf smtpd_recipient_restrictions = check_recipient_access texthash:$config/r, reject_unauth_destination
conf smtpd_sender_restrictions = check_sender_access texthash:$config/s
conf recipient_delimiter = +
file etc/r
    alice@example.test  REJECT alice
    example.test        OK
    mail.example.test   OK
    root@mail.example.test REJECT root
    [127.0.0.1]         REJECT literal
    bob@                REJECT bob
    "a b"@example.test  REJECT quoted
    "a+b"@example.test  REJECT quoted2
    "a\"b"@example.test  REJECT quoted3
file etc/s
    evil@x.test  REJECT evil
    mail.example.test  REJECT us
    sub.mail.example.test REJECT sub
try
    XCLIENT ADDR=192.0.2.1
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<alice%example.test@mail.example.test>
    RCPT TO:<@mail.example.test:alice@example.test>
    RCPT TO:<example.test!alice@mail.example.test>
    RCPT TO:<alice%example.test>
    RCPT TO:<Alice@Example.test.>
    RCPT TO:<alice+x@example.test>
    RCPT TO:<"alice"@example.test>
    RCPT TO:<carol@example.test>
    RCPT TO:<carol%away.test@example.test>
    RCPT TO:<carol%away.test@mail.example.test>
    RCPT TO:<@example.test:carol@away.test>
    RCPT TO:<away.test!carol@example.test>
    RCPT TO:<carol@away.test@example.test>
    RCPT TO:<root>
    RCPT TO:<root@[127.0.0.1]>
    RCPT TO:<root@mail>
    RCPT TO:<bob@example.test>
    RCPT TO:<bob%example.test@mail.example.test>
    RCPT TO:<"a b"@example.test>
    RCPT TO:<"a+b"@example.test>
    RCPT TO:<"a\"b"@example.test>
    RCPT TO:<u@[10.0.0.1]>
    VRFY alice%example.test@mail.example.test
    RSET
    MAIL FROM:<evil%x.test@mail.example.test>
    RCPT TO:<carol@example.test>
    RSET
    MAIL FROM:<@mail.example.test:evil@x.test>
    RCPT TO:<carol@example.test>
    RSET
    MAIL FROM:<@away.test:evil@x.test>
    RCPT TO:<carol@example.test>
    RSET
    MAIL FROM:<evil@x.test.>
    RCPT TO:<carol@example.test>
    RSET
    MAIL FROM:<some>
    RCPT TO:<carol@example.test>
    RSET
    MAIL FROM:<some@sub>
    RCPT TO:<carol@example.test>
    RSET
