# header_from_format = obsolete puts the name behind the address
need VIRTUAL
since 3.3
conf header_from_format = obsolete
run sendmail -F "Ann (x) Doe" -f ann@client.test alice@example.test
    Subject: x

    x
wait delivered alice
has= From: ann@client.test (Ann (x) Doe)
