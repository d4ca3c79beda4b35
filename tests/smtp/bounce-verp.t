# a message sent with VERP: one notice per recipient, to an address that names it; disable_verp_bounces: one for all
need VIRTUAL
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
conf virtual_mailbox_maps = static:alice/
run sendmail -f owner@example.test -XV x@bad.test y@bad.test
    Subject: to the list

    body
log: sender non-delivery notification: (?s:.*)sender non-delivery notification: 
log: to=<owner\+x=bad.test@example.test>, relay=virtual
log: to=<owner\+y=bad.test@example.test>, relay=virtual
maildir alice 2
