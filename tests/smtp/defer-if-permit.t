# defer_if_permit and defer_if_reject wait for what the others say
need SMTPD
conf smtpd_sender_restrictions = check_sender_access inline:{{p@client.test=defer_if_permit},{r@client.test=defer_if_reject},{q@client.test=DEFER_IF_REJECT 4.2.3 hm}}
conf smtpd_recipient_restrictions = check_recipient_access inline:{{alice@example.test=DEFER_IF_REJECT 4.2.0 rcpt},{bob@example.test=DUNNO}}, reject_unauth_destination, check_recipient_access inline:{{carol@example.test=REJECT}}, check_recipient_access inline:{{alice@example.test=REJECT no}}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<p@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<bob@example.test>
S= 450 4.7.1 <p@client.test>: Sender address rejected: Service unavailable
#NOLOG defer_if_permit
C: RCPT TO:<carol@example.test>
S= 554 5.7.1 <carol@example.test>: Recipient address rejected: Access denied
C: RCPT TO:<unknown@example.test>
S= 450 4.7.1 <p@client.test>: Sender address rejected: Service unavailable
C: RCPT TO:<far@away.test>
S= 554 5.7.1 <far@away.test>: Relay access denied
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<r@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.2.0 <alice@example.test>: Recipient address rejected: rcpt
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<carol@example.test>
S= 554 5.7.1 <carol@example.test>: Recipient address rejected: Access denied
