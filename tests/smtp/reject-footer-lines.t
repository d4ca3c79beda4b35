# footers of several lines, by reply
need SMTPD
conf smtpd_reject_footer = see $server_name
file footers
    /^550 5\.1\.1/ ask $$sender\nabout $$server_name ($$helo_name)
conf smtpd_reject_footer_maps = regexp:$dir/footers
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<nobody@example.test>
S= 550-5.1.1 <nobody@example.test>: Recipient address rejected: User unknown in virtual mailbox table
S= 550-5.1.1 ask a@client.test
S= 550 5.1.1 about mail.example.test (client.test)
C: FOO
S= 500-5.5.2 Error: command not recognized
S= 500 5.5.2 see mail.example.test
C: QUIT
S= 221 2.0.0 Bye
eof
