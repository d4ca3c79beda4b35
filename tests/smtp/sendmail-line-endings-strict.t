# sendmail_fix_line_endings = strict: CRLF is a line end when the first line ends so
need VIRTUAL
conf sendmail_fix_line_endings = strict
run printf 'Subject: x\r\n\r\none\r\ntwo\n' | sendmail -f a@example.test alice@example.test
maildir alice 1
has= Subject: x
has= one
run printf 'Subject: x\n\none\r\ntwo\n' | sendmail -f a@example.test bob@example.test
maildir bob 1
has= one 
