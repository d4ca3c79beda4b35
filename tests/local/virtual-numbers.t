# virtual: user and group numbers that are missing or refused; the mail waits
conf virtual_minimum_uid = 1000
conf virtual_uid_maps = inline:{{alice@example.test = 999}, {bob@example.test = x}, {dave@example.test = 21000}, {postmaster@example.test=21000}}
conf virtual_gid_maps = inline:{{alice@example.test = 1000}, {dave@example.test=0}, {bob@example.test=1000}}
message <> alice@example.test
log: warning: recipient alice@example\.test: bad uid 999 in virtual_uid_maps
log: to=<alice@example\.test>, relay=virtual, .*dsn=4\.3\.5, status=deferred \(mail system configuration error\)
message <> bob@example.test
log: warning: recipient bob@example\.test: bad uid x in virtual_uid_maps
message <> carol@example.test
log: warning: recipient carol@example\.test: not found in virtual_uid_maps
log: to=<carol@example\.test>, relay=virtual, .*dsn=4\.3\.5, status=deferred \(mail system configuration error\)
message <> postmaster@example.test
log: warning: recipient postmaster@example\.test: not found in virtual_gid_maps
message <> dave@example.test
log: warning: recipient dave@example\.test: bad gid 0 in virtual_gid_maps
queue deferred 5
