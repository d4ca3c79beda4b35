# Version 4 with a filter that does not answer each header
conf milter_protocol = 4 no_header_reply
milter
    version 4
    protocol NR_HDR
    header: nothing
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
milter= negotiate version=4 actions=1ff protocol=3ff
milter= data
milter= eom
