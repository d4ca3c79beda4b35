# header_checks: drop, replace, insert, copy, hold
need VIRTUAL MAP_REGEXP
conf header_checks = regexp:$dir/header_checks
file header_checks
    /^X-Ignore:/      IGNORE
    /^X-Strip:/       STRIP removed
    /^X-Replace: (.*)/  REPLACE X-New: $1
    /^X-Prepend:/     PREPEND X-Before: yes
    /^X-Copy:/        BCC bob@example.test
    /^X-Redirect:/    REDIRECT carol@example.test
    /^X-Hold:/        HOLD wait
    /^X-Warn:.*two/   WARN seen
    /^X-Info:/        INFO noted
run sendmail -f ann@client.test alice@example.test
    X-Ignore: 1
     folded
    X-Strip: 1
    X-Replace: old
    X-Prepend: 1
    X-Copy: 1
    X-Warn: one
     two
    X-Info: 1
    Subject: checked

    X-Ignore: in the body
wait delivered alice
hasnot: ^X-Ignore: 1
hasnot: ^ folded
hasnot: ^X-Strip
has= X-New: old
has: X-Before: yes\nX-Prepend: 1
has= X-Ignore: in the body
wait delivered bob
log: cleanup\[\d+\]: \w+: strip: header X-Strip: 1 from local; from=<ann@client.test> to=<alice@example.test>: removed
log: cleanup\[\d+\]: \w+: replace: header X-Replace: old from local; from=<ann@client.test> to=<alice@example.test>: X-New: old
log: cleanup\[\d+\]: \w+: warning: header X-Warn: one\? two from local; from=<ann@client.test> to=<alice@example.test>: seen
log: cleanup\[\d+\]: \w+: info: header X-Info: 1 from local; from=<ann@client.test> to=<alice@example.test>: noted
log: cleanup\[\d+\]: \w+: prepend: header X-Prepend: 1 from local; from=<ann@client.test> to=<alice@example.test>: X-Before: yes
log: cleanup\[\d+\]: \w+: bcc: header X-Copy: 1 from local; from=<ann@client.test> to=<alice@example.test>: bob@example.test
run sendmail -f ann@client.test alice@example.test
    X-Redirect: 1

    x
wait delivered carol
log: to=<carol@example.test>, orig_to=<alice@example.test>
maildir alice 1
run sendmail -f ann@client.test alice@example.test
    X-Hold: 1

    x
queue hold 1
log: cleanup\[\d+\]: \w+: hold: header X-Hold: 1 from local; from=<ann@client.test> to=<alice@example.test>: wait
