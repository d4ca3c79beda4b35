# a server without 8BITMIME gets quoted-printable
twin lmtp
need SMTPD SMTP
conf relayhost = $sink
sink
    ehlo PIPELINING SIZE
session
C: MAIL FROM:<alice@example.test> BODY=8BITMIME
S: 250
C: RCPT TO:<bob@away.test>
S: 250
C: DATA
S: 354
C: MIME-Version: 1.0
C: Content-Type: text/plain; charset=utf-8
C: Content-Transfer-Encoding: 8bit
C: 
C: Grüße = x
C: .
S: 250
sink= Content-Transfer-Encoding: quoted-printable
sink= Gr=C3=BC=C3=9Fe =3D x
nosink: BODY=
