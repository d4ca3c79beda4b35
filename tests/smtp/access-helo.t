# HELO names in a table
need SMTPD
conf smtpd_helo_restrictions = check_helo_access inline:{{bad.test=REJECT bad name},{.evil.test=450 4.7.1 subdomains},{[127.0.0.1]=REJECT literal}}
conf parent_domain_matches_subdomains =
open
S= 220 mail.example.test ESMTP Postfix
C: HELO bad.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <bad.test>: Helo command rejected: bad name
log: NOQUEUE: reject: RCPT from localhost\[127\.0\.0\.1\]: 554 5\.7\.1 <bad\.test>: Helo command rejected: bad name; from=<a@client\.test> to=<alice@example\.test> proto=SMTP helo=<bad\.test>
C: HELO x.evil.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 450 4.7.1 <x.evil.test>: Helo command rejected: subdomains
C: HELO evil.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 250 2.1.5 Ok
C: HELO [127.0.0.1]
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <[127.0.0.1]>: Helo command rejected: literal
