# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
# Commands that talk to clients
obj-$(CONFIG_SPAWN) += src/daemon/spawn/spawn.o
