# qshape counts domains by age, with parent domains and senders
need VIRTUAL QSHAPE
conf transport_maps = static:{retry:4.4.1 try again later}
conf virtual_mailbox_domains =
run sendmail -f a@one.test x@sub1.example.org y@sub1.example.org z@sub2.example.org
    Subject: one

    body
run sendmail -f a@two.test x@other.test
    Subject: two

    body
queue deferred 2
run qshape deferred
out: ^ +T  5 10 20 40 80 160 320 640 1280 1280\+$
out: ^ +TOTAL  4  4  0  0  0  0   0   0   0    0     0$
out: ^ +sub1.example.org  2  2  0  0  0  0   0   0   0    0     0$
run qshape -p -m 2 deferred
out: ^ +\.example\.org  3  3  0
run qshape -s -b 3 -l -t 1 deferred
out: ^ +T  1  2 2\+$
out: ^ +one.test  1  1  0  0$
run qshape
out: ^ +TOTAL  0  0  0
run qshape -z
status 1
