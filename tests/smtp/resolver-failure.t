# a table of the address resolver that fails: the mail is tried again
conf transport_maps = pipemap:{static:x,fail:broken}
run sendmail -f '<>' x@far.test
    Subject: x

    x
log: error\[\d+\]: .*to=<x@far.test>, relay=none, .*dsn=4.3.0, status=deferred \(address resolver failure\)
queue deferred 1
