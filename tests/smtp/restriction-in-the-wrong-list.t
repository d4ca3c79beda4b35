# a restriction that speaks of what a list does not know is named at start, and passed over
need SMTPD
conf fast_flush_domains = static:all
conf smtpd_etrn_restrictions = reject_unknown_recipient_domain, check_etrn_access inline:{ { bad.test = REJECT not this } }
session
C: ETRN bad.test
R: 554 5.7.1 <bad.test>: Etrn command rejected: not this
