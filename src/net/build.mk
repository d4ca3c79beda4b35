# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/net/base64.o src/net/dns.o src/net/dns_parse.o src/net/endpoint.o src/net/frame.o src/net/frame_file.o src/net/random.o src/net/sock.o src/net/stream.o
obj-$(CONFIG_TLS) += src/net/crypto.o src/net/tls_ca.o src/net/tls_mbedtls.o src/net/tls_mbedtls_config.o src/net/tls_mbedtls_keys.o \
	src/net/tls_mbedtls_peer.o src/net/tls_mbedtls_saved.o src/net/tls_mbedtls_ticket.o src/net/tls_names.o src/net/tls_scan.o
obj-$(CONFIG_SMTPD_HAPROXY) += src/net/haproxy.o
obj-y += src/net/frame_part.o src/net/frame_in.o
obj-$(CONFIG_SASL_USERS) += src/net/password.o
