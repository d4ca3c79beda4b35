# plain text behind STARTTLS is never taken for commands
need SMTPD TLS postlet
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_forbid_unauth_pipelining = yes
open
S: 220
C: EHLO client.test
R: 250
raw "STARTTLS\r\nMAIL FROM:<evil@client.test>\r\n"
S: 554 5.5.0 Error: SMTP protocol synchronization
eof
log: improper command pipelining after STARTTLS from
