# A filter that asked for leading blanks gets and gives header values as they are
milter
    protocol HDR_LEADSPC
    eom: addheader X-A:lead ; insheader 1 X-B:  two ; continue
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
    Subject: hello
    X-Del: one
    x-del: two

    body
maildir alice 1
milter= header Subject| hello
has: ^X-A:lead$
has: ^X-B: two$
