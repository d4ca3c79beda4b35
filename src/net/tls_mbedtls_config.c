/* tls_mbedtls_config.c - settings of a role: protocols, ciphers, certificates by server name
 *
 * What the library cannot honour is kept in a list that the caller logs.
 * Runs in: as tls_mbedtls.c, before the jail; policies of single destinations also in it.  Parameters: none.
 * RFC 6066 section 3 (server names).  Feature: TLS.  Tests: tests/unit/tls_test.c, tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls_mbedtls_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ssl_ciphersuites.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/dns.h"

/* What a library may lack, or have changed. */
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
enum { HAVE_V1_3 = 1 };
#else
enum { HAVE_V1_3 = 0 };
#endif
#if defined(MBEDTLS_SSL_PROTO_TLS1_2)
enum { HAVE_V1_2 = 1 };
#else
enum { HAVE_V1_2 = 0 };
#endif

enum {
    MAX_PAIRS = 64, /* certificates for server names */
    GROUPS_MAX = 16,
};

void tls_config_ignore(struct tls_config *c, const char *what, const char *value)
{
    if (c->ignored_n < TLS_MAX_IGNORED)
        c->ignored[c->ignored_n++] = mem_printf("%s=%s", what, value);
}

const char *const *tls_config_ignored(const struct tls_config *c)
{
    return (const char *const *)c->ignored;
}

static enum result set_protocols(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    const char *list = o->mandatory_protocols ? o->mandatory_protocols : o->protocols, *old;
    unsigned set;

    if (tls_names_protocols(list ? list : "", &set, &old, why) != OK)
        return CONF;
    if (old)
        tls_config_ignore(c, "protocol", old);
    set &= (HAVE_V1_2 ? TLS_V1_2 : 0) | (HAVE_V1_3 ? TLS_V1_3 : 0);
    if (!set) {
        why_set(why, "4.3.5", "the TLS library has none of the protocols \"%s\"", list);
        return CONF;
    }
    mbedtls_ssl_conf_min_tls_version(&c->conf,
                                     set & TLS_V1_2 ? MBEDTLS_SSL_VERSION_TLS1_2 : MBEDTLS_SSL_VERSION_TLS1_3);
    mbedtls_ssl_conf_max_tls_version(&c->conf,
                                     set & TLS_V1_3 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2);
    return OK;
}

static bool known_grade(const char *grade)
{
    static const char *const grades[] = { "export", "low", "medium", "high", "null" };

    for (size_t i = 0; i < ARRAY_LEN(grades); i++)
        if (str_cmp_case(grade, grades[i]) == 0)
            return true;
    return false;
}

/* Those of TLS 1.3 are not subject to grades and exclusions, as with OpenSSL. */
static bool of_v1_3(const char *name)
{
    return strncmp(name, "TLS_", 4) == 0;
}

enum { SUITES_MAX = 96 };

struct suites { /* all that the library has and that are fit for use */
    int id[SUITES_MAX];
    char text[SUITES_MAX][TLS_CIPHER_NAME];
    const char *name[SUITES_MAX];
    size_t n;
};

static void list_suites(struct suites *s)
{
    for (const int *id = mbedtls_ssl_list_ciphersuites(); *id && s->n < SUITES_MAX; id++) {
        char *text = s->text[s->n];

        tls_names_cipher(mbedtls_ssl_get_ciphersuite_name(*id), text);
        if (!of_v1_3(text) && tls_names_unfit(text))
            continue;
        s->name[s->n] = text;
        s->id[s->n++] = *id;
    }
}

