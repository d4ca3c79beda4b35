# tables at DATA and at its end: what still can be done, with one recipient and with two
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_junk_command_limit = 10000
conf smtpd_data_restrictions = check_sender_access inline:{{e1@x.test=REJECT},{e2@x.test=DEFER_IF_PERMIT},{e3@x.test=PREPEND X: y},{e4@x.test=HOLD},{e5@x.test=reject_multi_recipient_bounce},{<>=reject_multi_recipient_bounce}}
conf smtpd_end_of_data_restrictions = check_sender_access inline:{{f1@x.test=REJECT 5.6.0 no},{f2@x.test=PREPEND X: y},{f3@x.test=DISCARD},{f4@x.test=421 bye}}
try
    HELO c.test
    MAIL FROM:<e1@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<e1@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<e2@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<e2@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<e3@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<e3@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<e4@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<e4@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<e5@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<e5@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<f1@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<f1@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<f2@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<f2@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<f3@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<f3@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<f4@x.test>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<f4@x.test>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
try
    HELO c.test
    MAIL FROM:<>
    RCPT TO:<alice@example.test>
    DATA
    Subject: x

    x
    .
    RSET
    MAIL FROM:<>
    RCPT TO:<alice@example.test>
    RCPT TO:<bob@example.test>
    DATA
    Subject: x

    x
    .
    QUIT
