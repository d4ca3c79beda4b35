# sendmail -t of a resent message goes to the Resent- recipients only and is completed with Resent- headers
need VIRTUAL
run sendmail -t -F root -f bob@example.test
    From: ann@client.test
    To: carol@example.test
    Resent-To: alice@example.test
    Resent-Bcc: dave@example.test
    Message-Id: <1@client.test>
    Date: Sat, 21 Nov 2026 08:40:39 +0000

    hello
wait delivered alice
has= From: ann@client.test
has= To: carol@example.test
has: ^Resent-Message-Id: <
has: ^Resent-Date: 
has: ^Resent-From: root <bob@example.test>$
hasnot: ^Resent-Bcc
wait delivered dave
maildir carol 0
log: resent-message-id=<
log: message-id=<1@client.test>
