# default_delivery_status_filter is for all agents
need SMTPD VIRTUAL MAP_REGEXP
conf default_delivery_status_filter = regexp:{ {/^5(.*unknown user.*)/ 4$$1} }
message a@client.test alice@example.test
message a@client.test nobody@example.test
log: status=deferred \(unknown user: "nobody@example.test"\)
queue deferred 1
conf virtual_mailbox_maps = inline:{ alice@example.test=alice/ }
conf smtpd_reject_unlisted_recipient = no
