# header_size_limit and header_address_token_limit cut headers as Postfix does, however the content arrives
need VIRTUAL
conf recipient_delimiter = +
conf header_size_limit = 700
conf header_address_token_limit = 7
run (printf 'Subject: '; printf '%1500s' x | tr ' ' y; printf '\nX-A: 1\n\nb\n') | sendmail -f a@client.test alice+1@example.test
run (printf 'Subject: '; printf '%640s' x | tr ' ' y; printf '\n short\n '; printf '%100s' x | tr ' ' z; printf '\n last\nX-A: 1\n\nb\n') | sendmail -f a@client.test alice+2@example.test
run (printf 'Subject: '; printf '%600s' x | tr ' ' y; printf '\n '; printf '%300s' x | tr ' ' z; printf '\n last\nX-A: 1\n\nb\n') | sendmail -f a@client.test alice+3@example.test
run printf 'To: a, b, c, d, e, f\nSubject : x\0y\n\nb\n' | sendmail -f a@client.test alice+4@example.test
wait delivered alice 4
