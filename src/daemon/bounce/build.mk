# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/daemon/bounce/bounce.o src/daemon/bounce/bounce_message.o
obj-y += src/daemon/bounce/bounce_text.o
