# What a mail filter is told of a session, and when
milter
need SMTPD MILTER
conf smtpd_milters = $milter
conf milter_default_action = tempfail
conf smtpd_error_sleep_time = 0
session
C: NOOP
S= 250 2.0.0 Ok
C: FOO bar
S= 500 5.5.2 Error: command not recognized
C: MAIL FROM:<a@client.test> SIZE=50 RET=FULL
S= 250 2.1.0 Ok
C: RCPT TO:<alice@example.test> NOTIFY=NEVER ORCPT=rfc822;alice@x.test
S= 250 2.1.5 Ok
C: RCPT TO:<bob@example.test>
S= 250 2.1.5 Ok
C: RCPT TO:<nobody@example.test>
R: 550
C: DATA
R: 354
C: Subject:   three
C: X-Fold: one
C:  two
C: X-Empty:
C:
C: .. a dot
C: end
C: .
R: 250
C: RSET
R: 250
C: QUIT
R: 221
milter: ^negotiate version=6 actions=1ff protocol=1fffff$
milter: ^macros connect j=mail.example.test \{daemon_name\}=mail.example.test \{daemon_addr\}=127.0.0.1 v=Postfix \S+ _=localhost \[127.0.0.1\]$
milter= connect localhost 4 127.0.0.1 port
milter= helo client.test
milter= unknown FOO
milter= macros mail {mail_addr}=a@client.test {mail_host}=client.test {mail_mailer}=smtp
milter= mail <a@client.test> SIZE=50 RET=FULL
milter= macros rcpt {rcpt_addr}=alice@example.test {rcpt_host}=example.test {rcpt_mailer}=virtual
milter= rcpt <alice@example.test> NOTIFY=NEVER ORCPT=rfc822;alice@x.test
milter: ^macros rcpt i=\w+ \{rcpt_addr\}=bob
nomilter: nobody
milter: ^macros data i=\w+$
milter= data
nomilter: ^header Received
milter= header Subject|  three
milter= header X-Fold|one\n two
milter= header X-Empty|
milter: ^header Message-Id\|<
milter= eoh
milter= body 14 . a dot\r\nend\r\n
milter: ^macros eom i=\w+$
milter= eom
milter= quit
miltercount 1 ^mail 
miltercount 1 ^eom
