# virtual: Delivered-To, with the extension; mail that has been here may come again; sendmail -bv
conf recipient_delimiter = +
message <> alice@example.test
    Delivered-To: alice@example.test

    body
maildir alice 1
message bob@example.test alice+x@example.test
maildir alice 2
has= Delivered-To: alice+x@example.test
run sendmail -bv -f bob@example.test alice@example.test nobodyhere@example.test
out: Mail Delivery Status Report will be mailed to <bob@example\.test>
maildir bob 1
log: to=<alice@example\.test>, relay=virtual, .*dsn=2\.0\.0, status=deliverable \(delivers to maildir\)
log: to=<nobodyhere@example\.test>, relay=virtual, .*dsn=5\.1\.1, status=undeliverable \(unknown user: "nobodyhere@example\.test"\)
