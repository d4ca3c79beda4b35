# force_mime_input_conversion: text that says 8bit is stored as quoted-printable, whatever part it is in
need SMTPD
since 3.9
conf force_mime_input_conversion = yes
session
C: MAIL FROM:<a@client.test> BODY=8BITMIME
S: 250
C: RCPT TO:<alice@example.test>
S: 250
C: DATA
S: 354
C: Subject: one
C: Content-Transfer-Encoding: 8bit
C: Content-Type: text/plain; charset=utf-8
C:
C: grün=1
C: ..dot
C: plain
C: .
S: 250
maildir alice 1
has= Content-Transfer-Encoding: quoted-printable
has= Content-Type: text/plain; charset=utf-8
has= gr=C3=BCn=3D1
has= =2Edot
has= plain
hasnot: 8bit
C: MAIL FROM:<a@client.test> BODY=8BITMIME
S: 250
C: RCPT TO:<bob@example.test>
S: 250
C: DATA
S: 354
C: Subject: two
C: Content-Type: multipart/mixed; boundary=xx
C: Content-Transfer-Encoding: 8bit
C: MIME-Version: 1.0
C:
C: preamble = here
C: --xx
C: Content-Type: text/plain
C: Content-Transfer-Encoding: BINARY
C:
C: häßlich
C: --xx
C: Content-Type: text/plain
C:
C: a=b
C: --xx
C: Content-Type: application/octet-stream
C: Content-Transfer-Encoding: base64
C:
C: YWJj==
C: --xx
C: Content-Type: message/rfc822
C: Content-Transfer-Encoding: 8bit
C:
C: Subject: inner
C: Content-Transfer-Encoding: 8bit
C:
C: größer
C: --xx--
C: epilogue = x
C: .
S: 250
maildir bob 1
has: ^Content-Transfer-Encoding: 7bit
has= preamble = here
has= h=C3=A4=C3=9Flich
has= a=b
has= YWJj==
has= gr=C3=B6=C3=9Fer
has= --xx--
has= epilogue = x
hasnot: 8bit
