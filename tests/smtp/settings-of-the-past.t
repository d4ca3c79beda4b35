# settings that Postfix once had change nothing
need VIRTUAL
conf extract_recipient_limit = 1
conf enable_errors_to = yes
conf sender_based_routing = yes
conf transport_maps = inline:{ { alice@example.test = error:by sender }, { bad.test = error:5.1.1 no such user } }
run sendmail -t -f carol@example.test
    To: bob@example.test, dave@example.test

    two
maildir bob 1
maildir dave 1
run sendmail -f carol@example.test x@bad.test
    Errors-To: dave@example.test
    Subject: lost

    x
maildir carol 1
has= Subject: Undelivered Mail Returned to Sender
maildir dave 1
run sendmail -f alice@example.test bob@example.test
    Subject: from alice

    x
maildir bob 2
