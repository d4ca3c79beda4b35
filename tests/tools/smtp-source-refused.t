# smtp-source ends at a refusal, and goes on with -A
need SMTP_SOURCE
nostart
sink
    RCPT: 550 5.1.1 nobody
run smtp-source $sink
status 1
out= smtp-source: fatal: recipient rejected: 550 5.1.1 nobody
run smtp-source -A -d -m 2 $sink
out= smtp-source: warning: recipient rejected: 550 5.1.1 nobody
sink: RSET\nMAIL FROM:.*\nRCPT TO:.*\nRSET\nQUIT
sinkcount 0
sinkrule CONNECT: 554 go away
run smtp-source $sink
status 1
out= smtp-source: fatal: rejected at server banner: 554 go away
sinkrule drop CONNECT
run smtp-source $sink
status 1
out= smtp-source: fatal: lost connection while reading server greeting
