# reject_maps_rbl and its list of zones are gone
need SMTPD
since 3.9
conf maps_rbl_domains = bl.test
conf smtpd_client_restrictions = reject_maps_rbl
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
S= 451 4.3.5 Server configuration error
