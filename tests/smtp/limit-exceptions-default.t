# clients in mynetworks are free from limits when nothing is said about exceptions
need SMTPD
conf smtpd_client_connection_count_limit = 1
conf smtpd_peername_lookup = no
open as one
S: 220
open as two
S: 220
