# sendmail_fix_line_endings = never: a CR before the line end stays
need VIRTUAL
conf sendmail_fix_line_endings = never
run printf 'Subject: x\n\none\r\ntwo\n' | sendmail -f a@example.test alice@example.test
maildir alice 1
has= one 
has= two
