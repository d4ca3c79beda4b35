# The SMTP server.
obj-$(CONFIG_SMTPD) += $(addprefix src/daemon/smtpd/,smtpd.o smtpd_access.o smtpd_check.o smtpd_data.o smtpd_footer.o smtpd_lf.o \
	smtpd_limits.o smtpd_lists.o smtpd_mail.o smtpd_parse.o smtpd_peer.o smtpd_policy.o smtpd_rbl.o smtpd_reply.o \
	smtpd_restrict.o smtpd_restrict_dns.o smtpd_restrict_mail.o smtpd_restrict_verify.o smtpd_rules.o smtpd_session.o smtpd_sink.o \
	smtpd_submit.o smtpd_tx.o smtpd_verb.o smtpd_xclient.o)
obj-$(CONFIG_SMTPD) += $(if $(CONFIG_TLS),src/daemon/smtpd/smtpd_tls.o,src/daemon/smtpd/smtpd_tls_none.o)
obj-$(CONFIG_SMTPD) += $(if $(CONFIG_SMTPD_SASL),src/daemon/smtpd/smtpd_auth.o,src/daemon/smtpd/smtpd_auth_none.o)
obj-$(CONFIG_SASL_DOVECOT) += src/daemon/smtpd/smtpd_dovecot.o
obj-$(CONFIG_SASL_USERS) += src/daemon/smtpd/smtpd_guess.o src/daemon/smtpd/smtpd_users.o src/daemon/smtpd/smtpd_users_scram.o
obj-$(CONFIG_SMTPD) += $(if $(CONFIG_MILTER),src/daemon/smtpd/smtpd_milter.o)
obj-$(CONFIG_QMQPD) += src/daemon/smtpd/qmqpd.o
obj-$(CONFIG_SMTPD_PROXY) += src/daemon/smtpd/smtpd_proxy.o
obj-$(CONFIG_TRANSCRIPTS) += src/daemon/smtpd/smtpd_history.o
