# forward_path: the first file that is there; ${recipient_delimiter} and ${extension}; another filter
user ann ben cat dan
conf forward_path = $home/fw/$extension, $dir/fw/$user${recipient_delimiter}${extension}, $dir/fw/$user
conf forward_expansion_filter = abcdefghijklmnopqrstuvwxyz/-+0123456789_
conf recipient_delimiter = +
file fw/ann+x
    ben
file fw/ann
    cat
file home/ann/fw/y
    dan
file home/ann/fw/__secret
    dan, ben
message alice@example.test ann+x@mail.example.test
maildir ben 1
message alice@example.test ann@mail.example.test
maildir cat 1
message alice@example.test ann+z@mail.example.test
maildir cat 2
message alice@example.test ann+y@mail.example.test
maildir dan 1
message alice@example.test ann+../secret@mail.example.test
log: warning: \w+: address with illegal extension: ann\+\.\./secret
log: to=<"ann\+\.\./secret"@mail\.example\.test>, .*status=sent
maildir cat 3
queue empty
