# sendmail -t takes the recipients from the header, removes Bcc, and returns 0
need VIRTUAL

run sendmail -t -i -f bob@example.test
    From: Bob <bob@example.test>
    To: alice@example.test
    Bcc: carol@example.test
    Subject: by sendmail

    hello
wait delivered alice
has: ^Subject: by sendmail$
has: ^Message-Id: <
hasnot: ^Bcc
maildir carol
log: pickup\[\d+\]: \w+: uid=\d+ from=<bob@example.test>
queue empty
