# DNS lists: reply patterns, several reasons, IPv6, every kind of name, allow lists that fail
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8, 192.0.2.0/24, [2001:db8::]/32
conf inet_protocols = all
conf rbl_reply_maps = texthash:$config/rbl
conf smtpd_client_restrictions = reject_rbl_client pat.test=127.0.[0..1].[1..3;5] reject_rbl_client txt.test reject_rbl_client map.test=127.0.0.4 reject_rbl_client mapno.test reject_rhsbl_client rhs.test=127.0.0.2 reject_rhsbl_reverse_client rev.test reject_rhsbl_helo rhsh.test
conf smtpd_sender_restrictions = reject_rhsbl_sender rhss.test, reject_rbl_client late.test
conf smtpd_recipient_restrictions = reject_rhsbl_recipient rhsr.test, permit_dnswl_client wl.test=127.0.[0..255].[1;3], permit_rhswl_client rwl.test, reject_unauth_destination
conf smtpd_relay_restrictions =
file etc/rbl
    map.test=127.0.0.4   551 5.7.4 <$rbl_what> $rbl_class $rbl_code $rbl_domain ${rbl_reason?yes: $rbl_reason} ${foo?x}$rbl_txt| $client $client_address $client_name $reverse_client_name $helo_name $sender $recipient $sender_name $sender_domain $recipient_name $recipient_domain $helo_domain $client_protocol
    mapno.test  no code here
dns
    1.2.0.192.pat.test  A  127.0.0.1
    2.2.0.192.pat.test  A  127.0.1.5
    3.2.0.192.pat.test  A  127.0.0.4
    4.2.0.192.pat.test  A  127.0.0.4
    4.2.0.192.pat.test  A  127.0.0.3
    5.2.0.192.pat.test  A  127.0.2.3
    6.2.0.192.txt.test  A  127.0.0.2
    6.2.0.192.txt.test  TXT  first
    6.2.0.192.txt.test  TXT  second reason
    7.2.0.192.txt.test  A  127.0.0.2
    7.2.0.192.txt.test  TXT  with <html> & \ chars (x) "q"
    8.2.0.192.txt.test  A  127.0.0.2
    10.2.0.192.map.test  A  127.0.0.4
    10.2.0.192.map.test  TXT  a reason
    11.2.0.192.mapno.test  A  127.0.0.4
    12.2.0.192.txt.test  SERVFAIL
    bad.name.test.rhs.test  A  127.0.0.2
    bad.rev.test.rev.test  A  127.0.0.2
    bad.helo.test.rhsh.test  A  127.0.0.2
    bad.sender.test.rhss.test  A  127.0.0.2
    bad.sender.test.rhss.test  TXT  a bad domain
    example.test.rhsr.test A 127.0.0.2
    1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.txt.test  A 127.0.0.2
    20.2.0.192.wl.test A 127.0.7.3
    21.2.0.192.wl.test A 127.0.7.2
    22.2.0.192.wl.test SERVFAIL
    good.rwl.test.rwl.test A 127.0.0.1
try
    XCLIENT ADDR=192.0.2.1
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@example.test>
    XCLIENT ADDR=192.0.2.2
    RSET
    XCLIENT ADDR=192.0.2.2
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.3
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.4
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.5
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.6
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.7
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.8
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.9
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.10
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.11
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.12
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.13 NAME=bad.name.test
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.14 NAME=[UNAVAILABLE] REVERSE_NAME=bad.rev.test
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.15 NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE]
    HELO bad.helo.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    HELO [192.0.2.1]
    MAIL FROM:<a@bad.sender.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    MAIL FROM:<a@[192.0.2.1]>
    RCPT TO:<alice@example.test>
    RSET
    MAIL FROM:<>
    RCPT TO:<alice@example.test>
    RSET
    XCLIENT ADDR=IPV6:2001:db8::1
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<alice@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.20
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<postmaster@mail.example.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=192.0.2.21
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<postmaster@mail.example.test>
    RCPT TO:<u@away.test>
    RSET
    XCLIENT ADDR=192.0.2.22
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<postmaster@mail.example.test>
    RCPT TO:<u@away.test>
    RCPT TO:<no@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.23 NAME=good.rwl.test
    HELO c.test
    MAIL FROM:<a@client.test>
    RCPT TO:<postmaster@mail.example.test>
    RCPT TO:<u@away.test>
    QUIT
