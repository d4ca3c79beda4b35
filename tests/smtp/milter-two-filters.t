# The second filter sees what the first has changed; a refusal by the first is the last word
milter
    eom: addheader X-One: 1 ; body new\n ; continue
    eom: reject
milter b
    eom: addheader X-Two: 2 ; chgheader 1 X-One: changed ; insheader 0 X-Zero: 0 ; body newer\n ; continue
need SMTPD MILTER
conf smtpd_milters = $milter $milter_b
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
    Subject: hello
    X-Del: one
    x-del: two

    body
maildir alice 1
has: ^X-Zero: 0\nReceived
has: ^X-One: changed\nX-Two: 2\n\nnewer$
milter(b)= header X-One|1
milter(b)= body 5 new\r\n
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
C: Subject: second
C: .
S= 550 5.7.1 Command rejected
nomilter(b): second
