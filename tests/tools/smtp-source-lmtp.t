# smtp-source -L says LHLO and waits for a reply per recipient
need SMTP_SOURCE
nostart
sink
    lmtp
    unix s
run smtp-source -L -M h -r 3 -m 2 -d unix:$dir/s
sink= LHLO h
sinkcount 2
