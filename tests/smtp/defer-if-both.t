# with a reason against a permit and one against a reject the mail is deferred at once, for the first reason
need SMTPD
conf smtpd_client_restrictions = check_client_access inline:{{127.0.0.1=DEFER_IF_REJECT no reject}}, check_client_access inline:{{127.0.0.1=DEFER_IF_PERMIT no permit}}, warn_if_reject reject
conf smtpd_recipient_restrictions = check_recipient_access inline:{{alice@example.test=DEFER_IF_REJECT really}}, reject
conf smtpd_peername_lookup = no
open
S: 220
C: MAIL FROM:<a@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S= 450 4.7.1 <unknown[127.0.0.1]>: Client host rejected: no permit
log: reject: RCPT from unknown\[127\.0\.0\.1\]: 450 4\.7\.1 <unknown\[127\.0\.0\.1\]>: Client host rejected: no permit;
nolog: reject_warning
