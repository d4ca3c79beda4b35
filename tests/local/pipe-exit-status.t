# pipe: what the exit status and the output mean
timeout 120
conf transport_maps = inline:{pipe.test=code}
conf relay_domains = pipe.test
file code 755
    #!/bin/sh
    case $1 in t) echo "$2 said so";; d) echo "4.2.9 $2 later";; e) echo "5.9.8 hm $2";; s) kill -9 $$;; esac
    exit $2
master code unix - n n - - pipe user=games argv=$dir/code ${user} ${extension}
conf recipient_delimiter = +
conf code_destination_recipient_limit = 1
message <> x+0@pipe.test x+1@pipe.test x+64@pipe.test x+65@pipe.test x+66@pipe.test x+67@pipe.test x+68@pipe.test x+69@pipe.test x+70@pipe.test
message <> x+71@pipe.test x+72@pipe.test x+73@pipe.test x+74@pipe.test x+75@pipe.test x+76@pipe.test x+77@pipe.test x+78@pipe.test x+79@pipe.test x+127@pipe.test
message <> t+1@pipe.test t+64@pipe.test t+75@pipe.test d+1@pipe.test d+0@pipe.test e+75@pipe.test e+65@pipe.test s+1@pipe.test
log: to=<x\+0@.*dsn=2\.0\.0, status=sent \(delivered via code service\)
log: to=<x\+1@.*dsn=5\.3\.0, status=bounced \(Command died with status 1: "\S+/code"\)
log: to=<x\+64@.*dsn=5\.3\.0, status=bounced \(command line usage error\)
log: to=<x\+65@.*dsn=5\.6\.0, status=bounced \(data format error\)
log: to=<x\+66@.*dsn=5\.3\.0, status=bounced \(cannot open input\)
log: to=<x\+67@.*dsn=5\.1\.1, status=bounced \(user unknown\)
log: to=<x\+68@.*dsn=5\.1\.2, status=bounced \(host name unknown\)
log: to=<x\+69@.*dsn=5\.3\.0, status=bounced \(service unavailable\)
log: to=<x\+70@.*dsn=5\.3\.0, status=bounced \(internal software error\)
log: to=<x\+71@.*dsn=4\.3\.0, status=deferred \(system resource problem\)
log: to=<x\+72@.*dsn=5\.3\.0, status=bounced \(critical OS file missing\)
log: to=<x\+73@.*dsn=5\.2\.0, status=bounced \(can't create user output file\)
log: to=<x\+74@.*dsn=5\.3\.0, status=bounced \(input/output error\)
log: to=<x\+75@.*dsn=4\.3\.0, status=deferred \(temporary failure\)
log: to=<x\+76@.*dsn=5\.5\.0, status=bounced \(remote error in protocol\)
log: to=<x\+77@.*dsn=5\.7\.0, status=bounced \(permission denied\)
log: to=<x\+78@.*dsn=5\.3\.5, status=bounced \(local configuration error\)
log: to=<x\+79@.*dsn=5\.3\.0, status=bounced \(Command died with status 79: "\S+/code"\)
log: to=<x\+127@.*dsn=5\.3\.0, status=bounced \(Command died with status 127: "\S+/code"\)
log: to=<t\+1@.*dsn=5\.3\.0, status=bounced \(Command died with status 1: "\S+/code"\. Command output: 1 said so ?\)
log: to=<t\+64@.*dsn=5\.3\.0, status=bounced \(command line usage error\. Command output: 64 said so ?\)
log: to=<t\+75@.*dsn=4\.3\.0, status=deferred \(temporary failure\. Command output: 75 said so ?\)
log: to=<d\+1@.*dsn=4\.2\.9, status=deferred \(1 later ?\)
log: to=<d\+0@.*dsn=2\.0\.0, status=sent \(delivered via code service \(4\.2\.9 0 later ?\)\)
log: to=<e\+75@.*dsn=5\.9\.8, status=bounced \(hm 75 ?\)
log: to=<e\+65@.*dsn=5\.9\.8, status=bounced \(hm 65 ?\)
log: to=<s\+1@.*dsn=[45]\.3\.0, status=\w+ \(Command died with signal 9: "\S+/code"\)
