# settings that mean nothing here are told at start
need postlet
conf fast_flush_purge_time = 1d
conf fast_flush_refresh_time = 1h
conf qmgr_fudge_factor = 50
conf backwards_bounce_logfile_compatibility = no
conf queue_file_attribute_count_limit = 10
run postfix check
out: fast_flush_purge_time has no effect: mail for a site is found in the queue itself
out: fast_flush_refresh_time has no effect: mail for a site is found in the queue itself
out: qmgr_fudge_factor has no effect: it belongs to the older scheduler
out: backwards_bounce_logfile_compatibility has no effect: reasons are kept in the queue file
out: queue_file_attribute_count_limit has no effect: a queue file has no free attributes
