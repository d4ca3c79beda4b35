# authorized_submit_users: who may use sendmail
need VIRTUAL root
conf authorized_submit_users = !$localuser, static:anyone
run sendmail -f a@example.test alice@example.test
    Subject: root

    x
maildir alice 1
run as $localuser sendmail -f a@example.test alice@example.test
    Subject: other

    x
status 75
out: User $localuser\(\d+\) is not allowed to submit mail
maildir alice 1
