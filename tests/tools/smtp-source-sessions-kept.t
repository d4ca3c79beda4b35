# smtp-source -d sends all messages through one session, -o without a greeting and headers
need SMTP_SOURCE
nostart
sink
run smtp-source -d -m 3 -o -l 81 $sink
nosink: HELO
nosink: Subject:|From: <
sink: 1X{77}\nX\n
sink: (?s)connect(?!.*connect)
sinkcount 3
