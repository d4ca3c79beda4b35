# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/mail/addr.o src/mail/header.o src/mail/mime.o src/mail/qp.o src/mail/smtp_text.o src/mail/wire.o
