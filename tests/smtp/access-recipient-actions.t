# every action of a recipient table
need SMTPD
conf access_map_defer_code = 451
conf smtpd_error_sleep_time = 0
conf smtpd_hard_error_limit = 100
conf smtpd_reject_unlisted_recipient = no
file access
    hold@example.test      HOLD
    filter@example.test    FILTER smtp:[192.0.2.1]
    badfilter@example.test FILTER nothing
    redirect@example.test  REDIRECT bob@example.test
    badredir@example.test  REDIRECT bob
    bcc@example.test       BCC carol@example.test
    discard@example.test   DISCARD
    info@example.test      INFO look
    warn@example.test      WARN look out
    prepend@example.test   PREPEND X-Seen: yes
    badprep@example.test   PREPEND nothing
    reject@example.test    REJECT
    reject2@example.test   REJECT 5.1.1 gone fishing
    reject3@example.test   reject with text
    defer@example.test     DEFER
    defer2@example.test    DEFER 4.2.2 full
    dip@example.test       DEFER_IF_PERMIT
    dir@example.test       DEFER_IF_REJECT
    code@example.test      554 no such luck
    code2@example.test     450
    code3@example.test     421 4.3.2 closing
    number@example.test    12345
    list@example.test      reject_unauth_destination, permit
    list2@example.test     permit_mynetworks, reject
    unknown@example.test   FOOBAR
    ok@example.test        OK
    relay@example.test     RELAY
    dunno@example.test     DUNNO
conf smtpd_recipient_restrictions = check_recipient_access texthash:$dir/access
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<filter@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: filter: RCPT from localhost\[127\.0\.0\.1\]: <filter@example\.test>: Recipient address triggers FILTER smtp:\[192\.0\.2\.1\]; from=<a@client\.test> to=<filter@example\.test> proto=ESMTP helo=<client\.test>
C: RCPT TO:<badfilter@example.test>
S= 250 2.1.5 Ok
log: warning: access table texthash:$dir/access entry "badfilter@example\.test" requires transport:destination
C: RCPT TO:<badredir@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<bcc@example.test>
S= 250 2.1.5 Ok
log: \w+: bcc: RCPT from localhost\[127\.0\.0\.1\]: <bcc@example\.test>: Recipient address triggers BCC carol@example\.test; from=<a@client\.test> to=<bcc@example\.test> proto=ESMTP helo=<client\.test>
C: RCPT TO:<info@example.test>
S= 250 2.1.5 Ok
log: \w+: info: RCPT from localhost\[127\.0\.0\.1\]: look; from=<a@client\.test> to=<info@example\.test> proto=ESMTP helo=<client\.test>
C: RCPT TO:<warn@example.test>
S= 250 2.1.5 Ok
log: \w+: warn: RCPT from localhost\[127\.0\.0\.1\]: look out; from=<a@client\.test> to=<warn@example\.test> proto=ESMTP helo=<client\.test>
C: RCPT TO:<prepend@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<badprep@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<reject@example.test>
S= 554 5.7.1 <reject@example.test>: Recipient address rejected: Access denied
log: \w+: reject: RCPT from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <reject@example\.test>: Recipient address rejected: Access denied; from=<a@client\.test> to=<reject@example\.test> proto=ESMTP helo=<client\.test>
C: RCPT TO:<reject2@example.test>
S= 554 5.1.1 <reject2@example.test>: Recipient address rejected: gone fishing
C: RCPT TO:<reject3@example.test>
S= 554 5.7.1 <reject3@example.test>: Recipient address rejected: with text
C: RCPT TO:<defer@example.test>
S= 451 4.7.1 <defer@example.test>: Recipient address rejected: Access denied
C: RCPT TO:<defer2@example.test>
S= 451 4.2.2 <defer2@example.test>: Recipient address rejected: full
C: RCPT TO:<dip@example.test>
S= 451 4.7.1 <dip@example.test>: Recipient address rejected: Service unavailable
C: RCPT TO:<dir@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<code@example.test>
S= 554 5.7.1 <code@example.test>: Recipient address rejected: no such luck
C: RCPT TO:<code2@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<number@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<list@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<list2@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<unknown@example.test>
S= 451 4.3.5 Server configuration error
log: warning: unknown smtpd restriction: "FOOBAR"
C: RCPT TO:<ok@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<relay@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<dunno@example.test>
S= 250 2.1.5 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<redirect@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: redirect: RCPT from localhost\[127\.0\.0\.1\]: <redirect@example\.test>: Recipient address triggers REDIRECT bob@example\.test; from=<a@client\.test> to=<redirect@example\.test> proto=ESMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<hold@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: hold: RCPT from localhost\[127\.0\.0\.1\]: <hold@example\.test>: Recipient address triggers HOLD action; from=<a@client\.test> to=<hold@example\.test> proto=ESMTP helo=<client\.test>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<discard@example.test>
S= 250 2.1.5 Ok
log: NOQUEUE: discard: RCPT from localhost\[127\.0\.0\.1\]: <discard@example\.test>: Recipient address triggers DISCARD action; from=<a@client\.test> to=<discard@example\.test> proto=ESMTP helo=<client\.test>
C: RCPT TO:<reject@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<code3@example.test>
S= 250 2.1.5 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<code3@example.test>
S= 421 4.3.2 <code3@example.test>: Recipient address rejected: closing
eof
