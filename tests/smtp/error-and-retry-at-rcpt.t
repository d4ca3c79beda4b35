# a recipient whose transport is error: or retry: is refused at RCPT, with the status and text that stand there
need SMTPD VIRTUAL
conf mynetworks = 127.0.0.0/8
conf unknown_relay_recipient_reject_code = 577
conf smtpd_error_sleep_time = 0
conf transport_maps = inline:{ { e4.test = error:4.2.0 later }, { r4.test = retry:4.2.1 not yet }, { r.test = retry: }, { e.test = error:no way }, { e5.test = error:5.1.6 moved }, { r5.test = retry:5.1.6 moved }, { example.test = retry:4.2.2 full } }
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<x@e4.test>
R: [45]
C: RCPT TO:<x@r4.test>
R: 450 4.2.1 <x@r4.test>: Recipient address rejected: not yet
C: RCPT TO:<x@r.test>
R: 4
C: RCPT TO:<x@e.test>
R: 5
C: RCPT TO:<x@e5.test>
R: 5
C: RCPT TO:<x@r5.test>
R: [45]
C: RCPT TO:<alice@example.test>
R: 4
