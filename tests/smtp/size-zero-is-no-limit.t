# message_size_limit 0: SIZE is offered without a number
need SMTPD
conf message_size_limit = 0
conf mailbox_size_limit = 0
conf virtual_mailbox_limit = 0
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250-SIZE$
C: MAIL FROM:<a@client.test> SIZE=999999999999
S= 250 2.1.0 Ok
