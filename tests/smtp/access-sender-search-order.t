# full address, domain, parent domains with a dot, user@
need SMTPD
conf parent_domain_matches_subdomains =
conf smtpd_sender_restrictions = check_sender_access inline:{{u@dom.test=REJECT full},{dom.test=REJECT domain},{.sub.test=REJECT subdomain},{user@=REJECT user},{<>=REJECT null},{x+ext@e.test=REJECT withext},{y@e.test=REJECT withoutext}}
conf recipient_delimiter = +
conf smtpd_delay_reject = no
conf smtpd_error_sleep_time = 0
conf smtpd_hard_error_limit = 100
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<u@dom.test>
S= 554 5.7.1 <u@dom.test>: Sender address rejected: full
C: MAIL FROM:<U@DOM.test>
S= 554 5.7.1 <U@DOM.test>: Sender address rejected: full
C: MAIL FROM:<v@dom.test>
S= 554 5.7.1 <v@dom.test>: Sender address rejected: domain
C: MAIL FROM:<v@a.dom.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<v@sub.test>
S= 250 2.1.0 Ok
C: RSET
S= 250 2.0.0 Ok
C: MAIL FROM:<v@a.sub.test>
S= 554 5.7.1 <v@a.sub.test>: Sender address rejected: subdomain
C: MAIL FROM:<v@a.b.sub.test>
S= 554 5.7.1 <v@a.b.sub.test>: Sender address rejected: subdomain
C: MAIL FROM:<user@other.test>
S= 554 5.7.1 <user@other.test>: Sender address rejected: user
C: MAIL FROM:<user+x@other.test>
S= 554 5.7.1 <user+x@other.test>: Sender address rejected: user
C: MAIL FROM:<x+ext@e.test>
S= 554 5.7.1 <x+ext@e.test>: Sender address rejected: withext
C: MAIL FROM:<y+ext@e.test>
S= 554 5.7.1 <y+ext@e.test>: Sender address rejected: withoutext
C: MAIL FROM:<>
S= 554 5.7.1 <>: Sender address rejected: null
C: MAIL FROM:<user>
S= 554 5.7.1 <user>: Sender address rejected: user
