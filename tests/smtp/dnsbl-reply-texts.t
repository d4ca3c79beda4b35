# default_rbl_reply and rbl_reply_maps
need SMTPD
conf default_rbl_reply = $rbl_code no mail from $rbl_what, $rbl_class is in $rbl_domain${rbl_reason?: $rbl_reason}
conf rbl_reply_maps = inline:{{two.bl.test=550 5.7.9 ask $rbl_domain about $client_address ($sender, $recipient, $helo_name)}}
conf smtpd_client_restrictions = reject_rbl_client one.bl.test, reject_rbl_client two.bl.test
dns
    2.0.0.127.one.bl.test  A   127.0.0.2
    2.0.0.127.one.bl.test  TXT why
    3.0.0.127.two.bl.test  A   127.0.0.2
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 no mail from 127.0.0.2, Client host is in one.bl.test: why
open from 127.0.0.3
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 550 5.7.9 ask  about  (, , )
