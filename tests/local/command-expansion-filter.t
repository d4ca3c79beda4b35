# command_expansion_filter: other characters become _ in mailbox_command and in the environment
user ann
conf command_expansion_filter = abcdefghijklmnopqrstuvwxyz@./
conf recipient_delimiter = +
conf mailbox_command = env > out
conf command_execution_directory = $home
message al-ice@example.test ann+Xxy5z@mail.example.test
log: to=<ann\+Xxy5z@mail\.example\.test>, .*status=sent
run cat home/ann/out
out= EXTENSION=xxy_z
out= SENDER=al_ice@example.test
out= RECIPIENT=ann__xy_z@mail.example.test
out= LOCAL=ann_xxy_z
out= USER=ann
out= LOGNAME=ann
out= DOMAIN=mail.example.test
out= SHELL=/bin/sh
out= CLIENT_ADDRESS=___._._._
out= CLIENT_PROTOCOL=_____
out= ORIGINAL_RECIPIENT=ann__xy_z@mail.example.test
out= PATH=/usr/bin:/bin
