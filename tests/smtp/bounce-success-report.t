# NOTIFY=SUCCESS, sendmail -v and -bv bring reports
need VIRTUAL
conf transport_maps = inline:{ { drop.test = discard:thrown away }, { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test -N success x@drop.test
    Subject: fine

    body
wait delivered alice
has= Subject: Successful Mail Delivery Report
has= Action: delivered
has= Content-Description: Message Headers
log: sender delivery status notification
run sendmail -f bob@example.test -v x@drop.test
    Subject: tell me

    body
wait delivered bob
has= Subject: Mail Delivery Status Report
has= Action: delivered
run sendmail -f carol@example.test -bv x@drop.test y@bad.test
    Subject: would it

    body
wait delivered carol
has= Subject: Mail Delivery Status Report
has= Action: deliverable
has= Action: undeliverable
log: status=deliverable
log: status=undeliverable
queue empty