static void choose_suites(struct tls_config *c, const struct tls_options *o, const struct suites *s)
{
    const char *list = o->cipher_list && *o->cipher_list ? o->cipher_list : "ALL";
    uint8_t order[SUITES_MAX];
    size_t n = tls_names_order(s->name, s->n, list, order), kept = 0;

    c->suites = mem_new_array(2 * SUITES_MAX + 1, sizeof *c->suites);
    for (size_t i = 0; i < s->n; i++)
        if (of_v1_3(s->name[i]))
            c->suites[kept++] = s->id[i];
    for (size_t i = 0; i < n; i++) {
        const char *name = s->name[order[i]];

        if (!of_v1_3(name) && !(o->exclude_ciphers && tls_names_excluded(name, o->exclude_ciphers)))
            c->suites[kept++] = s->id[order[i]];
    }
    c->suites[kept] = 0;
}

static enum result set_ciphers(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    const char *grade = o->ciphers && *o->ciphers ? o->ciphers : "medium";
    struct suites *s;

    if (!known_grade(grade)) {
        why_set(why, "4.3.5", "invalid TLS cipher grade: \"%s\"", grade);
        return CONF;
    }
    if (str_cmp_case(grade, "null") == 0)
        tls_config_ignore(c, "ciphers", grade);
    s = mem_new(sizeof *s);
    list_suites(s);
    choose_suites(c, o, s);
    free(s);
    if (!c->suites[0]) {
        why_set(why, "4.3.5", "no TLS cipher is left by \"%s\" without \"%s\"", o->cipher_list ? o->cipher_list : "ALL",
                o->exclude_ciphers ? o->exclude_ciphers : "");
        return CONF;
    }
    mbedtls_ssl_conf_ciphersuites(&c->conf, c->suites);
#if defined(MBEDTLS_SSL_SRV_C) && MBEDTLS_VERSION_NUMBER < 0x04000000
    mbedtls_ssl_conf_preference_order(&c->conf, o->client_order ? MBEDTLS_SSL_SRV_CIPHERSUITE_ORDER_CLIENT
                                                                : MBEDTLS_SSL_SRV_CIPHERSUITE_ORDER_SERVER);
#endif
    return OK;
}

/* Groups of the library, by their number in TLS. */
static bool have_group(unsigned id)
{
    static const uint16_t have[] = {
#if defined(PSA_WANT_ECC_SECP_R1_256)
        23,
#endif
#if defined(PSA_WANT_ECC_SECP_R1_384)
        24,
#endif
#if defined(PSA_WANT_ECC_SECP_R1_521)
        25,
#endif
#if defined(PSA_WANT_ECC_BRAINPOOL_P_R1_256)
        26,
#endif
#if defined(PSA_WANT_ECC_BRAINPOOL_P_R1_384)
        27,
#endif
#if defined(PSA_WANT_ECC_BRAINPOOL_P_R1_512)
        28,
#endif
#if defined(PSA_WANT_ECC_MONTGOMERY_255)
        29,
#endif
#if defined(PSA_WANT_ECC_MONTGOMERY_448)
        30,
#endif
#if defined(PSA_WANT_ALG_FFDH)
        256, 257, 258, 259, 260,
#endif
        0,
    };

    for (size_t i = 0; have[i]; i++)
        if (have[i] == id)
            return true;
    return false;
}

/* Names that nobody knows are told. What others have and this library has not is passed over: the defaults name some.
 */
static enum result set_groups(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    struct str rest = str_of(o->groups ? o->groups : ""), word;
    char text[64];
    size_t n = 0;

    if (!o->groups)
        return OK;
    c->groups = mem_new_array(GROUPS_MAX + 1, sizeof *c->groups);
    while (n < GROUPS_MAX && str_word(&rest, ", :\t\r\n", &word) == OK) {
        unsigned id = tls_names_group_id(word);

        snprintf(text, sizeof text, "%.*s", (int)word.n, word.p);
        if (!id)
            tls_config_ignore(c, "group", text);
        else if (have_group(id))
            c->groups[n++] = (uint16_t)id;
    }
    if (!n) {
        why_set(why, "4.3.5", "the TLS library has none of the key exchange groups \"%s\"", o->groups);
        return CONF;
    }
#if MBEDTLS_VERSION_NUMBER >= 0x03010000
    mbedtls_ssl_conf_groups(&c->conf, c->groups);
#endif
    return OK;
}

