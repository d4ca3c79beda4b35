# mailbox_transport to a pipe service, to retry, error and discard
user ann cat dan eve
conf mailbox_transport_maps = texthash:$dir/by-user
conf local_recipient_maps =
master keeper unix - n n - - pipe flags=DORhu user=games argv=/bin/sh -c { cat > $dir/tmp/$(recipient).$(queue_id); echo "arg $(nexthop)|$(recipient)|$(original_recipient)|$(sender)" >> $dir/tmp/args } -
file by-user
    ann keeper:there.test
    cat retry:4.7.9 come back
    dan error:5.7.8 go away
    eve discard:silently
file aliases
    postmaster ann
    friends ann, eve
prepare mkdir -m 777 $dir/tmp
message alice@example.test ann@mail.example.test
    Subject: one

    body
log: local\[\d+\]: \w+: passing <ann@mail\.example\.test> to transport=keeper
log: pipe\[\d+\]: \w+: to=<ann@mail\.example\.test>, relay=keeper, .*dsn=2\.0\.0, status=sent \(delivered via keeper service\)
queue empty
run cat $dir/tmp/args
out= arg there.test|ann@mail.example.test|ann@mail.example.test|alice@example.test
run cat $dir/tmp/ann@*
out= Delivered-To: ann@mail.example.test
out= X-Original-To: ann@mail.example.test
out= Return-Path: <alice@example.test>
run : > $dir/tmp/args
message alice@example.test friends@mail.example.test
    Subject: two

    body
log: pipe\[\d+\]: \w+: to=<ann@mail\.example\.test>, orig_to=<friends@mail\.example\.test>, relay=keeper, .*status=sent
log: \w+: to=<eve@mail\.example\.test>, orig_to=<friends@mail\.example\.test>, relay=none, .*dsn=2\.0\.0, status=sent \(silently\)
queue empty
run cat $dir/tmp/args
out= arg there.test|ann@mail.example.test|friends@mail.example.test|alice@example.test
message alice@example.test dan@mail.example.test
    Subject: three

    body
log: to=<dan@mail\.example\.test>, relay=none, .*dsn=5\.7\.8, status=bounced \(go away\)
maildir alice 1
has= Status: 5.7.8
queue empty
message alice@example.test cat@mail.example.test
    Subject: four

    body
log: to=<cat@mail\.example\.test>, relay=none, .*dsn=4\.7\.9, status=deferred \(come back\)
queue deferred 1
run postsuper -d ALL
queue empty
