# Headers that filters add are checked by milter_header_checks
need MAP_REGEXP
milter
    mail /rej/: continue
    eom: addheader X-Ign: 1 ; addheader X-Rep: 1 ; addheader X-Warn: 1 ; addheader X-Info: 1 ; addheader X-After: 1 ; continue
    eom: addheader X-Hold: 1 ; continue
    eom: addheader X-Rej: 1 ; continue
conf milter_header_checks = regexp:$config/hc
conf header_checks = regexp:$config/never
file etc/never
    /^X-(Ign|Rep|After)/ REJECT these are not for milters
file etc/hc
    /^X-Ign/ IGNORE
    /^X-Rep/ REPLACE X-Replaced: yes
    /^X-Hold/ HOLD held
    /^X-Warn/ WARN hey
    /^X-Info/ INFO you
    /^X-Rej/ REJECT no way
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
maildir alice 1
has: ^X-Replaced: yes\nX-Warn: 1\nX-Info: 1\nX-After: 1$
hasnot: X-Ign
log: cleanup\[\d+\]: \w+: milter-header-replace: header X-Rep: 1 from localhost\[127.0.0.1\]; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>: X-Replaced: yes
log: milter-header-warning: header X-Warn: 1 from localhost\[127.0.0.1\]; from=<a@client.test> to=<alice@example.test> proto=ESMTP helo=<client.test>: hey
message a@client.test alice@example.test
log: milter-header-hold: header X-Hold: 1 from localhost\[127.0.0.1\]; .*: held
queue hold 1
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
C: x
C: .
S= 550 5.7.1 no way
log: milter-header-reject: header X-Rej: 1 from localhost\[127.0.0.1\]; .*: 5.7.1 no way
