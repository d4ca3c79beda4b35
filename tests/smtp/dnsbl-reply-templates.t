# rbl_reply_maps is asked for the list with its pattern; names in templates; a template with an unknown name gives way to the default
need SMTPD
conf smtpd_error_sleep_time = 0
conf smtpd_authorized_xclient_hosts = 127.0.0.0/8, 192.0.2.0/24
conf rbl_reply_maps = texthash:$config/rbl
conf smtpd_client_restrictions = reject_rbl_client a.test=127.0.0.4 reject_rbl_client b.test=127.0.0.4 reject_rbl_client c.test reject_rbl_client d.test reject_rbl_client e.test reject_rbl_client f.test
file etc/rbl
    a.test   551 5.7.4 simple
    b.test=127.0.0.4  551 5.7.5 simple2
    c.test   551 5.7.4 <$rbl_what> $rbl_class $rbl_code $rbl_domain $rbl_txt| $client $client_address $client_name $reverse_client_name $helo_name $sender $recipient
    d.test   551 5.7.4 ${rbl_reason?yes: $rbl_reason}
    e.test   551 5.7.4 $foo
    f.test   551 5.7.4 $sender_name $sender_domain $recipient_name $recipient_domain|
dns
    1.2.0.192.a.test  A  127.0.0.4
    2.2.0.192.b.test  A  127.0.0.4
    3.2.0.192.c.test  A  127.0.0.4
    3.2.0.192.c.test  TXT why
    4.2.0.192.d.test  A  127.0.0.4
    4.2.0.192.d.test  TXT why
    5.2.0.192.e.test  A  127.0.0.4
    6.2.0.192.f.test  A  127.0.0.4
try
    XCLIENT ADDR=192.0.2.1
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
try
    XCLIENT ADDR=192.0.2.2
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
try
    XCLIENT ADDR=192.0.2.3
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
try
    XCLIENT ADDR=192.0.2.4
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
try
    XCLIENT ADDR=192.0.2.5
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
try
    XCLIENT ADDR=192.0.2.6
    HELO c.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
try
    XCLIENT ADDR=192.0.2.6
    HELO c.test
    MAIL FROM:<>
    RCPT TO:<postmaster>
    RCPT TO:<carol>
