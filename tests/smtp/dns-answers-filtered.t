# smtpd_dns_reply_filter drops answers: of block lists, of name and mail servers, of senders' domains
need SMTPD
conf smtpd_dns_reply_filter = regexp:$dir/filter
conf smtpd_error_sleep_time = 0
conf smtpd_peername_lookup = no
conf smtpd_client_restrictions = reject_rbl_client bl.test
conf smtpd_sender_restrictions = check_sender_mx_access inline:{{bad.mx.test=REJECT bad host}, {good.mx.test=REJECT good host}}, reject_unknown_sender_domain
file filter
    /^[^ ]+\.bl\.test\. [0-9]+ IN A 127\.0\.0\.9$/ IGNORE
    /^[^ ]+ [0-9]+ IN MX 10 bad\.mx\.test\.$/ IGNORE
    /^gone\.test\. [0-9]+ IN A / IGNORE
    /IN TXT "?a secret/ ignore
dns
    2.0.0.127.bl.test  A   127.0.0.9
    3.0.0.127.bl.test  A   127.0.0.9
    3.0.0.127.bl.test  A   127.0.0.2
    3.0.0.127.bl.test  TXT a secret
    two.test  MX 10 bad.mx.test
    two.test  MX 20 good.mx.test
    one.test  MX 10 bad.mx.test
    bad.mx.test  A 127.0.0.5
    good.mx.test  A 127.0.0.6
    gone.test  A 127.0.0.7
open from 127.0.0.3
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@two.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 Service unavailable; Client host [127.0.0.3] blocked using bl.test
open from 127.0.0.2
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<a@two.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 <a@two.test>: Sender address rejected: good host
C: RSET
S: 250
C: MAIL FROM:<a@one.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
log: warning: .*one.test.*DNS reply filter
C: RSET
S: 250
C: MAIL FROM:<a@gone.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
