# A body that is much larger than the buffers is replaced by a larger one; a large one stays with a header changed
timeout 60
milter
    eom: bodybig 5000 ; insheader 1 X-Big: yes ; continue
    eom: insheader 1 X-Same: yes ; chgheader 1 Subject: changed ; continue
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: DATA
R: 354
C: Subject: one
C:
raw "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop\r\n" * 3000
C: .
R: 250
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<bob@example.test>
R: 250
C: DATA
R: 354
C: Subject: one
C:
raw "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop\r\n" * 3000
C: .the last line
C: .
R: 250
maildir alice 1
has: X-Big: yes\nSubject: one\n(.*\n)+\n(x{62}\n){5000}\Z
maildir bob 1
has: X-Same: yes\nSubject: changed\n(.*\n)+\n(0123456789.*\n){3000}the last line\n\Z
milter: ^body 65535 0123
log: size=32\d\d\d\d, nrcpt=1
