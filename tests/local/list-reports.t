# an alias with an owner is a list (RFC 3461 section 5.2.7.3): delivered, not expanded; NOTIFY=NEVER goes on to its members
need LOCAL VIRTUAL
conf recipient_delimiter = +
conf transport_maps = inline:{ { bad.test = error:5.1.1 nobody here } }
file aliases
    own bob@example.test, x@bad.test
    owner-own dave@example.test
    two bob@example.test, carol@example.test
run sendmail -f alice+1@example.test -N success,failure own@mail.example.test
    Subject: asked

    x
run sendmail -f alice+2@example.test -N never own@mail.example.test
    Subject: never

    x
run sendmail -f alice+3@example.test -N success two@mail.example.test
    Subject: two

    x
wait delivered bob 3
wait delivered alice 2
wait delivered dave 1
maildir dave 1
