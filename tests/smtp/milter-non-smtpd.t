# Mail from the command line: the filter is told of a session that there might have been
need MILTER
milter
    eom: addheader X-A: b ; addrcpt <bob@example.test> ; continue
conf non_smtpd_milters = $milter
conf milter_default_action = tempfail
run sendmail -f a@client.test alice@example.test
    Subject: local

    body
maildir bob 1
maildir alice 1
has: ^X-A: b$
milter: ^macros connect j=mail.example.test .*\{daemon_name\}=mail.example.test .*_=localhost \[127.0.0.1\]$
milter= connect localhost 4 127.0.0.1
milter= helo localhost
milter: ^macros mail .*\{mail_addr\}=a@client.test
milter= mail a@client.test
milter= rcpt alice@example.test
milter= data
nomilter: ^header Received
milter= header Subject|local
milter= body 6 body\r\n
