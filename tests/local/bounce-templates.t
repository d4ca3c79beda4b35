# bounce_template_file: the texts, with names
conf bounce_template_file = $dir/bounce.cf
conf relayhost = $sink
file bounce.cf
    failure_template = <<EOF
    Charset: us-ascii
    From: Mail (Mailer)
    Subject: It failed
    Postmaster-Subject: It failed here

    I am $myhostname in $mydomain, life ${maximal_queue_lifetime_hours} hours.
    EOF
sink
    RCPT /bad@/: 550 5.1.1 nobody
message alice@example.test bad@far.test
    Subject: first

    body
maildir alice 1
has= Subject: It failed
has: ^From: Mail@mail\.example\.test \(Mailer\)
has= I am mail.example.test in example.test, life 120 hours.
