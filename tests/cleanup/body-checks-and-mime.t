# body_checks see text lines, mime_header_checks the headers of parts, nested_header_checks those of attached messages
need VIRTUAL MAP_REGEXP
conf mime_header_checks = regexp:$dir/mime_checks
conf nested_header_checks = regexp:$dir/nested_checks
conf body_checks = regexp:$dir/body_checks
file mime_checks
    /^Content-Type:.*name=evil/   REPLACE Content-Type: text/plain
    /^X-Part:/                    IGNORE
file nested_checks
    /^Subject: inner/             REPLACE Subject: changed
file body_checks
    /^drop/                       IGNORE
    /^Subject: inner/             IGNORE
    /^swap/                       REPLACE .swapped
    /^above/                      PREPEND before
run sendmail -f ann@client.test alice@example.test
    Subject: parts
    X-Part: stays
    MIME-Version: 1.0
    Content-Type: multipart/mixed;
     boundary="b 1"

    drop the preamble
    --b 1
    X-Part: 1
     folded
    Content-Type: application/x-a; name=evil

    drop this
    .keep
    swap this
    above
    --b 1
    Content-Type: message/rfc822

    Subject: inner
    X: 1

    text
    --b 1--
    drop the epilogue
wait delivered alice
has= X-Part: stays
hasnot: X-Part: 1
hasnot: folded
hasnot: drop
has: \n--b 1\nContent-Type: text/plain\n\n.keep\n.swapped\nbefore\nabove\n--b 1\nContent-Type: message/rfc822\n\nSubject: changed\nX: 1\n\ntext\n--b 1--\n
