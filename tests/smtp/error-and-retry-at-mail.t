# a sender whose transport is error: or retry: is refused with the status of a sender; one override skips both checks
need SMTPD VIRTUAL
conf smtpd_reject_unlisted_sender = yes
conf unknown_virtual_alias_reject_code = 578
conf virtual_alias_domains = al.test
conf virtual_alias_maps = inline:{ { x@al.test = alice@example.test } }
conf relay_domains = rel.test
conf smtpd_error_sleep_time = 0
conf transport_maps = inline:{ { r4.test = retry:4.2.1 not yet }, { r.test = retry: }, { e.test = error:no way }, { e5.test = error:5.1.6 moved }, { rel.test = error:gone }, { long.test = error:5.100.1000x y }, { sp.test = error:  5.2.1   two } }
master 127.0.0.1:$port_over inet n - y - - smtpd -o receive_override_options=no_unknown_recipient_checks -o smtpd_sender_restrictions=reject_unlisted_sender -o smtpd_recipient_restrictions=reject_unlisted_recipient
session
C: MAIL FROM:<x@r4.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 450 4.2.1 <x@r4.test>: Sender address rejected: not yet
C: RSET
R: 250
C: MAIL FROM:<x@r.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 450 4.1.0 <x@r.test>: Sender address rejected: Address is undeliverable
C: RSET
R: 250
C: MAIL FROM:<x@e.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 550 5.1.0 <x@e.test>: Sender address rejected: no way
C: RSET
R: 250
C: MAIL FROM:<x@e5.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 550 5.1.7 <x@e5.test>: Sender address rejected: moved
C: RSET
R: 250
C: MAIL FROM:<x@rel.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 550 5.1.0 <x@rel.test>: Sender address rejected: gone
C: RSET
R: 250
C: MAIL FROM:<y@al.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 578 5.1.7 <y@al.test>: Sender address rejected: User unknown in virtual alias table
C: RSET
R: 250
C: MAIL FROM:<x@al.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: RSET
R: 250
C: MAIL FROM:<x@long.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 550 5.1.0 <x@long.test>: Sender address rejected: 5.100.1000x y
C: RSET
R: 250
C: MAIL FROM:<x@sp.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 550 5.2.1 <x@sp.test>: Sender address rejected: two
C: RCPT TO:<x@sp.test>
R: 550 5.2.1 <x@sp.test>: Sender address rejected: two
C: QUIT
R: 221
open over
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<x@e.test>
R: 250
C: RCPT TO:<nobody@example.test>
R: 250
C: RCPT TO:<x@sp.test>
R: 250
