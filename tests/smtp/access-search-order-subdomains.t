# parent_domain_matches_subdomains without smtpd_access_maps: every key of every table, every action
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_authorized_xclient_hosts = 0.0.0.0/0, [::]/0
conf inet_protocols = all
conf recipient_delimiter = +
conf parent_domain_matches_subdomains = 
conf smtpd_client_restrictions = check_client_access texthash:$config/client, check_reverse_client_hostname_access texthash:$config/client
conf smtpd_helo_restrictions = check_helo_access texthash:$config/helo
conf smtpd_sender_restrictions = check_sender_access texthash:$config/sender
conf smtpd_null_access_lookup_key = nullkey
file etc/client
    dom.test      REJECT bare domain
    .dot.test     REJECT dotted domain
    host.dot.test  REJECT host itself
    192.0.2.1     REJECT full
    192.0.2       REJECT three
    192.0         REJECT two
    192           REJECT one
    2001:db8:0:1  REJECT v6 four
    2001:db8      REJECT v6 two
    2001:db8::1   REJECT v6 full
    2002:0        REJECT v6 zero
    2003::        REJECT v6 colons
    2003          REJECT v6 one
    unknown       REJECT unknown name
    test          REJECT tld
    .test2        REJECT tld dotted
file etc/helo
    dom.test      REJECT bare domain
    .dot.test     REJECT dotted domain
    [192.0.2.1]   REJECT literal
    192.0.2       REJECT net
    UPPER.test    REJECT upper
file etc/sender
    user@full.test      REJECT full
    user+ext@ext.test   REJECT ext
    user@ext.test       REJECT noext
    ext.test            REJECT domain
    .par.test           REJECT dotparent
    bpar.test           REJECT bareparent
    localuser@          REJECT user
    localuser+e@        REJECT user ext
    nullkey             REJECT null
    <>                  REJECT null brackets
    bare                REJECT bare
    bare@mail.example.test REJECT bare completed
    "quoted user"@q.test  REJECT quoted
    quoted user2@q.test  REJECT unquoted
    192.0.2.1           REJECT addr
    [192.0.2.1]         REJECT literal
    trail.test          REJECT trail
    reply@x.test        REJECT
    ok@x.test           OK
    num@x.test          450
    num2@x.test         12345
    num3@x.test         550 text
    num4@x.test         550 5.2.1 text
    num5@x.test         650 text
    num6@x.test         421 bye
    num7@x.test         521 5.3.2 bye
    list@x.test         reject_unauth_destination, permit
    list2@x.test        reject
    unknown@x.test      FOO bar
    defer@x.test        DEFER 4.1.1 later
    deferd@x.test       DEFER_IF_PERMIT 4.2.1 maybe
    deferr@x.test       DEFER_IF_REJECT 4.2.1 maybe
    dsn@x.test          REJECT 5.1.1 addr
    dsn2@x.test         REJECT 4.1.1 addr
    dsn3@x.test         REJECT 5.1.1
    dsn4@x.test         REJECT 2.1.1 addr
    dsn5@x.test         REJECT 5.1.1addr
    warn@x.test         WARN
    warn2@x.test        WARN text
    info@x.test         INFO text
    warnt@x.test        warn_if_reject reject
    hold@x.test         HOLD
    prep@x.test         PREPEND no header
    bcc@x.test          BCC nodomain
    redir@x.test        REDIRECT nodomain
    filter@x.test       FILTER nocolon
    okt@x.test          OK text
    dunno@x.test        DUNNO text
    discard@x.test      DISCARD
    empty@x.test        
try
    XCLIENT ADDR=198.51.100.1 NAME=x.dom.test
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=dom.test
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=dot.test
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=x.y.dot.test
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=host.dot.test
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=other.test2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE]
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.1 NAME=h.example REVERSE_NAME=h.example
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.2.2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=192.0.3.2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=192.1.3.2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=IPV6:2001:db8:0:1::5
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=IPV6:2001:db8::1
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=IPV6:2001:db8::2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=IPV6:2002::2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=IPV6:2003::2
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=h.example REVERSE_NAME=x.dot.test
    HELO ok.example
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    XCLIENT ADDR=198.51.100.1 NAME=h.example REVERSE_NAME=h.example
    HELO x.dom.test
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO x.dot.test
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO [192.0.2.1]
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO [192.0.2.2]
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO 192.0.2.2
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO upper.TEST
    MAIL FROM:<a@client.example>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    HELO ok.example
    MAIL FROM:<user@full.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<User+x@Full.Test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<user+ext@ext.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<user+other@ext.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@ext.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@sub.ext.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@par.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@a.b.par.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@a.bpar.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<localuser@z.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<localuser+e@z.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<localuser+f@z.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<localuser>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<bare>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<"quoted user"@q.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<"quoted user2"@q.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<"user"@full.test>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@[192.0.2.1]>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<x@trail.test.>
    RCPT TO:<postmaster@mail.example.test>
    RSET
    MAIL FROM:<reply@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<ok@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<num@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<num2@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<num3@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<num4@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<num5@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<list@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<list2@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<unknown@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<defer@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<deferd@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<deferr@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<dsn@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<dsn2@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<dsn3@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<dsn4@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<dsn5@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<warn@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<warn2@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<info@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<warnt@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<hold@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<prep@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<bcc@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<redir@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<filter@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<okt@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<dunno@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<discard@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
    MAIL FROM:<empty@x.test>
    RCPT TO:<bob@example.test>
    RCPT TO:<no@example.test>
    RSET
try
    HELO x
    MAIL FROM:<num6@x.test>
    RCPT TO:<bob@example.test>
    NOOP
try
    HELO x
    MAIL FROM:<num7@x.test>
    RCPT TO:<bob@example.test>
    NOOP
