# home_mailbox ending with /: a Maildir, made when it is missing
user ann
conf home_mailbox = Mail/in/
message alice@example.test ann@mail.example.test
log: to=<ann@mail\.example\.test>, relay=local, .*status=sent \(delivered to maildir\)
run stat -c '%n %U %a' home/ann/Mail/in home/ann/Mail/in/*; ls home/ann/Mail/in/new
out= home/ann/Mail/in ann 700
out= home/ann/Mail/in/tmp ann 700
out= home/ann/Mail/in/new ann 700
out= home/ann/Mail/in/cur ann 700
out: ^\d+\.V[0-9a-f]+I[0-9a-f]+M\d+\.[^./]+(\.[^/]+)?$
run ls home/ann/Mail/in/tmp | wc -l
out= 0
