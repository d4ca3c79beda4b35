# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-$(CONFIG_MILTER) += src/milter/milters.o src/milter/milter_conf.o src/milter/milter_filter.o src/milter/milter_packet.o
