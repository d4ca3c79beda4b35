# error_service_name: mail to no possible address fails by the service of that name
need postlet
conf error_service_name = myerror
master myerror unix - - n - - error -o syslog_name=special
run sendmail -f '<>' x@foo..bar
    Subject: x

    x
log: special/error\[\d+\]: .*to=<x@foo..bar>, relay=none, .*dsn=5.1.3, status=bounced \(bad address syntax\)
