# what a client's content begins with: "From " of a mailbox file, text, a blank; it never becomes a part of our Received:
need SMTPD VIRTUAL
session
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: From ann@client.test Mon Jan  1
C: >From bob@client.test Mon Jan  1
C: Subject: from a file
C: 
C: From here
C: .
S: 250
C: MAIL FROM:<ann@client.test>
S: 250
C: RCPT TO:<bob@example.test>
S: 250
C: DATA
S: 354
raw " text: first\r\nSubject: is text\r\n.\r\n"
S: 250
run printf 'From a b\n>From c d\nSubject: x\n\nx\r\r\nlast\r' | sendmail -f ann@client.test carol@example.test
run printf '\tx: y\n\nz\n' | sendmail -f ann@client.test dave@example.test
wait delivered alice 1
has= X-Mailbox-Line: From ann@client.test Mon Jan  1
has= X-Mailbox-Line: >From bob@client.test Mon Jan  1
has: \nSubject: from a file\n
has: \n\nFrom here\n$
wait delivered bob 1
has: \nFrom: ann@client.test\n\n text: first\nSubject: is text\n$
wait delivered carol 1
has: \nSubject: x\n
hasnot: From c
wait delivered dave 1
has: \n\n\tx: y\n\nz\n$
