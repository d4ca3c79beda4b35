# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/service/service.o src/service/news.o src/service/service_log.o src/service/identity.o
obj-y += src/service/submit.o src/service/connect.o src/service/flush.o src/service/qlist.o src/service/qlist_wire.o
obj-y += src/service/shared.o src/service/anvil.o
obj-$(CONFIG_TLS) += src/service/ticket.o src/service/tls_settings.o
obj-$(CONFIG_SANDBOX) += src/service/sandbox.o
obj-y += src/service/dns_filter.o
