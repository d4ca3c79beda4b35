# smtpd_expansion_filter: other characters that a client brings into a reply become _
need SMTPD
conf smtpd_expansion_filter = abcdefghijklmnopqrstuvwxyz0123456789<>@\40.
conf smtpd_reject_footer = \c ($sender)
conf default_rbl_reply = $rbl_code $rbl_what: $sender at $helo_name
conf smtpd_sender_restrictions = check_sender_access inline:{{a@client.test=REJECT no}}, reject_rbl_client bl.test
dns
    1.0.0.127.bl.test  A   127.0.0.2
open
S= 220 mail.example.test ESMTP Postfix
C: HELO client.test
S= 250 mail.example.test
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<bob@example.test>
S= 554 5.7.1 <a@client.test>: Sender address rejected: no (a@client.test)
C: RSET
S: 250
C: MAIL FROM:<B9-c@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 554 5.7.1 127.0.0.1: _9_c@client.test at client.test (_9_c@client.test)
