# enable_threaded_bounces links a notice to the message
need VIRTUAL
conf enable_threaded_bounces = yes
conf transport_maps = inline:{ { bad.test = error:5.1.1 no such user here } }
run sendmail -f alice@example.test x@bad.test
    Subject: lost
    Message-Id: <thread-1@example.test>

    body
wait delivered alice
has= References: <thread-1@example.test>
has= In-Reply-To: <thread-1@example.test>
