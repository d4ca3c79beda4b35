# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/base/buf.o src/base/clock.o src/base/htab.o src/base/idna.o src/base/io.o src/base/log.o src/base/loop.o
obj-y += src/base/mem.o src/base/mem_idle.o src/base/num.o src/base/str.o src/base/why.o