static void set_fragment(struct tls_config *c, size_t limit)
{
    char text[24];

    if (!limit)
        return;
#if defined(MBEDTLS_SSL_MAX_FRAGMENT_LENGTH)
    if (mbedtls_ssl_conf_max_frag_len(&c->conf, limit >= 4096 ? MBEDTLS_SSL_MAX_FRAG_LEN_4096
                                                : limit >= 2048 ? MBEDTLS_SSL_MAX_FRAG_LEN_2048
                                                : limit >= 1024 ? MBEDTLS_SSL_MAX_FRAG_LEN_1024
                                                                : MBEDTLS_SSL_MAX_FRAG_LEN_512) == 0)
        return;
#endif
    snprintf(text, sizeof text, "%zu", limit);
    tls_config_ignore(c, "max_fragment", text);
}

/* Makes room by forgetting the oldest that can be read again. */
static void forget_oldest(struct tls_config *c)
{
    struct named_pairs **at = NULL, *gone;

    for (struct named_pairs **n = &c->named; *n; n = &(*n)->next)
        if (!(*n)->learnt)
            at = n;
    if (!at)
        return;
    gone = *at;
    *at = gone->next;
    tls_pairs_free(gone->pairs);
    free(gone->source);
    free(gone);
    c->named_n--;
}

/* What was loaded for it before, or is now; NULL when it cannot be used. */
static struct pair *pairs_for(struct tls_config *c, const char *source, bool learn)
{
    struct named_pairs *n;
    struct pair *pairs = NULL;
    struct why why = { .dsn = "" };

    for (n = c->named; n; n = n->next)
        if (strcmp(n->source, source) == 0)
            return n->pairs;
    if (tls_pairs_source(&pairs, source, &why) != OK) {
        log_warn("TLS server name: %s", why.text);
        tls_pairs_free(pairs);
        return NULL;
    }
    if (!learn && c->named_n >= MAX_PAIRS)
        forget_oldest(c);
    n = mem_new(sizeof *n);
    *n = (struct named_pairs){ mem_dup(source), pairs, learn, c->named };
    c->named = n;
    c->named_n += !learn;
    return pairs;
}

void tls_config_learn(struct tls_config *c, const char *source)
{
    (void)pairs_for(c, source, true);
}

/* The certificate for the name that a client asks for; without one for it, the usual one. */
static int server_name(void *arg, mbedtls_ssl_context *ssl, const unsigned char *name, size_t n)
{
    struct tls_session *t = mbedtls_ssl_get_user_data_p(ssl);
    const char *source;
    struct pair *p;

    if (n >= sizeof t->sni || dns_valid_hostname((struct str){ (const char *)name, n }) != OK)
        return 0;
    memcpy(t->sni, name, n);
    t->sni[n] = 0;
    str_lower(t->sni);
    source = t->config->sni_chain ? t->config->sni_chain(t->sni, t->config->sni_arg) : NULL;
    if (!source)
        return 0;
    p = pairs_for(t->config, source, false);
    if (!p)
        return -1; /* it has been logged; another host's certificate would not help */
    for (; p; p = p->next)
        if (mbedtls_ssl_set_hs_own_cert(ssl, &p->chain, &p->key) != 0)
            return -1;
    return 0;
}

/* The library's own list has RSA-PSS before PKCS#1. mbedTLS 3.6.6 offers PSS to servers that then choose TLS 1.2,
 * and refuses it when they take the offer; servers that follow the client's order do not come upon it like this.
 * TLS 1.3 knows PSS only, whatever its place. */
static const uint16_t signatures[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
#if defined(PSA_WANT_ECC_SECP_R1_521)
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512,
#endif
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
    MBEDTLS_TLS1_3_SIG_NONE,
};

