# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/queue/qdir.o src/queue/qdir_scan.o src/queue/qdir_setup.o src/queue/qdir_sync.o src/queue/handover.o src/queue/qid.o src/queue/qslot.o
obj-y += src/queue/qfile_age.o src/queue/qfile_attrs.o src/queue/qfile_mark.o src/queue/qfile_read.o src/queue/qfile_status.o src/queue/qfile_write.o
