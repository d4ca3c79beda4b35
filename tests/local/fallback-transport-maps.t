# fallback_transport_maps by user name; then luser_relay
user ann ben
conf fallback_transport_maps = texthash:$dir/fallback
conf luser_relay = ben
conf local_recipient_maps =
conf recipient_delimiter = +
sink
    lmtp
file fallback
    moved lmtp:$sink
    moved+ext lmtp:[127.0.0.1]:1
    ann lmtp:[127.0.0.1]:1
message alice@example.test moved+ext@mail.example.test
log: lmtp\[\d+\]: \w+: to=<moved\+ext@mail\.example\.test>, relay=127\.0\.0\.1.*status=sent
sink: ^RCPT TO:<moved\+ext@
queue empty
message alice@example.test ann@mail.example.test
maildir ann 1
message alice@example.test nobodyhere@mail.example.test
maildir ben 1
log: local\[\d+\]: \w+: to=<ben@mail\.example\.test>, orig_to=<nobodyhere@mail\.example\.test>, relay=local, .*status=sent
queue empty
