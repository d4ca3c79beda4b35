# below level 1 a service of master.cf is in the jail unless its line says no, and the log says so
need SMTPD postlet
conf compatibility_level = 0
conf smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
master extra unix - - - - - smtp
log: master\[\d+\]: \S+/master.cf: line \d+: using backwards-compatible default setting chroot=y
