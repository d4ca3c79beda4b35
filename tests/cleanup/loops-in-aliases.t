# aliases that go round in circles or grow without end are a temporary failure, not a lost message
need SMTPD VIRTUAL
conf virtual_alias_domains = valias.test
conf virtual_alias_maps = inline:{ { a@valias.test = b@valias.test }, { b@valias.test = a@valias.test } }
conf virtual_alias_recursion_limit = 10
session
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<a@valias.test>
R: [24]5[01]
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: 
C: x
C: .
R: [24]5[01]
log: warning: \w+: unreasonable virtual_alias_maps map nesting for [ab]@valias.test -- message not accepted, try again later
