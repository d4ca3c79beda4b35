# permit_mx_backup does not relay for a domain of which this host is the primary, or only, mail exchanger
need SMTPD
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = permit_mx_backup, reject_unauth_destination
dns
    backed.test    MX 10 primary.test
    backed.test    MX 20 us.test
    us.test        A  127.0.0.1
    primary.test   A  127.0.0.65
    only.test      MX 10 us.test
    first.test     MX 10 us.test
    first.test     MX 20 primary.test
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<a@backed.test>
R: 250
C: RCPT TO:<a@only.test>
R: 554 5.7.1 <a@only.test>: Relay access denied
C: RCPT TO:<a@first.test>
R: 554 5.7.1 <a@first.test>: Relay access denied
