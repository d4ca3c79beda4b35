# mail for a name without an account goes back to its sender
need LOCAL SMTPD
conf local_recipient_maps =
conf alias_maps =
message alice@example.test nobody-of-this-name@mail.example.test
    Subject: lost

    x
log: status=bounced \(unknown user: "nobody-of-this-name"\)
wait delivered alice
has: Subject: Undelivered Mail Returned to Sender
has: 5\.1\.1
