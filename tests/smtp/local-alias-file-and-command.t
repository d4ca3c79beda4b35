# a file and a command named in aliases get the message; the command runs as default_privs, not as root
need LOCAL SMTPD POSTALIAS root
conf alias_maps = cdb:$config/aliases
conf default_privs = $localuser
file etc/aliases
    tofile: /var/tmp/postlet-test-$port
    tocommand: "|id -un > /var/tmp/postlet-test-cmd-$port; cat >> /var/tmp/postlet-test-cmd-$port"
prepare postalias cdb:$config/aliases
message a@client.test tofile@mail.example.test tocommand@mail.example.test
    Subject: text

    From here
log: status=sent \(delivered to file: /var/tmp/
log: status=sent \(delivered to command: id -un
run cat /var/tmp/postlet-test-$port
out: From a@client.test
out: >From here
run cat /var/tmp/postlet-test-cmd-$port
out= $localuser
out: Subject: text
run rm -f /var/tmp/postlet-test-$port /var/tmp/postlet-test-cmd-$port