static enum result use_files(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    if (o->files_of) {
        c->ca = o->files_of->ca;
        c->pairs = o->files_of->pairs;
        c->id = o->files_of->id;
        c->borrowed = true;
    } else {
        char *id = mem_printf("%s|%s|%s", o->ca_file ? o->ca_file : "", o->ca_path ? o->ca_path : "",
                              o->ca_more ? o->ca_more : "");

        c->id = num_crc32(0, id, strlen(id));
        free(id);
        c->ca = tls_ca_new(o->ca_file, o->ca_path, o->ca_more, why);
        if (!c->ca || tls_pairs_load(&c->pairs, o, why) != OK)
            return CONF;
    }
    for (struct pair *p = c->pairs; p; p = p->next) {
        if (mbedtls_ssl_conf_own_cert(&c->conf, &p->chain, &p->key) != 0) {
            why_set(why, "4.3.0", "out of memory");
            return TEMP;
        }
    }
    return OK;
}

static enum result set_up(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    enum result r;

    if (!crypto_ready() ||
        mbedtls_ssl_config_defaults(&c->conf, o->server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        why_set(why, "4.3.0", "cannot initialize the TLS library");
        return TEMP;
    }
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    mbedtls_ssl_conf_rng(&c->conf, tls_random_bytes, NULL);
#endif
    mbedtls_ssl_conf_authmode(&c->conf, o->server && o->verify != TLS_VERIFY_NONE ? MBEDTLS_SSL_VERIFY_OPTIONAL
                                                                                 : MBEDTLS_SSL_VERIFY_NONE);
#if defined(MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED)
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C) && defined(MBEDTLS_SSL_PROTO_TLS1_3)
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(&c->conf,
                                                             MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
#endif
    mbedtls_ssl_conf_sig_algs(&c->conf, signatures);
    r = set_protocols(c, o, why);
    r = r == OK ? set_ciphers(c, o, why) : r;
    r = r == OK ? set_groups(c, o, why) : r;
    r = r == OK ? use_files(c, o, why) : r;
    r = r == OK ? tls_tickets_set(c, o, why) : r;
    set_fragment(c, o->max_fragment);
    if (r == OK && o->sni_chain) {
#if defined(MBEDTLS_SSL_SERVER_NAME_INDICATION)
        c->sni_chain = o->sni_chain;
        c->sni_arg = o->sni_arg;
#else
        tls_config_ignore(c, "sni", "yes");
#endif
    }
#if defined(MBEDTLS_SSL_SERVER_NAME_INDICATION)
    if (o->server)
        mbedtls_ssl_conf_sni(&c->conf, server_name, NULL);
#endif
    return r;
}

struct tls_config *tls_config_new(const struct tls_options *opt, struct why *why)
{
    struct tls_config *c = mem_new(sizeof *c);

    c->server = opt->server;
    c->depth = opt->depth;
    c->any_purpose = opt->any_purpose;
    c->wide_wildcards = opt->wide_wildcards;
    c->slow_shutdown = opt->slow_shutdown;
    mbedtls_ssl_config_init(&c->conf);
    if (set_up(c, opt, why) == OK)
        return c;
    tls_config_free(c);
    return NULL;
}

void tls_config_free(struct tls_config *c)
{
    if (!c)
        return;
    mbedtls_ssl_config_free(&c->conf);
    tls_tickets_done(c);
    if (!c->borrowed) {
        tls_ca_free(c->ca);
        tls_pairs_free(c->pairs);
    }
    while (c->named) {
        struct named_pairs *next = c->named->next;

        tls_pairs_free(c->named->pairs);
        free(c->named->source);
        free(c->named);
        c->named = next;
    }
    for (size_t i = 0; i < c->ignored_n; i++)
        free(c->ignored[i]);
    free(c->suites);
    free(c->groups);
    free(c);
}
