# settings that cannot exist with this TLS library are told at start
need SMTPD TLS postlet
conf tls_random_source = dev:/dev/random
conf tls_random_bytes = 16
conf tls_daemon_random_bytes = 16
conf tls_random_exchange_name = $dir/prng
conf tls_random_prng_update_period = 60s
conf tls_random_reseed_period = 60s
conf tls_config_file = none
conf tls_config_name = postfix
conf openssl_path = /opt/openssl
conf tls_disable_workarounds = 0xFF
conf tls_trace_rate_limit = 7
conf tlsmgr_service_name = other
conf smtpd_tls_always_issue_session_ids = no
conf smtpd_tls_dh1024_param_file = $dir/dh
conf smtpd_tls_dh512_param_file = $dir/dh
conf smtpd_tls_enable_rpk = yes
conf smtpd_tls_trace_size_limit = 4096
conf smtpd_tls_session_cache_database = btree:$dir/sessions
conf cyrus_sasl_config_path = $dir
conf smtp_tls_enable_rpk = yes
conf smtp_tls_trace_size_limit = 4096
conf smtp_tlsrpt_enable = yes
conf smtp_tlsrpt_skip_reused_handshakes = yes
conf smtp_tlsrpt_socket_name = run/tlsrpt
conf lmtp_tls_enable_rpk = yes
conf lmtp_tls_trace_size_limit = 4096
run postfix check
out: tls_random_source has no effect: random bytes come from the kernel
out: tls_random_bytes has no effect:
out: tls_daemon_random_bytes has no effect:
out: tls_random_exchange_name has no effect:
out: tls_random_prng_update_period has no effect:
out: tls_random_reseed_period has no effect:
out: tls_config_file has no effect: there is no OpenSSL
out: tls_config_name has no effect:
out: openssl_path has no effect: nothing here runs
out: tls_disable_workarounds has no effect:
out: tls_trace_rate_limit has no effect:
out: tlsmgr_service_name has no effect:
out: smtpd_tls_always_issue_session_ids has no effect:
out: smtpd_tls_dh1024_param_file has no effect:
out: smtpd_tls_dh512_param_file has no effect:
out: smtpd_tls_enable_rpk has no effect: the TLS library has no raw public keys
out: smtpd_tls_trace_size_limit has no effect:
out: smtpd_tls_session_cache_database has no effect: clients keep
out: cyrus_sasl_config_path has no effect: Cyrus SASL is not used
out: smtp_tls_enable_rpk has no effect:
out: smtp_tls_trace_size_limit has no effect:
out: smtp_tlsrpt_enable has no effect: there is no reporting
out: smtp_tlsrpt_skip_reused_handshakes has no effect:
out: smtp_tlsrpt_socket_name has no effect:
out: lmtp_tls_enable_rpk has no effect:
out: lmtp_tls_trace_size_limit has no effect:
