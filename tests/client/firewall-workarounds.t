# a banner of asterisks: smtp_pix_workarounds
need SMTPD SMTP
conf relayhost = $sink
conf smtp_pix_workaround_threshold_time = 0s
conf smtp_pix_workaround_delay_time = 1s
conf smtp_pix_workarounds = delay_dotcrlf
conf smtp_pix_workaround_maps = texthash:$dir/firewalls
file firewalls
    127.0.0.1 disable_esmtp, delay_dotcrlf
sink
    CONNECT: 220 **************
message alice@example.test a@away.test
log: enabling PIX workarounds: disable_esmtp delay_dotcrlf for 127.0.0.1\[127.0.0.1\]:\d+
sinkcount 1
sink: ^HELO
nosink: ^EHLO
