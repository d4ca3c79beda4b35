# check_*_mx_access, ns and a: no MX, null MX, aliases, literals, parents, hosts that are not there
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf inet_protocols = all
conf smtpd_sender_restrictions = check_sender_mx_access texthash:$config/mx, check_sender_ns_access texthash:$config/ns, check_sender_a_access texthash:$config/a
conf smtpd_helo_restrictions = check_helo_mx_access texthash:$config/mx check_helo_ns_access texthash:$config/ns check_helo_a_access texthash:$config/a
conf smtpd_recipient_restrictions = check_recipient_mx_access texthash:$config/mx, check_recipient_a_access texthash:$config/a, check_recipient_ns_access texthash:$config/ns, reject_unauth_destination
file etc/mx
    nx.test    REJECT nx itself
    nomx.test  REJECT nomx itself
    127.0.0.77 REJECT mx addr
    127.9      REJECT mx net
    null.test  REJECT null
    .sub.test  REJECT dotted
    192.0.2    REJECT literal net
    2001:db8::7 REJECT v6
    2001:db8:1  REJECT v6 net
    tmp.test  REJECT tmp
file etc/ns
    ns.tld     REJECT tld ns
    ns.par.test REJECT parent
    127.0.0.78 REJECT ns addr
file etc/a
    127.0.0.79 REJECT a
    192.0.3.1  REJECT a literal
dns
    nomx.test  A 127.0.0.1
    m1.test  MX 10 host.m1.test
    m1.test  MX 20 host2.m1.test
    host.m1.test A 127.0.0.5
    host2.m1.test A 127.0.0.77
    m2.test MX 10 host.m2.test
    host.m2.test A 127.9.8.7
    null.test MX 0 .
    m3.test MX 10 a.b.sub.test
    a.b.sub.test A 127.0.0.3
    m4.test MX 10 nohost.m4.test
    m5.test MX 10 h.m5.test
    h.m5.test AAAA 2001:db8::7
    m6.test MX 10 h.m6.test
    h.m6.test AAAA 2001:db8:1:2::1
    m7.test MX 10 h.m7.test
    h.m7.test SERVFAIL
    m9.test MX 10 tmp.test
    cn.test CNAME m1.test
    tld     NS ns.tld
    x.y.tld A 127.0.0.1
    tld2    NS ns.tld
    par.test NS ns.par.test
    a.par.test A 127.0.0.1
    n1.test NS ns.n1.test
    ns.n1.test A 127.0.0.78
    a1.test A 127.0.0.79
    a2.test A 127.0.0.1
    a2.test A 127.0.0.79
try
    HELO c.test
    MAIL FROM:<a@nx.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@nomx.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m1.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m2.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@null.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m3.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m4.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m5.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m6.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m7.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@m9.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@cn.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@x.y.tld>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@tld2>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@a.par.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@n1.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@a1.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@a2.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@[192.0.2.5]>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@[192.0.3.1]>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@[IPv6:2001:db8::7]>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a@sub.n1.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<a>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<>
    RCPT TO:<postmaster@mail.example.test>
    RCPT TO:<a@m1.test>
    RCPT TO:<a@nx.test>
    RCPT TO:<a@a1.test>
    RCPT TO:<a@n1.test>
    RCPT TO:<a@[192.0.2.5]>
    RSET
    HELO m1.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO [192.0.2.5]
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO 192.0.3.1
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO n1.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO a1.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO nx.test
    MAIL FROM:<a@c.test>
    RCPT TO:<postmaster@mail.example.test>
    QUIT
