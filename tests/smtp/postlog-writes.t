# postlog writes to the system's log: arguments or standard input, with a tag and a severity
need SMTPD
run postlog -t mytag -p warning hello "wide   world"
log: mytag\[\d+\]: warning: hello wide   world
run postlog -i -p info
    line one

    line two
log: postlog\[\d+\]: line one
log: postlog\[\d+\]: line two
run postlog -p error careful
log: postlog\[\d+\]: error: careful
run postlog -p fatal -t x so it ends
status 0
log: x\[\d+\]: fatal: so it ends
run postlog -p purple x
status 1
