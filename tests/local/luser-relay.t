# luser_relay with names: $user, $local, $extension, $domain, $recipient
user ann cat
conf luser_relay = cat+$user.$extension
conf local_recipient_maps =
conf recipient_delimiter = +
message alice@example.test Unknown+box@mail.example.test
log: to=<cat\+unknown\.box@mail\.example\.test>, orig_to=<Unknown\+box@mail\.example\.test>, relay=local, .*status=sent
maildir cat 1
has= Delivered-To: Unknown+box@mail.example.test
