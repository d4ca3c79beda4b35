# smtpd_delay_reject = no: a client that was refused hears it at every command
need SMTPD
conf smtpd_hard_error_limit = 1000
conf smtpd_error_sleep_time = 0
conf smtpd_delay_reject = no
conf smtpd_client_restrictions = check_client_access inline:{{127.0.0.1=REJECT}}
conf smtpd_noop_commands = QUUX
try
    HELO ok.test
    MAIL FROM:<a@b.test>
    NOOP
    QUUX
    FOO
    HELP
    Subject: x
try
    NOOP
    QUIT
try
    EHLO x
    STARTTLS
    AUTH PLAIN
    XCLIENT NAME=x
    QUIT
