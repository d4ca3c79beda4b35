# What this folder adds to the program. obj-$(CONFIG_X) leaves a file out.
obj-y += src/tool/again.o src/tool/sendmail.o src/tool/postfix.o src/tool/postlog.o
obj-$(CONFIG_POSTLOCK) += src/tool/postlock.o
postmap-objs := src/tool/postmap.o $(if $(CONFIG_MAP_CDB),src/tool/postmap_build.o,src/tool/postmap_none.o) src/tool/postmap_query.o src/tool/postmap_message.o
obj-$(CONFIG_POSTMAP) += $(postmap-objs)
obj-$(CONFIG_POSTALIAS) += $(postmap-objs) src/tool/postalias.o
obj-y += src/tool/postdrop.o
obj-$(CONFIG_POSTKICK) += src/tool/postkick.o
obj-$(CONFIG_POSTCONF) += src/tool/postconf.o src/tool/postconf_print.o src/tool/postconf_entry.o src/tool/postconf_main.o
obj-$(CONFIG_POSTCONF) += src/tool/postconf_master.o src/tool/postconf_names.o src/tool/postconf_edit.o
obj-$(CONFIG_SASL_USERS) += src/tool/postpasswd.o
obj-y += src/tool/postqueue.o
obj-y += src/tool/postsuper.o src/tool/requeue.o
obj-$(CONFIG_POSTCAT) += src/tool/postcat.o
obj-$(CONFIG_QSHAPE) += src/tool/qshape.o
obj-$(CONFIG_SMTP_SOURCE) += src/tool/smtp_source.o
obj-$(CONFIG_SMTP_SINK) += src/tool/smtp_sink.o src/tool/smtp_sink_dump.o
obj-$(CONFIG_POSTMULTI) += src/tool/postmulti.o src/tool/postmulti_edit.o
