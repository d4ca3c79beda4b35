# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-$(CONFIG_SMTP) += src/daemon/smtp/smtp.o src/daemon/smtp/smtp_connect.o src/daemon/smtp/smtp_content.o
obj-$(CONFIG_SMTP) += src/daemon/smtp/smtp_dest.o src/daemon/smtp/smtp_hello.o src/daemon/smtp/smtp_hosts.o
obj-$(CONFIG_SMTP) += src/daemon/smtp/smtp_reply.o src/daemon/smtp/smtp_session.o
obj-$(CONFIG_SMTP) += src/daemon/smtp/smtp_tls.o src/daemon/smtp/smtp_tx.o
obj-$(CONFIG_REQUIRETLS) += src/daemon/smtp/smtp_requiretls.o
obj-$(CONFIG_SMTP_SASL) += src/daemon/smtp/smtp_auth.o src/daemon/smtp/smtp_sasl.o
ifeq ($(CONFIG_TLS),y)
obj-$(CONFIG_SMTP_SASL) += src/daemon/smtp/smtp_scram.o
endif
