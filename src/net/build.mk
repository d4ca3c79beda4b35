# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/net/sock.o src/net/frame.o src/net/stream.o
obj-$(CONFIG_TLS) += src/net/tls_mbedtls.o
obj-y += src/net/frame_file.o
