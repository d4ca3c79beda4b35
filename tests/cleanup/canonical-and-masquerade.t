# canonical tables change envelope and headers by class; masquerading strips hosts except for some users
need VIRTUAL
conf canonical_maps = texthash:$dir/canonical
conf sender_canonical_maps = texthash:$dir/sender_canonical
conf masquerade_domains = !keep.masq.test masq.test
conf masquerade_exceptions = root
file canonical
    a.old@example.test   alice@example.test
    ann@client.test      Ann.Doe@client.test
file sender_canonical
    intern@client.test   public@client.test
run sendmail -f intern@client.test a.old@example.test
    From: intern@client.test
    To: a.old@example.test, intern@client.test
    Cc: ann@client.test, u@h.masq.test, root@h.masq.test, u@x.keep.masq.test
    Subject: mapped

    x
wait delivered alice
has: ^Return-Path: <public@client.test>
has= From: public@client.test
has= To: alice@example.test, intern@client.test
has: Ann.Doe@client.test, u@masq.test, root@h.masq.test
has: u@x.keep.masq.test
log: to=<alice@example.test>, orig_to=<a.old@example.test>
