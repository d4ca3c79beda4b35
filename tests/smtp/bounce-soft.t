# soft_bounce keeps mail that would have come back
need VIRTUAL
conf soft_bounce = yes
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test x@bad.test
    Subject: kept

    body
log: status=SOFTBOUNCE \(no such user here\)
queue deferred 1
maildir alice 0
