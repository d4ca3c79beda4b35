/* tls_settings.h - what the parameters of the TLS library mean for a TLS configuration */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_TLS_SETTINGS_H
#define SERVICE_TLS_SETTINGS_H

#include "base/base.h"

struct tls_options;

/* Fills in what is the same for servers and clients: the ciphers of the grade that o->ciphers names, groups, wildcards,
 * tls_ssl_options. */
void tls_settings(struct tls_options *o);
/* The groups of a grade of smtpd_tls_eecdh_grade; NULL: none of elliptic curves. */
const char *tls_settings_groups(const char *grade);
/* A list of files for tls_options.chain_files; NULL when it is empty. It lives as long as the process. */
const char *const *tls_settings_files(const char *list);
/* Says what the library cannot do, once per process. */
struct tls_config;
void tls_settings_ignored(const struct tls_config *c);

#endif
