# error_service_name: mail that cannot be routed fails by the service of that name
need SMTPD VIRTUAL
conf error_service_name = myerror
master myerror unix - - n - - error -o syslog_name=special
conf transport_maps = pipemap:{static:x,fail:broken}
conf smtpd_reject_unlisted_recipient = no
conf smtpd_recipient_restrictions =
conf smtpd_relay_restrictions = permit_mynetworks
run sendmail -f a@example.test x@far.test
    Subject: x

    x
log: special/error\[\d+\]: .*to=<x@far.test>, relay=none, .*status=deferred
