# A new body, in pieces, with dots and without a last line end; a header added behind it
milter
    eom: body new body\n ; body .second\n.\nlast without end ; addheader X-A: 1 ; continue
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
has: ^X-A: 1\n\nnew body\n\.second\n\.\nlast without end$
hasnot: ^body
