# a message without headers gets From, Date, Message-Id, and To when the configuration has a text for it
need VIRTUAL
conf undisclosed_recipients_header = To: undisclosed-recipients:;

run sendmail -F "Ann, the first" -f ann@client.test alice@example.test
    
    only a body
wait delivered alice
has= From: "Ann, the first" <ann@client.test>
has: ^Date: \w\w\w, [ \d]\d \w\w\w \d{4} \d\d:\d\d:\d\d \+0000 \(UTC\)$
has: ^Message-Id: <\d{14}\.\w+@mail.example.test>$
has= To: undisclosed-recipients:;
has= only a body
