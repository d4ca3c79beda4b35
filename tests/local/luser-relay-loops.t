# luser_relay that leads to nobody: the mail comes back, it is never thrown away
user ann
conf local_recipient_maps =
conf luser_relay = nobodyhere
conf recipient_delimiter = +
conf mail_spool_directory = $dir/spool
file aliases
    postmaster ann
    two nope1, nope2, ann
    team again
    again nope3
prepare mkdir -m 1777 spool
message <> nope@mail.example.test nope+x@mail.example.test nobodyhere@mail.example.test two@mail.example.test team@mail.example.test
log: to=<nobodyhere@.*, orig_to=<nope@.*dsn=5\.1\.1, status=bounced \(unknown user: "nobodyhere"\)
log: to=<nobodyhere@.*, orig_to=<nope\+x@.*dsn=5\.1\.1, status=bounced
log: to=<nobodyhere@mail\.example\.test>, relay=local.*dsn=5\.1\.1, status=bounced
log: to=<nobodyhere@.*, orig_to=<two@.*dsn=5\.1\.1, status=bounced
log: to=<nobodyhere@.*, orig_to=<team@.*dsn=5\.1\.1, status=bounced
nolog: discarded
queue empty
