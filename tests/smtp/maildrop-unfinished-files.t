# a file that sendmail never finished is left alone, then removed, whoever wrote it
need root postlet
nostart
conf max_idle = 1s
master pickup unix n - y 1 1 pickup
run install -d -m 1733 -o $owner queue/maildrop; printf x >queue/maildrop/NEW; printf x >queue/maildrop/OLD; chmod 600 queue/maildrop/*; touch -d '8 days ago' queue/maildrop/OLD
start
log: pickup\[\d+\]: maildrop/OLD: removed, never finished
run ls queue/maildrop
out= NEW
nolog: open maildrop
