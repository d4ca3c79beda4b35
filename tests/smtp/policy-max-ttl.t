# smtpd_policy_service_max_ttl ends a connection to the service; policy_context tells who is asking
need SMTPD SPAWN root
file policy.sh 755
    #!/bin/sh
    n=0
    while read -r line; do
        case $line in
            policy_context=*) context=${line#*=} ;;
            "") n=$((n + 1)); printf 'action=REJECT question %s of %s\n\n' $n "$context" ;;
        esac
    done
master policy unix - n n - 0 spawn user=$localuser argv=/bin/sh $dir/policy.sh
conf smtpd_recipient_restrictions = check_policy_service unix:private/policy
conf smtpd_policy_service_max_ttl = 1s
conf smtpd_policy_service_policy_context = the context
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 554 5.7.1 <alice@example.test>: Recipient address rejected: question 1 of the context
C: RCPT TO:<bob@example.test>
R: 554 5.7.1 <bob@example.test>: Recipient address rejected: question 2 of the context
C: QUIT
R: 221
pause 2.5
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<carol@example.test>
R: 554 5.7.1 <carol@example.test>: Recipient address rejected: question 1 of the context
