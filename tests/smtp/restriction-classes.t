# classes name lists of restrictions
need SMTPD
conf smtpd_restriction_classes = strict, lax, soft
conf strict = reject_non_fqdn_sender, reject_non_fqdn_helo_hostname
conf lax = permit
conf soft = warn_if_reject reject_non_fqdn_sender
conf smtpd_recipient_restrictions = check_recipient_access inline:{alice@example.test=strict, bob@example.test=lax, carol@example.test=soft}, reject
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client
S= 250 mail.example.test
C: MAIL FROM:<nofqdn@host>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 504 5.5.2 <nofqdn@host>: Sender address rejected: need fully-qualified address
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<carol@example.test>
S= 554 5.7.1 <carol@example.test>: Recipient address rejected: Access denied
log: \w+: reject_warning: RCPT from localhost\[127\.0\.0\.1\]: 504 5\.5\.2 <nofqdn@host>: Sender address rejected: need fully-qualified address; from=<nofqdn@host> to=<carol@example\.test> proto=SMTP helo=<client>
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 504 5.5.2 <client>: Helo command rejected: need fully-qualified hostname
