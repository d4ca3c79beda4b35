# a program that is not there or cannot be run: the mail waits; what is for the shell or one of its own is given to it
user ann
conf default_privs = games
conf transport_maps = inline:{ a.test=a, b.test=b }
conf relay_domains = a.test b.test
master a unix - n n - - pipe user=games argv=$dir/none x
master b unix - n n - - pipe user=games argv=/etc/passwd x
file aliases
    postmaster ann
    none "|$dir/none x"
    noexec "|/etc/passwd"
    name "|nosuchcommand"
    own "|umask"
    exit "|exit 65"
    set "|A=b"
    empty "|"
message <> none@mail.example.test noexec@mail.example.test name@mail.example.test own@mail.example.test exit@mail.example.test set@mail.example.test empty@mail.example.test x@a.test x@b.test
log: to=<none@.*dsn=4\.3\.0, status=deferred \(temporary failure\. Command output: local: fatal: execvp \S+/none: No such file or directory
log: to=<noexec@.*dsn=4\.3\.0, status=deferred \(temporary failure\. Command output: local: fatal: execvp /etc/passwd: Permission denied
log: to=<name@.*dsn=5\.3\.0, status=bounced \(Command died with status 127: "nosuchcommand"\. Command output: sh: 1: nosuchcommand: not found
log: to=<own@.*status=sent \(delivered to command: umask\)
log: to=<exit@.*dsn=5\.6\.0, status=bounced \(data format error\)
log: to=<set@.*status=sent \(delivered to command: A=b\)
log: to=<empty@.*status=sent \(delivered to command: \)
log: to=<x@a.*dsn=4\.3\.0, status=deferred \(temporary failure\. Command output: pipe: fatal: .*execvp \S+/none: No such file or directory
log: to=<x@b.*dsn=4\.3\.0, status=deferred
