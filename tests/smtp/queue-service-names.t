# showq_service_name and flush_service_name: the commands ask the services of that name
need VIRTUAL
conf showq_service_name = myshowq
conf flush_service_name = myflush
master myshowq unix n - y - - showq
master showq unix remove
master myflush unix n - y 1000? 0 flush
master flush unix remove
run mailq
out= Mail queue is empty
noout: down
run postqueue -f
