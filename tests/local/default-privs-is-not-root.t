# default_privs = root: nothing starts
need LOCAL root
nostart
conf default_privs = root
run postfix start > /dev/null 2>&1; echo status $?
out= status 1
