# MX hosts without addresses bounce, or wait with smtp_defer_if_no_mx_address_found
need SMTPD SMTP
conf smtp_defer_if_no_mx_address_found = yes
dns
    away.test MX 10 nowhere.away.test
    away.test MX 20 nothing.away.test
    nowhere.away.test NXDOMAIN
    nothing.away.test TXT x
message alice@example.test a@away.test
log: to=<a@away.test>, relay=none, .*dsn=4.4.4, status=deferred \(Host or domain name not found. Name service error for name=(nowhere|nothing).away.test type=A: Host (not )?found
