# RET=HDRS and messages over bounce_size_limit come back without their body
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
conf bounce_size_limit = 600
run sendmail -f alice@example.test -R hdrs x@bad.test
    Subject: short one

    secret body
wait delivered alice
has= Content-Type: text/rfc822-headers
has= Content-Description: Undelivered Message Headers
has= Subject: short one
hasnot: secret body
run (echo Subject: long one; echo; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo "secret body 1234567890123456789012345678901234567890"; done) | sendmail -f bob@example.test x@bad.test
wait delivered bob
has= Subject: long one
has= Content-Type: text/rfc822-headers
hasnot: secret body
