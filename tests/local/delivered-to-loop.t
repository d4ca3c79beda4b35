# Delivered-To of this name: a loop; .forward to oneself through another machine ends
user ann
message alice@example.test ann@mail.example.test
    Delivered-To: Ann@mail.example.test
    Subject: loop

    body
log: to=<ann@mail\.example\.test>, relay=local, .*dsn=5\.4\.6, status=bounced \(mail forwarding loop for ann@mail\.example\.test\)
maildir alice 1
has= Status: 5.4.6
