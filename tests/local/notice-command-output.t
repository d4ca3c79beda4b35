# a command that failed: its output alone is the diagnostic code
need SMTPD VIRTUAL PIPE LOCAL root
conf relay_domains = pipe.test
conf transport_maps = inline:{ { pipe.test = piper: } }
file aliases
    cmd "|echo sorry; exit 69"
    postmaster $localuser
master piper unix - n n - - pipe user=$nobody argv=/bin/sh -c {echo no luck; exit 67}
message alice@example.test x@pipe.test
maildir alice 1
has= <x@pipe.test>: user unknown. Command output: no luck
has= Status: 5.1.1
has= Diagnostic-Code: x-unix; no luck
message alice@example.test cmd@mail.example.test
maildir alice 2
has= Diagnostic-Code: x-unix; sorry
has= Final-Recipient: rfc822; cmd@mail.example.test
