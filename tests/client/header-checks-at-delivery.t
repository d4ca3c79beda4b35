# smtp_header_checks and smtp_body_checks change what leaves
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_header_checks = regexp:$dir/headers
conf smtp_body_checks = regexp:$dir/body
sink
file headers
    /^X-Internal:/ IGNORE
    /^Subject: (.*)/ REPLACE Subject: [out] $1
file body
    /secret/ REPLACE (removed)
message alice@example.test bob@away.test
    Subject: hello
    X-Internal: yes
    
    a secret word
sink= Subject: [out] hello
nosink: X-Internal
sink= (removed)
