# remote_header_rewrite_domain completes the headers of remote clients
need SMTPD VIRTUAL
conf local_header_rewrite_clients =
conf remote_header_rewrite_domain = domain.invalid
conf append_dot_mydomain = yes
session
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: From: ann
C: To: bob@host
C: 
C: x
C: .
S: 250
wait delivered alice
has= From: ann@domain.invalid
has= To: bob@host.domain.invalid
has: ^Message-Id: <
has: ^Date: 
