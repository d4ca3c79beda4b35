# rewrite_service_name chooses the entry whose -o count when addresses are completed and routed
need SMTPD VIRTUAL
conf rewrite_service_name = other
conf local_header_rewrite_clients = permit_inet_interfaces
master other unix - - n - - trivial-rewrite -o append_dot_mydomain=yes -o mydomain=other.test -o swap_bangpath=no -o { transport_maps = inline:{ nowhere.test=discard:gone } }
conf append_dot_mydomain = no
conf relay_domains = nowhere.test
message ann@client.test alice@example.test
    From: bob@host
    To: a!b

    x
wait delivered alice 1
has= From: bob@host.other.test
has= To: a!b@mail.example.test
message ann@client.test x@nowhere.test
log: to=<x@nowhere.test>.*relay=none.*dsn=2.0.0, status=sent \(gone\)
