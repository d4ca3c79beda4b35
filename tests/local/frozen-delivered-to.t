# frozen_delivered_to = no: Delivered-To is the last local name
user ann ben
conf frozen_delivered_to = no
conf mail_spool_directory = $dir/mail
file aliases
    postmaster ann
    team second
    second ann
message alice@example.test team@mail.example.test
log: status=sent
run cat mail/ann
out= Delivered-To: ann@mail.example.test
