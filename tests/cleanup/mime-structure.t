# the MIME structure as Postfix reads it: comments, quoted boundaries, several of them, long part headers, attached messages
need VIRTUAL MAP_REGEXP
conf recipient_delimiter = +
conf header_checks = regexp:{ {/^Content-|^MIME/ WARN header}, {/^X-Redirect/ REDIRECT bob@example.test}, {/^X-Reject/ REJECT} }
conf mime_header_checks = regexp:{ {/^Content-Type: image/ REPLACE Content-Type: multipart/mixed; boundary=b}, {/^X/ REPLACE X: mime}, {/^Content-D/ WARN mime} }
conf nested_header_checks = regexp:{ {/^X/ REPLACE X: nested}, {/^Content/ WARN nested} }
conf body_checks = regexp:{ {/^--b/ WARN boundary}, {/^yyy/ WARN text} }
conf body_checks_size_limit = 100
run sendmail -f a@client.test alice+01@example.test
    Content-Type: (what) MULTIPART (kind); charset=x;
      boundary = "b\"c" (so)

    --b"c
    X : 1

    --b"c--
run sendmail -f a@client.test alice+02@example.test
    Content-Type: multipart/mixed; a="; boundary=no"; boundary=a ;; boundary=b
    Content-Type: text/plain

    --no
    X: 1
    --b
    X: 2

    --a
    X: 3
run sendmail -f a@client.test alice+03@example.test
    Content-Type: message/rfc822
    Content-Length: 1
    Content-Disposition: x

    X: 1
    Content-Disposition: y
    Content-Length: 1

    X: 2
run sendmail -f a@client.test alice+04@example.test
    Content-Type: image/png

    --b
    X: 1

    text
run sendmail -f a@client.test alice+05@example.test
    X-Redirect: 1
    X-Reject: 1

    text
run (printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\nX: '; printf '%3000s' x; printf '\nX: 2\n\nX\n') | sendmail -f a@client.test alice+06@example.test
run (printf 'Content-Type: multipart/mixed; boundary=b\n\n%200s\n--b\n\nyyy\n%95s\nyyy\n--b--\n'; echo) | sendmail -f a@client.test alice+07@example.test
wait delivered alice 6
wait delivered bob 1
