# headers of remote clients stay as they are; with remote_header_rewrite_domain they are completed with that domain
need SMTPD VIRTUAL
conf local_header_rewrite_clients = permit_sasl_authenticated
conf append_dot_mydomain = yes
conf virtual_alias_maps = inline:{ { short@mail.example.test = alice@example.test } }
session
C: MAIL FROM:<ann>
S: 250
C: RCPT TO:<short>
S: 250
C: DATA
S: 354
C: From: ann
C: To: bob@host, foo!bar
C: 
C: x
C: .
S: 250
wait delivered alice
has: ^Return-Path: <ann@mail.example.test>
has= From: ann
has= To: bob@host, foo!bar
hasnot: ^Message-Id
hasnot: ^Date
log: cleanup\[\d+\]: \w+: message-id=<>
