# always_bcc, sender_bcc_maps and recipient_bcc_maps add recipients
need VIRTUAL
conf always_bcc = dave@example.test
conf sender_bcc_maps = texthash:$dir/sender_bcc
conf recipient_bcc_maps = texthash:$dir/recipient_bcc
file sender_bcc
    @client.test          bob@example.test
file recipient_bcc
    alice@example.test    carol@example.test
run sendmail -f ann@client.test alice@example.test
    Subject: watched

    x
wait delivered alice 1
wait delivered bob 1
wait delivered carol 1
wait delivered dave 1
hasnot: ^Bcc
