# NOTIFY=SUCCESS to an alias: the sender is told that it was expanded, once, and not what became of its members
need SMTPD VIRTUAL LOCAL
conf virtual_alias_maps = inline:{ { info@example.test = bob@example.test, carol@example.test } }
file aliases
    list bob@example.test, carol@example.test
    postmaster $localuser
session
C: MAIL FROM:<alice@example.test>
S: 250
C: RCPT TO:<info@example.test> NOTIFY=SUCCESS
S: 250
C: DATA
S: 354
C: Subject: virtual alias
C: .
S: 250
maildir alice 1
has= Subject: Successful Mail Delivery Report
has= <info@example.test>: alias expanded
has= Final-Recipient: rfc822; info@example.test
has= Original-Recipient: rfc822;info@example.test
has= Action: expanded
has= Diagnostic-Code: X-Postfix; alias expanded
hasnot: bob@example
maildir bob 1
has= X-Original-To: info@example.test
maildir carol 1
log: nrcpt=2 \(queue active\)
session
C: MAIL FROM:<alice@example.test>
S: 250
C: RCPT TO:<list@mail.example.test> NOTIFY=SUCCESS
S: 250
C: DATA
S: 354
C: Subject: local alias
C: .
S: 250
maildir alice 2
has= <list@mail.example.test>: delivery via local: alias expanded
has= Action: expanded
hasnot: bob@example
queue empty
