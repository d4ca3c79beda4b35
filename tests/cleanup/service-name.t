# cleanup_service_name chooses the cleanup entry whose -o count; those of the receiving service do not
need SMTPD VIRTUAL MAP_REGEXP
conf always_bcc = carol@example.test
conf header_checks = regexp:{ {/^X-Drop:/ IGNORE} }
since 3.7
master cleanup unix n - n - 0 cleanup -o { header_checks = regexp:{ {/^X-Own:/ IGNORE} } }
master plain unix n - n - 0 cleanup -o always_bcc= -o { virtual_alias_maps = inline:{ bob@example.test=dave@example.test } }
master 127.0.0.1:$port inet n - n - - smtpd -o always_bcc=bob@example.test
master 127.0.0.1:$port_plain inet n - n - - smtpd -o cleanup_service_name=plain
message ann@client.test alice@example.test
    X-Drop: stays
    X-Own: goes
    Subject: main

    x
wait delivered alice 1
has: ^X-Drop: stays
hasnot: ^X-Own
wait delivered carol 1
maildir bob 0
open plain
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<bob@example.test>
S: 250
C: DATA
S: 354
C: X-Drop: goes
C: X-Own: stays
C:
C: x
C: .
S: 250
wait delivered dave 1
has: ^X-Own: stays
hasnot: ^X-Drop
maildir bob 0
maildir carol 1
