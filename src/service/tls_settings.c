/* tls_settings.c - what the parameters of the TLS library mean for a TLS configuration
 *
 * The tls_ parameters speak OpenSSL's language: lists of ciphers(1), names of groups and options. Lists are interpreted
 * for the ciphers that the library has; options are honoured or are the case anyway.
 * Runs in: smtpd, smtp, lmtp.  Parameters: tls_library.def.  Feature: TLS.
 * Tests: tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "service/tls_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/tls.h"
#include "param/param.h"

/* export and low have no ciphers of their own any more. */
static const char *cipher_list(const char *grade)
{
    if (str_cmp_case(grade, "high") == 0)
        return par_tls_high_cipherlist();
    if (str_cmp_case(grade, "null") == 0)
        return par_tls_null_cipherlist();
    if (str_cmp_case(grade, "low") == 0 && *par_tls_low_cipherlist())
        return par_tls_low_cipherlist();
    if (str_cmp_case(grade, "export") == 0 && *par_tls_export_cipherlist())
        return par_tls_export_cipherlist();
    return par_tls_medium_cipherlist();
}

/* Names of tls_ssl_options(5); without a flag: the library never does otherwise, or has no such thing. */
static const struct { const char *name; bool no_tickets, server_order; } options[] = {
    { "NO_TICKET", true, false }, { "CIPHER_SERVER_PREFERENCE", false, true }, { "NO_COMPRESSION", false, false },
    { "NO_RENEGOTIATION", false, false }, { "ENABLE_MIDDLEBOX_COMPAT", false, false },
    { "LEGACY_SERVER_CONNECT", false, false }, { "NO_QUERY_MTU", false, false }, { "PRIORITIZE_CHACHA", false, false },
    { "TLSEXT_PADDING", false, false }, { "NO_ENCRYPT_THEN_MAC", false, false }, { "NO_ANTI_REPLAY", false, false },
    { "NO_SESSION_RESUMPTION_ON_RENEGOTIATION", false, false }, { "CRYPTOPRO_TLSEXT_BUG", false, false },
    { "ALLOW_UNSAFE_LEGACY_RENEGOTIATION", false, false }, { "COOKIE_EXCHANGE", false, false },
    { "LEGACY_SERVER_CONNECT", false, false }, { "SAFARI_ECDHE_ECDSA_BUG", false, false },
};

static void set_option(struct tls_options *o, struct str word)
{
    uint64_t bits;

    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (!str_eq_case(word, options[i].name))
            continue;
        if (options[i].no_tickets)
            o->tickets = false;
        if (options[i].server_order)
            o->client_order = false;
        return;
    }
    if (word.n > 2 && str_begins_case(word, "0x") &&
        num_parse_hex((struct str){ word.p + 2, word.n - 2 }, &bits) == OK) {
        log_warn("tls_ssl_options: %.*s has no effect: bits of OpenSSL", (int)word.n, word.p);
        return;
    }
    log_fatal("unknown tls_ssl_options value \"%.*s\" in \"%s\"", (int)word.n, word.p, par_tls_ssl_options());
}

/* Where OpenSSL would look as well. */
static const char *system_authorities(void)
{
    const char *at = getenv("SSL_CERT_FILE");

    if (!at)
        at = getenv("SSL_CERT_DIR");
    return at ? at : "/etc/ssl/certs";
}

void tls_settings(struct tls_options *o)
{
    struct str rest = str_of(par_tls_ssl_options()), word;

    o->cipher_list = cipher_list(o->ciphers ? o->ciphers : "");
    o->wide_wildcards = par_tls_wildcard_matches_multiple_labels();
    o->slow_shutdown = !par_tls_fast_shutdown_enable();
    if (par_tls_append_default_CA() && (o->ca_file || o->ca_path))
        o->ca_more = system_authorities();
    o->client_order = !par_tls_preempt_cipherlist();
    if (!o->groups)
        o->groups = tls_settings_groups("auto");
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        set_option(o, word);
}

const char *tls_settings_groups(const char *grade)
{
    static char *automatic;

    if (str_cmp_case(grade, "strong") == 0)
        return par_tls_eecdh_strong_curve();
    if (str_cmp_case(grade, "ultra") == 0)
        return par_tls_eecdh_ultra_curve();
    if (str_cmp_case(grade, "none") == 0)
        return *par_tls_ffdhe_auto_groups() ? par_tls_ffdhe_auto_groups() : NULL;
    if (!automatic)
        automatic = mem_printf("%s %s", par_tls_eecdh_auto_curves(), par_tls_ffdhe_auto_groups());
    return automatic;
}

const char *const *tls_settings_files(const char *text)
{
    struct str rest = str_of(text), word;
    const char **list = mem_new_array(2, sizeof *list);
    size_t n = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        list[n++] = mem_dup_n(word.p, word.n);
        list = mem_resize(list, (n + 1) * sizeof *list);
        list[n] = NULL;
    }
    if (n)
        return list;
    free(list);
    return NULL;
}

void tls_settings_ignored(const struct tls_config *c)
{
    static bool said;

    for (const char *const *p = tls_config_ignored(c); !said && p && *p; p++)
        log_warn("TLS: \"%s\" cannot be honoured by this library", *p);
    said = true;
}
