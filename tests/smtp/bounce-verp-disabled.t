# disable_verp_bounces: one notice for all recipients, to the sender itself
need VIRTUAL
conf disable_verp_bounces = yes
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test -XV x@bad.test y@bad.test
    Subject: to the list

    body
wait delivered alice
has= Final-Recipient: rfc822; x@bad.test
has= Final-Recipient: rfc822; y@bad.test
queue empty
maildir alice 1
