# what counts as an error and what as junk; a message that is accepted starts both anew
need SMTPD
conf smtpd_hard_error_limit = 8
conf smtpd_soft_error_limit = 3
conf smtpd_error_sleep_time = 0
conf smtpd_junk_command_limit = 3
conf smtpd_noop_commands = QUUX
try
    EHLO client.test
    RSET
    NOOP
    VRFY alice@example.test
    ETRN x.test
    QUUX
    HELO x
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    RSET
    QUIT
try
    EHLO client.test
    MAIL FROM:<a@client.test>
    NOOP
    NOOP
    NOOP
    NOOP
    NOOP
    NOOP
    FOO
    FOO
    RCPT TO:<alice@example.test>
    DATA
    x
    .
    NOOP
    NOOP
    NOOP
    NOOP
    NOOP
    FOO
    FOO
    FOO
    FOO
    FOO
    FOO
    FOO
    FOO
try
    FOO
    FOO
    FOO
    FOO
    FOO
    FOO
    FOO
    QUIT
try
    EHLO client.test
    MAIL FROM:<a@client.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
    RCPT TO:<no@example.test>
