# bounce_template_file replaces the text of a notice; parameters are expanded in it
need VIRTUAL
conf bounce_template_file = $dir/bounce.cf
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
file bounce.cf
    failure_template = <<EOF
    Charset: iso-8859-1
    From: The Post <post>
    Subject: Returned

    Host $myhostname could not, after $maximal_queue_lifetime_hours hours.
    EOF
run sendmail -f alice@example.test x@bad.test
    Subject: lost

    body
wait delivered alice
has= Subject: Returned
has: ^From: The Post <post@
has= Content-Type: text/plain; charset=iso-8859-1
has= Host mail.example.test could not, after 120 hours.
hasnot: I'm sorry
