# a policy service is told of the recipient and decides; without an answer there is none but "later"
need SMTPD SPAWN root
file policy.sh 755
    #!/bin/sh
    while read -r line; do
        case $line in
            recipient=bob@*) answer="REJECT not bob" ;;
            recipient=carol@*) answer="DEFER_IF_PERMIT carol later" ;;
            recipient=*) answer=DUNNO ;;
            protocol_state=*) state=${line#*=} ;;
            "") printf 'action=%s (%s)\n\n' "$answer" "$state" | sed 's/DUNNO .*/DUNNO/' ;;
        esac
    done
master policy unix - n n - 0 spawn user=$localuser argv=/bin/sh $dir/policy.sh
conf smtpd_recipient_restrictions = check_policy_service unix:private/policy, permit_mynetworks, reject_unauth_destination
conf smtpd_policy_service_timeout = 3s
conf smtpd_policy_service_max_idle = 10s
session
C: MAIL FROM:<a@client.test>
R: 250
C: RCPT TO:<alice@example.test>
R: 250
C: RCPT TO:<bob@example.test>
R: 554 5.7.1 <bob@example.test>: Recipient address rejected: not bob \(RCPT\)
C: RCPT TO:<carol@example.test>
R: 450 4.7.1 <carol@example.test>: Recipient address rejected: carol later \(RCPT\)
C: RSET
R: 250
C: QUIT
R: 221
