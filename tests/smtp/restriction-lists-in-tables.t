# restrictions and classes that tables name speak of what was looked up; deferrals among them
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_junk_command_limit = 10000
conf smtpd_restriction_classes = c1, c2, c3, c4, c5, c6, c7, c8, c9
conf c1 = warn_if_reject reject_non_fqdn_helo_hostname, permit
conf c2 = defer_if_permit, permit
conf c3 = defer_if_reject, reject
conf c4 = warn_if_reject defer_if_permit, warn_if_reject reject, permit
conf c5 = defer_if_permit, defer_if_reject
conf c6 = reject_multi_recipient_bounce, permit_mynetworks, reject
conf c7 = warn_if_reject check_sender_access inline:{{c7@x.test=DEFER_IF_PERMIT 4.1.1 later}}, permit
conf c8 = check_sender_access inline:{{c8@x.test=DISCARD}}, reject
conf c9 = check_sender_access inline:{{c9@x.test=OK}}, reject
conf smtpd_recipient_restrictions = check_sender_access inline:{{c1@x.test=c1},{c2@x.test=c2},{c3@x.test=c3},{c4@x.test=c4},{c5@x.test=c5},{c6@x.test=c6},{c7@x.test=c7},{c8@x.test=c8},{c9@x.test=c9},{d1@x.test=warn_if_reject c3},{d2@x.test=reject_unlisted_recipient},{d3@x.test=permit_mynetworks reject},{d4@x.test=defer_if_permit},{d6@x.test=c1 c2},{d7@x.test=sleep 0, reject},{d8@x.test=PREPEND X-A: b},{d9@x.test=INFO x}}, reject_unauth_destination, defer
conf smtpd_data_restrictions = check_sender_access inline:{{e1@x.test=REJECT},{e2@x.test=DEFER_IF_PERMIT},{e3@x.test=PREPEND X: y},{e4@x.test=HOLD},{e5@x.test=reject_multi_recipient_bounce},{<>=reject_multi_recipient_bounce}}
conf smtpd_end_of_data_restrictions = check_sender_access inline:{{f1@x.test=REJECT 5.6.0 no},{f2@x.test=PREPEND X: y},{f3@x.test=DISCARD},{f4@x.test=421 bye}}
try
    HELO c.test
    MAIL FROM:<c1@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c1@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c2@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c2@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c3@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c3@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c4@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c4@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c5@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c5@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c6@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c6@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c7@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c7@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c8@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c8@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<c9@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<c9@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d1@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d1@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d2@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d2@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d3@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d3@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d4@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d4@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d6@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d6@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d7@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d7@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d8@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d8@x.test>
    RCPT TO:<alice@example.test>
    QUIT
try
    HELO c.test
    MAIL FROM:<d9@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<u@away.test>
    VRFY alice@example.test
    RSET
    HELO nofqdn
    MAIL FROM:<d9@x.test>
    RCPT TO:<alice@example.test>
    QUIT
