# names of aliases that need quotes: from postalias, with an owner, an extension, other letter case; and as an old table has them
need LOCAL SMTPD POSTALIAS root
user ann ben cat
conf alias_maps = cdb:$dir/al, texthash:$dir/old
conf recipient_delimiter = +
conf mail_spool_directory = $dir/spool
file al
    postmaster: ann
    "quoted name": ann
    "a:b": ben,
      cat
    "owner-quoted name": ben
    "q+e": cat
    UPPER: ann
file old
    c:d ann
prepare postalias cdb:$dir/al; mkdir -m 1777 spool
open
S: 220
C: EHLO client.test
R: 250
C: MAIL FROM:<>
S: 250
C: RCPT TO:<"Quoted Name+ext"@mail.example.test>
S: 250
C: RCPT TO:<"a:b"@mail.example.test>
S: 250
C: RCPT TO:<"c:d"@mail.example.test>
S: 250
C: RCPT TO:<"q+e"@mail.example.test>
S: 250
C: RCPT TO:<uPPer@mail.example.test>
S: 250
C: RCPT TO:<"e:f"@mail.example.test>
S: 550
C: DATA
S: 354
C: Subject: x
C:
C: .
S: 250
log: to=<"Quoted Name\+ext"@.*status=sent \(forwarded as
log: to=<cat@.*, orig_to=<"a:b"@.*status=sent
log: to=<ann@.*, orig_to=<"c:d"@.*status=sent
log: to=<cat@.*, orig_to=<q\+e@.*status=sent
log: to=<ann@.*, orig_to=<uPPer@.*status=sent
queue empty
run grep -c 'Return-Path: <"owner-quoted name"@mail' spool/ann
out= 1
