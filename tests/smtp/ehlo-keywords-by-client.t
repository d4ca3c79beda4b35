# keywords are hidden from clients of a table; silent-discard leaves no trace in the log
need SMTPD
conf smtpd_discard_ehlo_keyword_address_maps = inline:{{127.0.0.1=pipelining, silent-discard}, {127.0.0.2=8bitmime smtputf8}}
open
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R! 250.PIPELINING
R& 250.SMTPUTF8
nolog: discarding
open from 127.0.0.2
S= 220 mail.example.test ESMTP Postfix
C: EHLO client.test
R: 250
R& 250.PIPELINING
R! 250.8BITMIME
R! 250.SMTPUTF8
log: discarding EHLO keywords: 8BITMIME
