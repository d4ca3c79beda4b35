# local_login_sender_maps: the senders that a login may use; a key of its own for the null sender
need VIRTUAL root postlet
since 3.6
conf local_login_sender_maps = inline:{ { root = * }, { $localuser = allowed@example.test [nobody] } }
conf empty_address_local_login_sender_maps_lookup_key = [nobody]
run as $localuser sendmail -f allowed@example.test alice@example.test
    Subject: first

    x
maildir alice 1
run as $localuser sendmail -f other@example.test alice@example.test
    Subject: second

    x
status 77
out: other@example.test
run as $localuser sendmail -f '<>' alice@example.test
    Subject: third

    x
maildir alice 2
run sendmail -f any@example.test alice@example.test
    Subject: fourth

    x
maildir alice 3
