# sendmail -t of a message that names nobody fails and says so
need VIRTUAL
run sendmail -t -f ann@client.test
    Subject: for nobody
    To: undisclosed-recipients:;

    x
status 75
out: No recipient addresses found in message header
queue empty
