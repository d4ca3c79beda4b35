# what a policy service learns of TLS and of client certificates: names of trusted ones only
need SMTPD SPAWN TLS root
file policy.sh 755
    #!/bin/sh
    all=
    while read -r line; do
        case $line in
            encryption_protocol=?* | encryption_cipher=?*) all="$all ${line%%=*}" ;;
            encryption_keysize=* | ccert_*) all="$all $line" ;;
            "") printf 'action=REJECT%s\n\n' "$all"; all= ;;
        esac
    done
master policy unix - n n - 0 spawn user=$localuser argv=/bin/sh $dir/policy.sh
conf smtpd_recipient_restrictions = check_policy_service unix:private/policy, reject
conf smtpd_tls_security_level = may
conf smtpd_tls_chain_files = $certs/server.key $certs/server.pem
conf smtpd_tls_ask_ccert = yes
conf smtpd_tls_CAfile = $certs/ca.pem
conf smtpd_tls_fingerprint_digest = sha256
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 554 5\.7\.1 <alice@example\.test>: Recipient address rejected: ccert_subject= ccert_issuer= ccert_fingerprint= ccert_pubkey_fingerprint= encryption_keysize=0
session
starttls
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 554 5\.7\.1 .*: ccert_subject= ccert_issuer= ccert_fingerprint= ccert_pubkey_fingerprint= encryption_protocol encryption_cipher encryption_keysize=(128|256)
session
starttls cert=client
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 554 5\.7\.1 .*: ccert_subject=[^ =]+ ccert_issuer=[^ =]+ ccert_fingerprint=[0-9A-F:]{95} ccert_pubkey_fingerprint=[0-9A-F:]{95} encryption_protocol .*
session
starttls cert=other
C: EHLO client.test
R: 250
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 554 5\.7\.1 .*: ccert_subject= ccert_issuer= ccert_fingerprint=[0-9A-F:]{95} ccert_pubkey_fingerprint=[0-9A-F:]{95} encryption_protocol .*
