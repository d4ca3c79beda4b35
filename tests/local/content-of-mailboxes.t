# odd content, byte by byte: mbox, Maildir, a file and a command of an alias, pipe with its flags and eol=
need LOCAL PIPE root
user ann ben cat dan
timeout 120
conf mail_spool_directory = $dir/spool
conf mailbox_command_maps = inline:{{ben = cat >> $$HOME/out}}
conf transport_maps = inline:{pipe.test=pd, pip2.test=pe, pip3.test=pf}
conf relay_domains = pipe.test pip2.test pip3.test
conf pd_destination_recipient_limit = 1
conf pe_destination_recipient_limit = 1
conf pf_destination_recipient_limit = 1
conf pf_destination_concurrency_limit = 1
master pd unix - n n - - pipe flags=DROFB.> eol=\r\n directory=$dir/tmp user=games argv=$dir/save pd
master pe unix - n n - - pipe flags=F eol=\012 directory=$dir/tmp user=games argv=$dir/save pe
master pf unix - n n - - pipe eol=EOL\x directory=$dir/tmp user=games argv=$dir/save pf
file save 755
    #!/bin/sh
    cat >> $1
file aliases
    postmaster ann
    file $dir/tmp/file
    md $dir/tmp/md/
file gen.py
    import subprocess, sys
    bodies = [b"Subject: a\n\nFrom x\n>From y\n>>From z\nfrom q\n From p\nFrom\nFromx\nFrom \n", b"Subject: no newline\n\nlast", b"Subject: only header\n", b"", b"\n", b"\nFrom first body line\n",
       b"Subject: nul\n\na\0b\n\0\n", b"Subject: cr\n\na\rb\r\nc\r\n\r\rd\n", b"Subject: 8bit \xe9\n\n\xe9\xff\x80\n", b"Subject: long\n\n" + b"x" * 5000 + b"\nFrom here\n" + b"y" * 2047 + b"\nFrom here\n" + b"z" * 2048 + b"From here\n",
       b"From x@y Mon Jan  1 00:00:00 2024\nSubject: from_\n\nb\n", b">From x@y Mon Jan  1 00:00:00 2024\nSubject: from_\n\nb\n", b"Subject: dots\n\n.\n..\n.a\n. \n", b"Subject: f\nX: y\n From folded\n\nb\n", b"no header at all\nFrom two\n", b"Return-Path: <old@x.test>\nDelivered-To: other@x.test\nX-Original-To: other@x.test\nContent-Length: 5\nStatus: RO\nX-Status: F\nLines: 7\nBcc: secret@x.test\nSubject: r\n\nb\n"]
    for b in bodies:
        subprocess.run(["sendmail", "-i", "-f", "alice@example.test" if b else "<>"] + sys.argv[1:], input=b)
prepare mkdir -m 1777 spool; mkdir -m 777 tmp
run python3 gen.py ann@mail.example.test
run python3 gen.py ben@mail.example.test
run python3 gen.py file@mail.example.test
run python3 gen.py md@mail.example.test
run python3 gen.py x@pipe.test
run python3 gen.py x@pip2.test
run python3 gen.py x@pip3.test
log: to=<x@pip3\.test>.*status=sent
queue empty
run grep -c "^From " spool/ann tmp/file home/ben/out
out= spool/ann:16
run ls tmp/md/new | wc -l
out= 16
