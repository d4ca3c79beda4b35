# pickup_service_name: sendmail and postdrop use the service of that name
need VIRTUAL
conf pickup_service_name = mypickup
master pickup unix remove
master mypickup unix n - n 60 1 pickup
run sendmail -f a@example.test alice@example.test
    Subject: x

    x
maildir alice 1
