# smtp_generic_maps: envelope and headers outside, the body stays
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
conf smtp_generic_maps = inline:{ alice@example.test=account@isp.test, @inside.test=all@isp.test }
sink
message alice@example.test bob@away.test
    From: Alice <alice@example.test>
    To: bob@away.test
    Cc: "x" <joe@inside.test>
    Subject: generic
    
    alice@example.test
sink: ^MAIL FROM:<account@isp.test>
sink= From: Alice <account@isp.test>
sink= Cc: "x" <all@isp.test>
sink= alice@example.test
