# a bad reply pattern of a DNS list is told before the first client needs it
need SMTPD postlet
conf smtpd_client_restrictions = reject_rbl_client bl.test=127.0.0.[1;x]
session
log: warning: smtpd_client_restrictions: bad reply pattern: "bl\.test=127\.0\.0\.\[1;x\]"
C: MAIL FROM:<a@client.test>
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test>
S= 451 4.3.5 Server configuration error
