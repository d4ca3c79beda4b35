# header and body checks are asked about bytes that are not UTF-8 as well
need VIRTUAL MAP_REGEXP
conf header_checks = regexp:{{/^X-Pre:/ PREPEND X-Header: seen}, {/^Subject: no/ REJECT not wanted}}
conf mime_header_checks = regexp:{{/^Content-Description:/ PREPEND X-Mime: seen}}
conf nested_header_checks = regexp:{{/^X-In:/ PREPEND X-Nested: seen}}
conf body_checks = regexp:{{/^bad/ REPLACE gone}}
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
raw "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nX-Pre: a\xe4\r\nSubject: yes\r\n\r\nbad \xfc\r\n--b\r\nContent-Description: \xe4\r\nContent-Type: message/rfc822\r\n\r\nX-In: \xe4\r\n\r\nx\r\n--b--\r\n.\r\n"
R: 250
wait delivered alice
has= X-Header: seen
has= X-Mime: seen
has= X-Nested: seen
has= gone
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
raw "Subject: no \xe4\r\n\r\nx\r\n.\r\n"
S= 550 5.7.1 not wanted
