# with smtpd_access_maps in parent_domain_matches_subdomains the parent itself is looked up
need SMTPD
conf parent_domain_matches_subdomains = smtpd_access_maps
conf smtpd_null_access_lookup_key = empty
conf access_map_reject_code = 551
conf smtpd_sender_restrictions = check_sender_access inline:{{dom.test=REJECT},{empty=REJECT null sender}}
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<u@a.b.dom.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 <u@a.b.dom.test>: Sender address rejected: Access denied
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 551 5.7.1 <>: Sender address rejected: null sender
