# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-$(CONFIG_VERIFY) += src/daemon/verify/verify.o src/daemon/verify/verify_cache.o src/service/verify.o
