# a damaged queue file is put aside and never delivered; others pass
need VIRTUAL postlet
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    Subject: one

    body
queue deferred 1
stop
run f=$(find queue/deferred -type f); printf X | dd of=$f bs=1 seek=20 conv=notrunc 2>/dev/null; touch -d '2 hours ago' $f
start
run postqueue -f
queue corrupt 1
queue deferred 0
log: damaged queue file moved from "deferred" to "corrupt"
run sendmail -f bob@example.test alice@example.test
    Subject: fine

    body
wait delivered alice
