# smtpd_hide_client_session
need SMTPD
since 3.10
conf smtpd_hide_client_session = yes
message a@client.test alice@example.test
maildir alice 1
hasnot: client\.test \(localhost
hasnot: \tfor <alice
has: ^Received: by mail\.example\.test \(Postfix\) with ESMTP id \w+
