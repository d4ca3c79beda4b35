# an alias delivers to each of its members
need LOCAL SMTPD POSTALIAS root
conf alias_maps = cdb:$config/aliases
conf alias_database = cdb:$config/aliases
file etc/aliases
    team: $localuser, far@far.test
    postmaster: $localuser
prepare postalias cdb:$config/aliases
sink
conf relayhost = $sink
message a@client.test team@mail.example.test
    Subject: to the team

    hello
wait delivered $localuser
has: Subject: to the team
has: Delivered-To: team@mail.example.test
sink: RCPT TO:<far@far.test>
log: to=<team@mail.example.test>.*relay=local.*status=sent
