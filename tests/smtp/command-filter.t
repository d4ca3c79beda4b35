# smtpd_command_filter replaces commands before they are read
need SMTPD
file filter.re
    /^HELO\s*$/   HELO unknown.test
    /^SHOUT (.*)/ VRFY $1
    /^MAIL FROM:\s*<(.*)>/i  MAIL FROM:<$1>
conf smtpd_command_filter = regexp:$dir/filter.re
open
S= 220 mail.example.test ESMTP Postfix
C: HELO
S= 250 mail.example.test
C: SHOUT alice@example.test
S= 252 2.0.0 alice@example.test
C: MAIL from:   <a@client.test>
S= 250 2.1.0 Ok
log: localhost\[127\.0\.0\.1\]: replacing command "HELO" with "HELO unknown\.test"
log: localhost\[127\.0\.0\.1\]: replacing command "SHOUT alice@example\.test" with "VRFY alice@example\.test"
