# names in HELO that are no host names or not complete
need SMTPD
conf smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
conf invalid_hostname_reject_code = 502
conf non_fqdn_reject_code = 503
conf smtpd_delay_reject = no
conf smtpd_error_sleep_time = 0
conf smtpd_hard_error_limit = 100
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client
S= 503 5.5.2 <client>: Helo command rejected: need fully-qualified hostname
C: HELO client.test
S= 250 mail.example.test
C: HELO client..test
S= 502 5.5.2 <client..test>: Helo command rejected: Invalid name
C: HELO -client.test
S= 502 5.5.2 <-client.test>: Helo command rejected: Invalid name
C: HELO client-.test
S= 502 5.5.2 <client-.test>: Helo command rejected: Invalid name
C: HELO client_x.test
S= 250 mail.example.test
C: HELO client.test.
S= 250 mail.example.test
C: HELO .test
S= 502 5.5.2 <.test>: Helo command rejected: Invalid name
C: HELO [127.0.0.1]
S= 250 mail.example.test
C: HELO [127.0.0.256]
S= 502 5.5.2 <[127.0.0.256]>: Helo command rejected: invalid ip address
C: HELO 127.0.0.1
S= 503 5.5.2 <127.0.0.1>: Helo command rejected: need fully-qualified hostname
C: HELO [IPv6:::1]
S= 250 mail.example.test
C: HELO ::1
S= 503 5.5.2 <::1>: Helo command rejected: need fully-qualified hostname
C: HELO #10
S= 502 5.5.2 <#10>: Helo command rejected: Invalid name
C: HELO a/b.test
S= 502 5.5.2 <a/b.test>: Helo command rejected: Invalid name
C: HELO xn--bcher-kva.test
S= 250 mail.example.test
C: HELO 123.456
S= 502 5.5.2 <123.456>: Helo command rejected: Invalid name
C: HELO *.test
S= 502 5.5.2 <*.test>: Helo command rejected: Invalid name
C: HELO (client.test)
S= 502 5.5.2 <(client.test)>: Helo command rejected: Invalid name
log: NOQUEUE: reject: HELO from localhost\[127\.0\.0\.1\]: 503 5\.5\.2 <client>: Helo command rejected: need fully-qualified hostname; proto=SMTP helo=<client>
