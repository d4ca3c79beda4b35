# smtp-source waits between messages with -w
need SMTP_SOURCE
nostart
sink
run a=$(date +%s); smtp-source -w 1 -m 3 -R 1 $sink
status 1
out= smtp-source: fatal: do not use -w and -R options at the same time
run a=$(date +%s); smtp-source -w 1 -m 3 $sink; b=$(date +%s); test $((b - a)) -ge 2
run a=$(date +%s); smtp-source -d -w 1 -m 3 $sink; b=$(date +%s); test $((b - a)) -ge 2
run smtp-source -d -R 1 -m 2 -T 4096 $sink
sinkcount 8
run smtp-source -v -m 1 $sink
out: smtp-source: <<< 220 sink.test ESMTP\n.*: HELO
out: DATA\n.*<<< 354
