# command_time_limit for pipe and local: the command is ended and the mail comes back
user ann
conf transport_maps = inline:{pipe.test=slow}
conf relay_domains = pipe.test
conf slow_time_limit = 1
conf command_time_limit = 1s
conf mailbox_command = sleep 30
master slow unix - n n - - pipe user=games argv=/bin/sleep 31
message alice@example.test a@pipe.test ann@mail.example.test
log: to=<a@pipe\.test>, relay=slow, .*dsn=5\.3\.0, status=bounced \(Command time limit exceeded: "/bin/sleep"\)
log: to=<ann@mail\.example\.test>, relay=local, .*dsn=5\.3\.0, status=bounced \(Command time limit exceeded: "sleep 30"\)
