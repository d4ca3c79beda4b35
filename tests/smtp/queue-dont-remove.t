# dont_remove keeps finished files in "saved"
need VIRTUAL
conf dont_remove = 1
run sendmail -f bob@example.test alice@example.test
    Subject: one

    body
wait delivered alice
log: removed
run ls queue/saved
out: ^\w{10,12}$
queue empty
