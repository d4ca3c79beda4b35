# smtp-source -l counts line ends but the last
need SMTP_SOURCE
nostart
sink
run smtp-source -o -l 80 $sink
sink: \nX{80}\n
run smtp-source -o -l 10 $sink
sink: \nX{10}\n
run smtp-source -o -l 240 $sink
sink: \n1X{77}\n2X{77}\nX{80}\n
run smtp-source -l 0 $sink
status 1
out: fatal: bad message length: 0
