# A filter that answers nothing but the end, and one that wants to be told nothing but the end
milter
    protocol NR_HDR NR_CONN NR_HELO NR_MAIL NR_RCPT NR_DATA NR_UNKN NR_EOH NR_BODY
    eom: addheader X-One: 1 ; continue
milter quiet
    protocol NOCONNECT NOHELO NOMAIL NORCPT NOBODY NOHDRS NOEOH NODATA NOUNKNOWN
    eom: addheader X-Two: 2 ; continue
need SMTPD MILTER
conf smtpd_milters = $milter, $milter_quiet
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
    Subject: hello
    X-Del: one
    x-del: two

    body
maildir alice 1
has: ^X-One: 1\nX-Two: 2$
milter= mail <a@client.test>
milter= body 6 body\r\n
milter(quiet): ^macros connect
nomilter(quiet): ^(connect|helo|mail|rcpt|data|header|eoh|body)
milter(quiet)= eom
