# queue_service_name: the queue manager under another name
need VIRTUAL
conf queue_service_name = myqmgr
master qmgr unix remove
master myqmgr unix n - n 300 1 qmgr
run sendmail -f a@example.test alice@example.test
    Subject: x

    x
maildir alice 1
run postqueue -f
