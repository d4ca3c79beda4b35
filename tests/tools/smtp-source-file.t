# smtp-source -F sends a file, dots doubled, line ends made
need SMTP_SOURCE
nostart
file message
    Subject: from a file

    .dot
    last
sink
run smtp-source -M h -F message $sink
sink= HELO h
sink: Subject: from a file\n\n\.dot\nlast\n
nosink: From: <
