# forward_path: a word with a name that has no value is no file; the delimiter has one always; domains of Delivered-To
user ann ben cat dan eve fay gus
conf recipient_delimiter = +-
conf mail_spool_directory = $dir/spool
conf forward_path = $home/.f1${recipient_delimiter}x, $home/.f2-$nosuch, $home/.f3${nosuch}, $home/.f4$extension, ${extension?$home/.f5.${extension}}, ${extension:$home/.f6}, $home/.f7${recipient_delimiter}${extension}, $home/.f8-$mailbox, $home/.f9-$client_address, $home/.f10${extension?{a}:{b}}
file home/ann/.f1+x
    gus+ann1
file home/ben/.f2-
    gus+ben2
file home/ben/.f9-
    gus+ben9
file home/cat/.f3
    gus+cat3
file home/cat/.f6
    gus+cat6
file home/cat/.f5.ext
    gus+cat5
file home/dan/.f4
    gus+dan4
file home/dan/.f4ext
    gus+dan4ext
file home/eve/.f7-ext
    gus+eve7
file home/eve/.f8-eve
    gus+eve8
file home/fay/.f10b
    gus+fay10b
file home/fay/.f10a
    gus+fay10a
prepare mkdir -m 1777 spool
run for i in ANN ann+y ben ben+x cat cat+ext cat-ext cat+e/x dan dan+ext eve eve-ext eve+ext fay Fay-A; do printf 'Subject: n\n\nbody\n' | sendmail -f '<>' $i@mail.example.test; done
queue empty
run grep -h '^Delivered-To' spool/* | sort | uniq -c
out: gus\+ann1@
out: gus\+cat6@
out: gus\+cat5@
noout: gus\+ben|gus\+cat3|gus\+dan4@
