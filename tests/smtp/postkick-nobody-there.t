# postkick says when nothing answers, and how it is called
need POSTKICK postlet
run postkick -v public nobody W
status 1
out: postkick: fatal: Cannot contact class public service nobody - perhaps the mail system is down
run postkick public pickup
status 1
out: postkick: fatal: usage: postkick \[-c config_dir\] \[-v\] class service request
stop
run postkick public qmgr W
status 1
out: perhaps the mail system is down
