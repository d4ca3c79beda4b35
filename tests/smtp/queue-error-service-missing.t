# without a retry or discard service in master.cf, mail for them waits as for any missing transport
need VIRTUAL
conf transport_maps = inline:{ { drop.test = discard:thrown away } }
master discard unix remove
run sendmail -f alice@example.test x@drop.test
    Subject: one

    body
log: warning: connect to transport private/discard: No such file or directory
queue deferred 1
