# Delivery to commands
obj-$(CONFIG_PIPE) += src/daemon/pipe/pipe.o
