# Delivery to names of this machine
obj-$(CONFIG_LOCAL) += src/daemon/local/local.o src/daemon/local/local_expand.o
obj-$(CONFIG_LOCAL) += src/daemon/local/local_forward.o src/daemon/local/local_mailbox.o
