# smtp_mime_header_checks and smtp_nested_header_checks look at parts and attached messages
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_mime_header_checks = regexp:$dir/mime
conf smtp_nested_header_checks = regexp:$dir/nested
sink
file mime
    /^Content-Description: private/ IGNORE
file nested
    /^X-Trace:/ REPLACE X-Trace: gone
message alice@example.test bob@away.test
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=b
    X-Trace: outside
    
    --b
    Content-Type: text/plain
    Content-Description: private
    
    one
    --b
    Content-Type: message/rfc822
    
    Subject: inner
    X-Trace: inside
    
    two
    --b--
sink= X-Trace: outside
sink= X-Trace: gone
sink= two
nosink: private
nosink: X-Trace: inside
