# Headers inserted, added, changed and deleted by a mail filter; our own Received: is not counted among them
milter
    eom: insheader 1 X-One: v ; insheader 1 X-One-b: v ; insheader 3 X-Three: v ; insheader 0 X-Zero: v ; insheader 99 X-Last: v ; addheader X-Add: folded\n\tmore ; addheader X-Bare: first\nsecond ; chgheader 0 Subject: new ; chgheader 1 X-None: added ; delheader 1 X-Del ; chgheader 1 X-Del: was two ; chgheader 1 Received: not ours ; delheader 7 Subject ; continue
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
message a@client.test alice@example.test
    Subject: hello
    X-Del: one
    x-del: two

    body
maildir alice 1
has: X-Zero: v\nReceived: from client.test (.*\n)+?X-One-b: v\nX-One: v\nX-Three: v\nSubject: new\nX-Del: was two\nMessage-Id: (.*\n)+?From: a@client.test\nX-Last: v\nX-Add: folded\n\tmore\nX-Bare: first\n\tsecond\nX-None: added\nReceived: not ours\n\nbody$
hasnot: hello|x-del: two|X-Del: one
log: from=<a@client.test>, size=\d+, nrcpt=1
