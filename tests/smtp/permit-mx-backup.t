# permit_mx_backup: relaying for domains that name us as a mail exchanger
need SMTPD
conf mynetworks = 192.0.2.0/24
conf smtpd_relay_restrictions = permit_mx_backup, reject_unauth_destination
conf permit_mx_backup_networks = 127.0.0.64/26
dns
    backed.test    MX 10 primary.test
    backed.test    MX 20 us.test
    us.test        A  127.0.0.1
    primary.test   A  127.0.0.65
    other.test     MX 10 far.test
    other.test     MX 20 us.test
    far.test       A  192.0.2.1
    foreign.test   MX 10 far.test
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<x@backed.test>
S= 250 2.1.5 Ok
C: RCPT TO:<x@other.test>
S= 554 5.7.1 <x@other.test>: Relay access denied
C: RCPT TO:<x@foreign.test>
S= 554 5.7.1 <x@foreign.test>: Relay access denied
C: RCPT TO:<x@gone.test>
S= 554 5.7.1 <x@gone.test>: Relay access denied
