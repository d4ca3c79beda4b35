# show_user_unknown_table_name = no
need SMTPD
conf show_user_unknown_table_name = no
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<unknown@example.test>
S= 550 5.1.1 <unknown@example.test>: Recipient address rejected: User unknown
