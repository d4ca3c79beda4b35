# postdrop takes what sendmail writes, and nothing else
need postlet
run postdrop -r </dev/null
status 65
out: postdrop: fatal: standard input is not a submission
run postdrop
    From: somebody

    this is no record
status 65
run postdrop -x
status 64
queue empty
