# new mail is written over delivered mail; what stays longer becomes a file of incoming that tools can handle
need postlet VIRTUAL
sink
    delay EOM 3
conf relayhost = $sink
message alice@example.test bob@far.test
    Subject: one

    body
run ls queue/incoming
noout: .
run postqueue -p
out: alice@example.test
pause 2.2
run ls queue/incoming
out: ^[0-9A-F]{12}$
sinkcount 1
queue empty
sinkrule delay EOM 0
message alice@example.test bob@far.test
    Subject: two

    body
sinkcount 2
queue empty
message alice@example.test bob@far.test
    Subject: three

    body
sinkcount 3
queue empty
run ls queue/slots
out= 00
noout: 01
