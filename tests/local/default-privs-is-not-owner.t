# default_privs = the owner of the queue: nothing starts
need LOCAL root
nostart
conf default_privs = $owner
run postfix start > /dev/null 2>&1; echo status $?
out= status 1
