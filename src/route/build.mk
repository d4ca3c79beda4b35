# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/route/own_addr.o src/route/resolve.o src/route/resolve_known.o src/route/rewrite.o
