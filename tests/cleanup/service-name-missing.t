# without the cleanup service that cleanup_service_name names, mail is not accepted
need postlet SMTPD
conf cleanup_service_name = nowhere
session
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 451 4.3.0 Error: queue file write error
log: master.cf has no service nowhere unix
