# a loop of classes, a keyword in the wrong list, a missing table or argument: each is told when the server starts
need SMTPD postlet
conf smtpd_error_sleep_time = 0
conf smtpd_restriction_classes = one two own fine
conf one = check_client_access inline:{ { nobody.test = OK } }, two
conf two = one
conf own = permit_mynetworks, own
conf fine = reject_non_fqdn_sender
conf mynetworks = 192.0.2.1
master 127.0.0.1:$port_loop inet n - y - - smtpd -o { smtpd_sender_restrictions = fine, two }
master 127.0.0.1:$port_list inet n - y - - smtpd -o smtpd_etrn_restrictions=reject_unlisted_sender
master 127.0.0.1:$port_table inet n - y - - smtpd -o { smtpd_sender_restrictions = check_sender_access texthash:$dir/nosuch }
master 127.0.0.1:$port_argument inet n - y - - smtpd -o { smtpd_sender_restrictions = check_sender_access, reject_non_fqdn_sender }
master 127.0.0.1:$port_after inet n - y - - smtpd -o { smtpd_sender_restrictions = permit, reject_non_fqdn_sender }
master 127.0.0.1:$port_undefined inet n - y - - smtpd -o smtpd_restriction_classes=nowhere
master 127.0.0.1:$port_relay inet n - y - - smtpd -o { smtpd_relay_restrictions = permit, reject_unauth_destination } -o smtpd_recipient_restrictions=
open loop
S: 220
log: warning: restriction classes loop: `two' leads back to `one'$
log: warning: restriction classes loop: `own' leads back to `own'$
C: HELO client.test
R: 250
C: MAIL FROM:<a>
R: 250
C: RCPT TO:<alice@example.test>
R: 504 5.5.2
C: RSET
R: 250
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
S= 451 4.3.5 Server configuration error
open list
S: 220
log: warning: smtpd_etrn_restrictions: restriction cannot be used in this list and is ignored: "reject_unlisted_sender"
open table
S: 220
log: error: open .*nosuch: No such file or directory
open argument
S: 220
log: warning: restriction check_sender_access: bad argument "reject_non_fqdn_sender": need maptype:mapname
open after
S: 220
log: warning: restriction `reject_non_fqdn_sender' after `permit' is ignored
open undefined
log: fatal: restriction class `nowhere' needs a definition
open relay
log: fatal: in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working instance of
