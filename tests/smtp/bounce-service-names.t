# bounce_service_name, defer_service_name and trace_service_name choose the services; without one, mail stays
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here }, { drop.test = discard:thrown away } }
conf bounce_service_name = mybounce
conf trace_service_name = mytrace
master mytrace unix - - y - 0 bounce
master trace unix remove
prepare install -d -o $owner queue/mytrace
run sendmail -f alice@example.test -N success x@drop.test
    Subject: fine

    body
wait delivered alice
run sendmail -f alice@example.test x@bad.test
    Subject: lost

    body
log: warning: connect to private/mybounce: No such file or directory
queue deferred 1
