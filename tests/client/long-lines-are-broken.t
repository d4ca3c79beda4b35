# smtp_line_length_limit: a longer line is broken with a blank
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_line_length_limit = 50
sink
message alice@example.test bob@away.test
    Subject: long
    
    0123456789012345678901234567890123456789012345678901234567890123456789
sink= 01234567890123456789012345678901234567890123456789
sink=  01234567890123456789
