# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/daemon/showq/showq.o
