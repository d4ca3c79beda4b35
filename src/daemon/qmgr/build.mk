# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/daemon/qmgr/qmgr.o src/daemon/qmgr/qmgr_agent.o src/daemon/qmgr/qmgr_inside.o src/daemon/qmgr/qmgr_item.o
obj-y += src/daemon/qmgr/qmgr_load.o src/daemon/qmgr/qmgr_message.o src/daemon/qmgr/qmgr_notice.o
obj-y += src/daemon/qmgr/qmgr_rcpt.o src/daemon/qmgr/qmgr_retry.o src/daemon/qmgr/qmgr_sched.o
obj-y += src/daemon/qmgr/qmgr_transport.o
