# Mailboxes by table
obj-$(CONFIG_VIRTUAL) += src/daemon/virtual/virtual.o
