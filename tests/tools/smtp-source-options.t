# smtp-source: addresses, counts, content and sequence follow the options
need SMTP_SOURCE
nostart
sink
run smtp-source -M name.test -f me@x.test -t you@y.test -r 3 -S "a subject" $sink
sink= HELO name.test
sink= MAIL FROM:<me@x.test>
sink: RCPT TO:<3you@y.test>\nRCPT TO:<2you@y.test>\nRCPT TO:<you@y.test>\nDATA
sink= From: <me@x.test>
sink= To: <you@y.test>
sink: Message-Id: <[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}@name\.test>
sink= Subject: a subject
sink= La de da de da 4.
sink= QUIT
sinkcount 1
run smtp-source -c -M h -m 5 -s 2 -N -r 2 -t z@z $sink
out: ^1\r2\r3\r4\r5\r$
sink= RCPT TO:<1z@z>
sink= RCPT TO:<10z@z>
nosink: RCPT TO:<11z@z>
sinkcount 6
