# what a hidden EHLO keyword does to its command and its parameters
need SMTPD 
conf smtpd_discard_ehlo_keyword_address_maps = cidr:$config/e
conf smtpd_discard_ehlo_keywords = dsn, etrn
conf smtpd_error_sleep_time = 0
file etc/e
    127.0.0.2  pipelining, SIZE, vrfy, chunking, smtputf8, 8bitmime, enhancedstatuscodes, etrn, dsn, starttls, auth, silent-discard
    127.0.0.3  bogus dsn
    127.0.0.4  silent-discard
    127.0.0.5  chunking
try
    EHLO x
    MAIL FROM:<a@b.test> RET=FULL
    MAIL FROM:<a@b.test> ENVID=x
    ETRN x.test
    MAIL FROM:<a@b.test>
    RCPT TO:<alice@example.test> NOTIFY=NEVER
    RCPT TO:<alice@example.test> ORCPT=rfc822;x
    QUIT
try from 127.0.0.2
    EHLO x
    VRFY alice@example.test
    MAIL FROM:<a@b.test> SIZE=10
    RSET
    MAIL FROM:<a@b.test> BODY=8BITMIME
    RSET
    MAIL FROM:<a@b.test> SMTPUTF8
    RSET
    MAIL FROM:<a@b.test>
    RCPT TO:<no@example.test>
    BDAT 5 LAST
try from 127.0.0.3
    EHLO x
    QUIT
try from 127.0.0.4
    EHLO x
    ETRN x.test
    QUIT
try from 127.0.0.5
    EHLO x
    BDAT 3 LAST
    NOOP
    QUIT
