# a table that a delivery agent has open is read anew when it was replaced
need postlet
conf virtual_mailbox_maps = texthash:$dir/boxes
file boxes
    alice@example.test   alice/
message bob@example.test alice@example.test
    Subject: first

    body
wait delivered alice 1
pause 1.2
write boxes
    alice@example.test   carol/
message bob@example.test alice@example.test
    Subject: second

    body
wait delivered carol 1
maildir alice 1
log: virtual\[\d+\]: table texthash:.*boxes has changed
