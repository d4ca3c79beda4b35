# virtual_maps, the former name of virtual_alias_maps and virtual_alias_domains
need SMTPD VIRTUAL
conf virtual_maps = inline:{ info@example.test=alice@example.test, old.test=anything, x@old.test=bob@example.test }
message a@client.test info@example.test x@old.test
maildir alice 1
maildir bob 1
