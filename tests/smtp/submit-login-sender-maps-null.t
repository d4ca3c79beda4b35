# local_login_sender_maps: without its key the null sender is refused too
need VIRTUAL root postlet
since 3.6
conf local_login_sender_maps = inline:{ { root = * }, { $localuser = allowed@example.test <> } }
conf empty_address_local_login_sender_maps_lookup_key = [nobody]
run as $localuser sendmail -f '<>' alice@example.test
    Subject: third

    x
status 77
maildir alice 0
