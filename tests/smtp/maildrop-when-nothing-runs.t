# sendmail queues into maildrop when nothing runs; the next start delivers
need postlet
nostart
run sendmail -i -f a@client.test alice@example.test
    Subject: early

    before the start
queue maildrop 1
start
wait delivered alice
has: Subject: early
has: Received: by mail.example.test \(Postfix, from userid
queue empty
