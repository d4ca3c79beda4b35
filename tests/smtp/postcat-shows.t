# postcat -q shows envelope and content; -h, -b and -e parts of it
need VIRTUAL POSTCAT
conf transport_maps = inline:{ { slow.test = retry:4.4.1 try again later } }
run sendmail -f alice@example.test x@slow.test
    From: alice@example.test
    Subject: one

    .body
queue deferred 1
run postcat -q $(postqueue -j | sed 's/.*queue_id": "\([^"]*\).*/\1/')
out: ^\*\*\* ENVELOPE RECORDS deferred/\w/\w+ \*\*\*$
out: ^message_size: +\d+
out: ^message_arrival_time: 
out= sender: alice@example.test
out= recipient: x@slow.test
out: ^\*\*\* MESSAGE CONTENTS deferred/\w/\w+ \*\*\*$
out= Subject: one
out= .body
out: ^\*\*\* MESSAGE FILE END deferred/\w/\w+ \*\*\*$
run postcat -h queue/deferred/*/*
out= Subject: one
noout: body
noout: ENVELOPE
run postcat -b <queue/deferred/?/*; postcat -b queue/deferred/?/*
out= .body
noout: Subject
run postcat -e queue/deferred/?/*
out: ENVELOPE
noout: Subject
run postcat etc/main.cf
status 1
out: input is not a valid queue file|record read error
run postcat -s -1 etc/main.cf
status 1
out: postcat: fatal: bad offset: -1
