# prepend_delivered_header = file: not for commands, not for forwarded mail
user ann ben cat
conf prepend_delivered_header = file
conf mail_spool_directory = $dir/mail
conf default_privs = games
sink
conf relayhost = $sink
file home/ann/.forward
    far@far.test
file aliases
    postmaster ben
    cmd "|cat > $dir/tmp/out"
prepare mkdir -m 777 $dir/tmp; chown ann home/ann/.forward
message alice@example.test ben@mail.example.test
log: status=sent \(delivered to mailbox\)
run cat mail/ben
out= Delivered-To: ben@mail.example.test
message alice@example.test cmd@mail.example.test
log: delivered to command
run cat tmp/out
out= X-Original-To: cmd@mail.example.test
noout: ^Delivered-To
message alice@example.test ann@mail.example.test
sink: RCPT TO:<far@far\.test>
queue empty
nosink: ^Delivered-To
