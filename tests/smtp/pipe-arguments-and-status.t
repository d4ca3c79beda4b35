# pipe gives macros as arguments, never to a shell, and reads sysexits
need PIPE SMTPD root
conf transport_maps = inline:{pipe.test=args:hop, fail.test=fails:, bounce.test=bounces:}
conf relay_domains = pipe.test, fail.test, bounce.test
conf args_destination_recipient_limit = 1
master args unix - n n - - pipe flags=Rq user=$localuser argv=/bin/sh -c {printf "%s\n" "$$@" > /var/tmp/postlet-args-$port; cat >> /var/tmp/postlet-args-$port} sh ${recipient} ${sender} ${nexthop} ${user} ${extension}
master fails unix - n n - - pipe user=$localuser argv=/bin/sh -c {echo no room; exit 75}
master bounces unix - n n - - pipe user=$localuser argv=/bin/sh -c {echo 5.2.2 full; exit 1}
conf recipient_delimiter = +
message a@client.test "u+e;x"@pipe.test
    Subject: s

    body
log: to=<"u\+e;x"@pipe.test>, relay=args, .*dsn=2.0.0, status=sent \(delivered via args service\)
run cat /var/tmp/postlet-args-$port
out: "u\+e;x"@pipe.test
out: a@client.test
out: hop
out: Return-Path: <a@client.test>
run rm -f /var/tmp/postlet-args-$port
message a@client.test x@fail.test
log: status=deferred \(temporary failure. Command output: no room
message alice@example.test x@bounce.test
log: dsn=5.2.2, status=bounced \(full
