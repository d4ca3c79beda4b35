# Delivered-To keeps the first local name
user ann ben
conf mail_spool_directory = $dir/mail
file aliases
    postmaster ann
    team second
    second ann
message alice@example.test team@mail.example.test
log: status=sent
run cat mail/ann
out= Delivered-To: team@mail.example.test
out= X-Original-To: team@mail.example.test
