# without a restriction that closes the relay the server does not serve
need SMTPD
conf smtpd_relay_restrictions =
conf smtpd_recipient_restrictions = permit_mynetworks
open
C: QUIT
log: fatal: in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working
