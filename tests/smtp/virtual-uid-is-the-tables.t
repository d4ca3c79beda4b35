# a virtual mailbox is written as the uid of its table, below the base
need VIRTUAL SMTPD root
conf virtual_mailbox_domains = v.test
conf virtual_mailbox_base = $dir/vmail
conf virtual_mailbox_maps = inline:{x@v.test=x/, y@v.test=y.mbox}
conf virtual_minimum_uid = 1
conf virtual_uid_maps = static:$uid
conf virtual_gid_maps = static:$gid
prepare mkdir -m 777 $dir/vmail
message a@client.test x@v.test y@v.test
    Subject: v

    From a line
log: to=<x@v.test>, relay=virtual.*status=sent \(delivered to maildir\)
log: to=<y@v.test>, relay=virtual.*status=sent \(delivered to mailbox\)
run stat -c %u $dir/vmail/x/new $dir/vmail/y.mbox
out= $uid
run cat $dir/vmail/y.mbox
out: From a@client.test
out: >From a line
