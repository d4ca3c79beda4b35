/* tls_mbedtls.c - TLS for streams, by mbedTLS
 *
 * The library does the handshake and the records. Whether a peer is to be trusted is decided here, after the
 * handshake, from the certificates it presented: only against configured authorities, with the names the caller
 * wants. Nothing that the library reports as "verified" is used (with verification off it reports success).
 * Runs in: smtpd, smtp, lmtp, posttls-finger.  Parameters: none (struct tls_options).
 * Trust: everything from the peer is hostile; files are the administrator's.
 * RFC 5246, RFC 8446, RFC 3207 section 6 (no plain text survives STARTTLS), RFC 6125 (names).
 * Feature: TLS.  Tests: tests/unit/tls_test.c, tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <mbedtls/build_info.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/x509_crt.h>
#if defined(MBEDTLS_SSL_TICKET_C)
#include <mbedtls/ssl_ticket.h>
#endif

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/dns.h"
#include "net/tls_int.h"

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
    RAW = 4096,           /* bytes read ahead of the library, which asks for five and then for the rest */
    MAX_PAIRS = 64,       /* certificates for server names */
    MAX_CHAIN = 10,
    MAX_PEM = 1 << 20,
    MAX_IGNORED = 8,
    MAX_SESSION = 1 << 16,
    TICKET_LIFETIME = 3600,
    SAVED_MAGIC = 0x504C5431, /* what tls_save_session writes begins with it */
    SAN_DNS = 0x82,           /* tag of a dNSName */
};

struct pair { /* a key and its certificates */
    mbedtls_pk_context key;
    mbedtls_x509_crt chain;
    struct pair *next;
};

struct named_pairs { /* for one server name */
    char *source;
    struct pair *pairs;
    struct named_pairs *next;
};

struct tls_config {
    mbedtls_ssl_config conf;
    bool server;
    struct tls_ca *ca;
    struct pair *pairs;
    bool borrowed;       /* ca and pairs are another configuration's */
    uint32_t id;         /* of the authorities: a saved session's trust holds only under the same */
    int *suites;
    struct named_pairs *named;
    size_t named_n;
    const char *(*sni_chain)(const char *name, void *arg);
    void *sni_arg;
    char *ignored[MAX_IGNORED + 1];
    size_t ignored_n;
#if defined(MBEDTLS_SSL_TICKET_C)
    mbedtls_ssl_ticket_context ticket;
    bool tickets;
#endif
};

struct tls_session {
    mbedtls_ssl_context ssl;
    struct tls_config *config;
    int fd, fd_out;
    struct tls_scan *scan;  /* during the handshake */
    struct tls_peer peer;
    char cipher[TLS_CIPHER_NAME], subject[TLS_NAME], issuer[TLS_NAME], sni[TLS_NAME], reason[2 * TLS_NAME];
    uint8_t *cert, *key;    /* of a peer, DER: the certificate and its public key */
    size_t cert_n, key_n;
    mbedtls_ssl_session saved;
    bool have_saved;
    bool blocked;           /* the socket has nothing now */
    size_t raw_at, raw_n;
    uint8_t raw[RAW];
};

const char *tls_version(void)
{
    return MBEDTLS_VERSION_STRING_FULL;
}

static int random_bytes(void *arg, unsigned char *p, size_t n)
{
    crypto_random(p, n);
    return 0;
}

/* --- keys and certificates --- */

static void free_pairs(struct pair *p)
{
    while (p) {
        struct pair *next = p->next;

        mbedtls_pk_free(&p->key);
        mbedtls_x509_crt_free(&p->chain);
        free(p);
        p = next;
    }
}

static struct pair *add_pair(struct pair **list)
{
    struct pair *p = mem_new(sizeof *p);

    mbedtls_pk_init(&p->key);
    mbedtls_x509_crt_init(&p->chain);
    while (*list)
        list = &(*list)->next;
    return *list = p;
}

/* A key in PEM; text is followed by a NUL. */
static int parse_key(mbedtls_pk_context *key, const char *text, size_t n)
{
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    return mbedtls_pk_parse_key(key, (const unsigned char *)text, n + 1, NULL, 0, random_bytes, NULL);
#else
    return mbedtls_pk_parse_key(key, (const unsigned char *)text, n + 1, NULL, 0);
#endif
}

static int check_pair(const mbedtls_pk_context *pub, const mbedtls_pk_context *key)
{
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    return mbedtls_pk_check_pair(pub, key, random_bytes, NULL);
#else
    return mbedtls_pk_check_pair(pub, key);
#endif
}

static bool add_key(struct pair *p, struct str block)
{
    char *text = mem_dup_n(block.p, block.n);
    int r = parse_key(&p->key, text, block.n);

    mem_wipe(text, block.n);
    free(text);
    return r == 0;
}

static bool is_key(struct str label)
{
    return label.n >= 11 && memcmp(label.p + label.n - 11, "PRIVATE KEY", 11) == 0;
}

static bool has_key(const struct pair *p)
{
    return mbedtls_pk_get_type(&p->key) != MBEDTLS_PK_NONE;
}

static enum result bad_file(struct why *why, const char *file, const char *what)
{
    why_set(why, "4.3.5", "cannot use certificate or key file %s: %s", file, what);
    return CONF;
}

/* What a file contributes: keys begin a pair (or complete *p, when it has none yet), certificates follow. */
enum want { WANT_KEY = 1, WANT_CERTS = 2 };

static struct pair *last_pair(struct pair *p)
{
    while (p && p->next)
        p = p->next;
    return p;
}

static enum result take_blocks(struct str text, const char *file, unsigned want, struct pair **list, struct pair *p,
                               struct why *why)
{
    struct str label, block;
    unsigned found = 0;
    struct buf der;
    const char *bad = NULL;

    buf_init(&der, MAX_PEM);
    while (!bad && tls_ca_pem(&text, &label, &block, &der) == OK) {
        if (is_key(label) && (want & WANT_KEY)) {
            if (!p || (has_key(p) && (want & WANT_CERTS)))
                p = add_pair(list);
            if (!has_key(p) && !add_key(p, block))
                bad = "private key is encrypted, malformed or of an unsupported kind";
            found |= WANT_KEY;
        } else if (str_eq(label, "CERTIFICATE") && (want & WANT_CERTS)) {
            if (!p)
                bad = "a certificate without its private key in front";
            else if (mbedtls_x509_crt_parse_der(&p->chain, (const unsigned char *)der.p, der.n) != 0)
                bad = "malformed certificate";
            found |= WANT_CERTS;
        }
    }
    mem_wipe(der.p, der.cap);
    buf_done(&der);
    /* The files of a chain count as one: a key and its certificates may stand in different ones. */
    if (!bad && (want == (WANT_KEY | WANT_CERTS) ? !found : want & ~found))
        bad = want & ~found & WANT_KEY ? "no private key in it" : "no certificate in it";
    return bad ? bad_file(why, file, bad) : OK;
}

static enum result read_pem(const char *file, struct buf *text, struct why *why)
{
    if (io_read_file(AT_FDCWD, file, text) == OK)
        return OK;
    return bad_file(why, file, strerror(errno));
}

static void done_pem(struct buf *text)
{
    mem_wipe(text->p, text->cap);
    buf_done(text);
}

static enum result load_file(const char *file, unsigned want, struct pair **list, struct pair *p, struct why *why)
{
    struct buf text;
    enum result r;

    buf_init(&text, MAX_PEM);
    r = read_pem(file, &text, why);
    if (r == OK)
        r = take_blocks(buf_view(&text), file, want, list, p, why);
    done_pem(&text);
    return r;
}

/* cert_file with key_file; the key may also be in the certificate's file. */
static enum result load_cert(const char *cert, const char *key, struct pair **list, struct why *why)
{
    struct pair *p;

    if (!cert)
        return OK;
    p = add_pair(list);
    if (load_file(cert, WANT_CERTS, list, p, why) != OK)
        return CONF;
    return load_file(key ? key : cert, WANT_KEY, list, p, why);
}

static enum result check_pairs(const struct pair *p, const char *file, struct why *why)
{
    for (; p; p = p->next) {
        if (!has_key(p))
            return bad_file(why, file, "a certificate without its private key in front");
        if (!p->chain.raw.len)
            return bad_file(why, file, "a private key without a certificate");
        if (check_pair(&p->chain.pk, &p->key) != 0)
            return bad_file(why, file, "the private key is not that of the certificate");
    }
    return OK;
}

static enum result load_pairs(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    const char *last = o->cert_file ? o->cert_file : o->eccert_file;

    for (const char *const *f = o->chain_files; f && *f; f++) {
        last = *f;
        if (load_file(last, WANT_KEY | WANT_CERTS, &c->pairs, last_pair(c->pairs), why) != OK)
            return CONF;
    }
    if (!o->chain_files && (load_cert(o->cert_file, o->key_file, &c->pairs, why) != OK ||
                            load_cert(o->eccert_file, o->eckey_file, &c->pairs, why) != OK))
        return CONF;
    return check_pairs(c->pairs, last ? last : "", why);
}

/* --- configuration --- */

static void ignore(struct tls_config *c, const char *what, const char *value)
{
    if (c->ignored_n < MAX_IGNORED)
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
        ignore(c, "protocol", old);
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

/* All that the library has are of grade high. TLS 1.3's are not subject to grades and exclusions, as with OpenSSL. */
static enum result set_ciphers(struct tls_config *c, const struct tls_options *o, struct why *why)
{
    const char *grade = o->ciphers && *o->ciphers ? o->ciphers : "medium",
               *exclude = o->exclude_ciphers ? o->exclude_ciphers : "";
    const int *all = mbedtls_ssl_list_ciphersuites();
    size_t n = 0, kept = 0;
    char name[TLS_CIPHER_NAME];

    if (!known_grade(grade)) {
        why_set(why, "4.3.5", "invalid TLS cipher grade: \"%s\"", grade);
        return CONF;
    }
    if (str_cmp_case(grade, "null") == 0)
        ignore(c, "ciphers", grade);
    while (all[n])
        n++;
    c->suites = mem_new_array(n + 1, sizeof *c->suites);
    for (size_t i = 0; i < n; i++) {
        tls_names_cipher(mbedtls_ssl_get_ciphersuite_name(all[i]), name);
        if (strncmp(name, "TLS_", 4) == 0 || (!tls_names_unfit(name) && !tls_names_excluded(name, exclude)))
            c->suites[kept++] = all[i];
    }
    if (!kept) {
        why_set(why, "4.3.5", "no TLS cipher is left by the exclusions \"%s\"", exclude);
        return CONF;
    }
    mbedtls_ssl_conf_ciphersuites(&c->conf, c->suites);
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
    ignore(c, "max_fragment", text);
}

static enum result set_tickets(struct tls_config *c, const struct tls_options *o, struct why *why)
{
#if defined(MBEDTLS_SSL_TICKET_C)
    uint32_t lifetime = o->ticket_lifetime > 0 ? (uint32_t)o->ticket_lifetime : TICKET_LIFETIME;

    /* A TLS 1.3 ticket does not keep the client's certificate: who asks for one gets it each time. */
    if (!o->server || !o->tickets || o->verify != TLS_VERIFY_NONE) {
        if (o->server)
            mbedtls_ssl_conf_session_tickets(&c->conf, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
        return OK;
    }
    mbedtls_ssl_ticket_init(&c->ticket);
    c->tickets = true;
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    if (mbedtls_ssl_ticket_setup(&c->ticket, random_bytes, NULL, MBEDTLS_CIPHER_AES_256_GCM, lifetime) != 0 ||
#else
    if (mbedtls_ssl_ticket_setup(&c->ticket, PSA_ALG_GCM, PSA_KEY_TYPE_AES, 256, lifetime) != 0 ||
#endif
        (o->ticket_key && mbedtls_ssl_ticket_rotate(&c->ticket, o->ticket_key + 32, MBEDTLS_SSL_TICKET_KEY_NAME_BYTES,
                                                    o->ticket_key, 32, lifetime) != 0)) {
        why_set(why, "4.3.0", "cannot set up TLS session tickets");
        return CONF;
    }
    mbedtls_ssl_conf_session_tickets_cb(&c->conf, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &c->ticket);
#else
    if (o->server && o->tickets)
        ignore(c, "tickets", "yes");
#endif
    return OK;
}

static struct pair *pairs_for(struct tls_config *c, const char *source);

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
    p = pairs_for(t->config, source);
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
        char *id = mem_printf("%s|%s", o->ca_file ? o->ca_file : "", o->ca_path ? o->ca_path : "");

        c->id = num_crc32(0, id, strlen(id));
        free(id);
        c->ca = tls_ca_new(o->ca_file, o->ca_path, why);
        if (!c->ca || load_pairs(c, o, why) != OK)
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
    mbedtls_ssl_conf_rng(&c->conf, random_bytes, NULL);
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
    r = r == OK ? use_files(c, o, why) : r;
    r = r == OK ? set_tickets(c, o, why) : r;
    set_fragment(c, o->max_fragment);
    if (r == OK && o->sni_chain) {
#if defined(MBEDTLS_SSL_SERVER_NAME_INDICATION)
        c->sni_chain = o->sni_chain;
        c->sni_arg = o->sni_arg;
#else
        ignore(c, "sni", "yes");
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
#if defined(MBEDTLS_SSL_TICKET_C)
    if (c->tickets)
        mbedtls_ssl_ticket_free(&c->ticket);
#endif
    if (!c->borrowed) {
        tls_ca_free(c->ca);
        free_pairs(c->pairs);
    }
    while (c->named) {
        struct named_pairs *next = c->named->next;

        free_pairs(c->named->pairs);
        free(c->named->source);
        free(c->named);
        c->named = next;
    }
    for (size_t i = 0; i < c->ignored_n; i++)
        free(c->ignored[i]);
    free(c->suites);
    free(c);
}

/* Loads what sni_chain answered: a file's name, its content, or its content in base64 (postmap -F). */
static enum result load_source(const char *source, struct pair **list, struct why *why)
{
    struct buf text;
    enum result r;

    if (source[0] == '/')
        return load_file(source, WANT_KEY | WANT_CERTS, list, NULL, why);
    buf_init(&text, MAX_PEM);
    r = OK;
    if (strncmp(source, "-----BEGIN ", 11) == 0)
        buf_puts(&text, source);
    else if (base64_decode(&text, str_of(source)) != OK)
        r = read_pem(source, &text, why);
    if (r == OK)
        r = take_blocks(buf_view(&text), "of tls_server_sni_maps", WANT_KEY | WANT_CERTS, list, NULL, why);
    done_pem(&text);
    return r;
}

/* What was loaded for it before, or is now; NULL when it cannot be used. */
static struct pair *pairs_for(struct tls_config *c, const char *source)
{
    struct named_pairs *n;
    struct pair *pairs = NULL;
    struct why why = { .dsn = "" };

    for (n = c->named; n; n = n->next)
        if (strcmp(n->source, source) == 0)
            return n->pairs;
    if (c->named_n == MAX_PAIRS)
        return NULL;
    if (load_source(source, &pairs, &why) != OK || check_pairs(pairs, "of tls_server_sni_maps", &why) != OK) {
        log_warn("TLS server name: %s", why.text);
        free_pairs(pairs);
        return NULL;
    }
    n = mem_new(sizeof *n);
    *n = (struct named_pairs){ mem_dup(source), pairs, c->named };
    c->named = n;
    c->named_n++;
    return pairs;
}

/* --- bytes --- */

static int send_bytes(void *arg, const unsigned char *p, size_t n)
{
    struct tls_session *t = arg;
    ssize_t r;

    do
        r = send(t->fd_out, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
    if (t->scan && t->config->server)
        tls_scan_feed(t->scan, p, (size_t)r);
    return (int)r;
}

static int recv_bytes(void *arg, unsigned char *p, size_t n)
{
    struct tls_session *t = arg;
    ssize_t r;

    if (t->raw_at == t->raw_n) {
        do
            r = recv(t->fd, t->raw, sizeof t->raw, MSG_DONTWAIT);
        while (r < 0 && errno == EINTR);
        if (r < 0 && errno == EAGAIN) {
            t->blocked = true;
            return MBEDTLS_ERR_SSL_WANT_READ;
        }
        if (r < 0)
            return MBEDTLS_ERR_NET_RECV_FAILED;
        if (r == 0)
            return 0;
        if (t->scan && !t->config->server)
            tls_scan_feed(t->scan, t->raw, (size_t)r);
        t->raw_at = 0;
        t->raw_n = (size_t)r;
    }
    if (n > t->raw_n - t->raw_at)
        n = t->raw_n - t->raw_at;
    memcpy(p, t->raw + t->raw_at, n);
    t->raw_at += n;
    return (int)n;
}

/* What the library answered, in the words of stream.c. */
static long outcome(int r)
{
    switch (r) {
    case MBEDTLS_ERR_SSL_WANT_READ: return -2;
    case MBEDTLS_ERR_SSL_WANT_WRITE: return -3;
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return 0;
    default: return r < 0 ? -1 : r;
    }
}


static bool keep_session(struct tls_session *t)
{
    if (t->have_saved)
        mbedtls_ssl_session_free(&t->saved);
    mbedtls_ssl_session_init(&t->saved);
    t->have_saved = mbedtls_ssl_get_session(&t->ssl, &t->saved) == 0;
    return t->have_saved;
}

/* The library came back without an answer, but there is nothing to wait for: call it again. It says "want read" after
 * each message that is none of data (TLS 1.3 tickets), while the next one may already be in our hands. */
static bool go_on(struct tls_session *t, int r)
{
    bool blocked = t->blocked;

    t->blocked = false;
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    if (r == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) {
        (void)keep_session(t);
        return true;
    }
#endif
    return r == MBEDTLS_ERR_SSL_WANT_READ && !blocked;
}

long tls_read(struct tls_session *t, void *p, size_t n)
{
    int r;

    do
        r = mbedtls_ssl_read(&t->ssl, p, n);
    while (go_on(t, r));
    return outcome(r);
}

long tls_write(struct tls_session *t, const void *p, size_t n)
{
    int r;

    do
        r = mbedtls_ssl_write(&t->ssl, p, n);
    while (go_on(t, r));
    return outcome(r);
}

size_t tls_pending(struct tls_session *t)
{
    return mbedtls_ssl_get_bytes_avail(&t->ssl) + (t->raw_n - t->raw_at);
}

void tls_close(struct tls_session *t, bool polite)
{
    if (polite)
        (void)mbedtls_ssl_close_notify(&t->ssl);
    mbedtls_ssl_free(&t->ssl);
    if (t->have_saved)
        mbedtls_ssl_session_free(&t->saved);
    free(t->scan);
    free(t->cert);
    free(t->key);
    free(t);
}

/* --- the peer's certificate --- */

/* The first value of an attribute type 2.5.4.x, printable. */
static bool name_part(const mbedtls_x509_name *name, uint8_t attribute, char out[TLS_NAME])
{
    for (; name; name = name->next) {
        if (name->oid.len != 3 || memcmp(name->oid.p, "\x55\x04", 2) != 0 || name->oid.p[2] != attribute ||
            !name->val.len)
            continue;
        if (memchr(name->val.p, 0, name->val.len))
            continue; /* not the name that its reader would see */
        snprintf(out, TLS_NAME, "%.*s", (int)name->val.len, (const char *)name->val.p);
        str_printable(out, true);
        return true;
    }
    return false;
}

enum { ATTRIBUTE_CN = 3, ATTRIBUTE_O = 10 };

static const char *reason(struct tls_session *t, const char *fmt, const char *arg)
{
    snprintf(t->reason, sizeof t->reason, fmt, arg);
    return t->peer.untrusted_reason = t->reason;
}

struct anchors {
    mbedtls_x509_crt list;
    size_t n;
};

static void add_anchor(struct str der, void *arg)
{
    struct anchors *a = arg;

    if (mbedtls_x509_crt_parse_der(&a->list, (const unsigned char *)der.p, der.n) == 0)
        a->n++;
}

static bool same_bytes(const mbedtls_x509_buf *a, const mbedtls_x509_buf *b)
{
    return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static void why_untrusted(struct tls_session *t, const mbedtls_x509_crt *leaf, uint32_t flags)
{
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        reason(t, "certificate has expired%s", "");
    else if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        reason(t, "certificate is not yet valid%s", "");
    else if (flags & (MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_KEY_USAGE))
        reason(t, "certificate is not for this purpose%s", "");
    else if (flags & (MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY))
        reason(t, "certificate uses too weak an algorithm or key%s", "");
    else if (same_bytes(&leaf->subject_raw, &leaf->issuer_raw))
        reason(t, "self-signed certificate%s", "");
    else
        reason(t, "untrusted issuer %s", t->issuer[0] ? t->issuer : "(unnamed)");
}

/* Is there a way from the certificate to a configured authority, now, for this purpose? */
static bool chain_is_trusted(struct tls_session *t, mbedtls_x509_crt *leaf)
{
    static const char *const purposes[] = { MBEDTLS_OID_SERVER_AUTH, MBEDTLS_OID_CLIENT_AUTH };
    const char *purpose = purposes[t->config->server];
    uint32_t flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
    mbedtls_x509_crt *c = leaf;
    struct anchors a = { .n = 0 };

    mbedtls_x509_crt_init(&a.list);
    for (int i = 0; c && i < MAX_CHAIN; i++, c = c->next)
        tls_ca_find(t->config->ca, (struct str){ (const char *)c->issuer_raw.p, c->issuer_raw.len }, add_anchor, &a);
    if (a.n &&
        mbedtls_x509_crt_verify_with_profile(leaf, &a.list, NULL, &mbedtls_x509_crt_profile_default, NULL, &flags, NULL,
                                             NULL) != 0 &&
        flags == 0)
        flags = MBEDTLS_X509_BADCERT_OTHER;
    if (a.n && mbedtls_x509_crt_check_extended_key_usage(leaf, purpose, MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0)
        flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    mbedtls_x509_crt_free(&a.list);
    if (flags)
        why_untrusted(t, leaf, flags);
    return flags == 0;
}

/* One of the wanted names is in the certificate; its common name counts only when it has no DNS names (RFC 6125 6.4.4).
 */
static bool name_is_wanted(const mbedtls_x509_crt *leaf, const char *const *names)
{
    const mbedtls_x509_sequence *san = &leaf->subject_alt_names;
    bool any = false;
    char cn[TLS_NAME];

    for (; san && san->buf.p; san = san->next) {
        if (san->buf.tag != SAN_DNS)
            continue;
        any = true;
        for (const char *const *n = names; *n; n++)
            if (tls_names_match((struct str){ (const char *)san->buf.p, san->buf.len }, *n))
                return true;
    }
    if (any || !name_part(&leaf->subject, ATTRIBUTE_CN, cn))
        return false;
    for (const char *const *n = names; *n; n++)
        if (tls_names_match(str_of(cn), *n))
            return true;
    return false;
}

static uint8_t *copy(const void *p, size_t n)
{
    uint8_t *c = mem_new(n + 1);

    memcpy(c, p, n);
    return c;
}

/* What a certificate tells; whether it may be believed is chain_trusted's. */
static void describe_cert(struct tls_session *t, const mbedtls_x509_crt *leaf, const char *const *names)
{
    t->peer.cert_present = true;
    t->cert = copy(leaf->raw.p, t->cert_n = leaf->raw.len);
    t->key = copy(leaf->pk_raw.p, t->key_n = leaf->pk_raw.len);
    if (name_part(&leaf->subject, ATTRIBUTE_CN, t->subject))
        t->peer.subject_cn = t->subject;
    if (name_part(&leaf->issuer, ATTRIBUTE_CN, t->issuer) || name_part(&leaf->issuer, ATTRIBUTE_O, t->issuer))
        t->peer.issuer_cn = t->issuer;
    t->peer.name_matched = names && name_is_wanted(leaf, names);
}

static void judge(struct tls_session *t, const char *const *names)
{
    if (!t->peer.cert_present)
        reason(t, "no certificate%s", "");
    else if (t->peer.chain_trusted && names && !t->peer.name_matched)
        reason(t, "certificate name mismatch: certificate is for %s", t->subject[0] ? t->subject : "another name");
}

/* --- saved sessions: magic, id of the authorities, trusted, length of certificate, certificate, the library's --- */

enum { SAVED_HEAD = 16 };

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(struct buf *out, uint32_t v)
{
    uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

    buf_add(out, b, 4);
}

enum result tls_save_session(const struct stream *s, struct buf *out)
{
    struct tls_session *t = s->tls;
    uint8_t *text;
    size_t n = 0;
    bool fine;

    if (!t || t->config->server || (!t->have_saved && (t->peer.protocol[6] == '3' || !keep_session(t))))
        return NONE;
    (void)mbedtls_ssl_session_save(&t->saved, NULL, 0, &n);
    if (!n || n > MAX_SESSION)
        return NONE;
    text = mem_new(n);
    fine = mbedtls_ssl_session_save(&t->saved, text, n, &n) == 0 && buf_reserve(out, SAVED_HEAD + t->cert_n + n);
    if (fine) {
        put32(out, SAVED_MAGIC);
        put32(out, t->config->id);
        put32(out, t->peer.chain_trusted);
        put32(out, (uint32_t)t->cert_n);
        buf_add(out, t->cert, t->cert_n);
        buf_add(out, text, n);
    }
    mem_wipe(text, n);
    free(text);
    return fine ? OK : NONE;
}

/* The parts of a saved session; false when it is none of ours. */
static bool saved_parts(const struct tls_start *start, struct str *cert, struct str *session)
{
    const uint8_t *p = start->resume;
    size_t n;

    if (!p || start->resume_n < SAVED_HEAD || get32(p) != SAVED_MAGIC || get32(p + 4) != start->config->id)
        return false;
    n = get32(p + 12);
    if (n > start->resume_n - SAVED_HEAD)
        return false;
    *cert = (struct str){ (const char *)p + SAVED_HEAD, n };
    *session = (struct str){ (const char *)p + SAVED_HEAD + n, start->resume_n - SAVED_HEAD - n };
    return true;
}

static void offer_saved(struct tls_session *t, const struct tls_start *start)
{
    struct str cert, session;
    mbedtls_ssl_session saved;

    if (t->config->server || !saved_parts(start, &cert, &session))
        return;
    mbedtls_ssl_session_init(&saved);
    if (mbedtls_ssl_session_load(&saved, (const unsigned char *)session.p, session.n) == 0)
        (void)mbedtls_ssl_set_session(&t->ssl, &saved); /* when it does not fit, the handshake is a full one */
    mbedtls_ssl_session_free(&saved);
}

/* A resumed session's peer is the one whose certificate was checked when the session was made. */
static void recall_peer(struct tls_session *t, const struct tls_start *start)
{
    struct str cert, session;
    mbedtls_x509_crt leaf;

    if (!saved_parts(start, &cert, &session) || !cert.n)
        return;
    mbedtls_x509_crt_init(&leaf);
    if (mbedtls_x509_crt_parse_der(&leaf, (const unsigned char *)cert.p, cert.n) == 0) {
        describe_cert(t, &leaf, start->names);
        t->peer.chain_trusted = get32((const uint8_t *)start->resume + 8) == 1;
        if (!t->peer.chain_trusted)
            why_untrusted(t, &leaf, MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    }
    mbedtls_x509_crt_free(&leaf);
}

static void look_at_peer(struct tls_session *t, const struct tls_start *start)
{
    mbedtls_x509_crt *leaf = (mbedtls_x509_crt *)mbedtls_ssl_get_peer_cert(&t->ssl);

    if (!t->config->server && t->peer.reused) {
        recall_peer(t, start);
    } else if (leaf && leaf->raw.len) {
        describe_cert(t, leaf, t->config->server ? NULL : start->names);
        t->peer.chain_trusted = chain_is_trusted(t, leaf);
    }
    judge(t, start->names);
}

/* --- handshake --- */

static void describe_session(struct tls_session *t)
{
    const char *group = tls_names_group(t->scan->group);
    const char *name = mbedtls_ssl_get_ciphersuite(&t->ssl);

    t->peer.protocol = mbedtls_ssl_get_version_number(&t->ssl) == MBEDTLS_SSL_VERSION_TLS1_3 ? "TLSv1.3" : "TLSv1.2";
    tls_names_cipher(name ? name : "", t->cipher);
    t->peer.cipher = t->cipher;
    t->peer.bits_used = t->peer.bits_alg = tls_names_bits(t->cipher);
    t->peer.reused = tls_scan_resumed(t->scan);
    t->peer.sni = t->sni[0] ? t->sni : NULL;
    if (!t->scan->v13 || !group)
        return;
    t->peer.kex = group[0] == 'X' ? group : group[0] == 'f' ? "DHE" : "ECDHE";
    t->peer.kex_group = group[0] == 'X' ? NULL : group;
}

static const char *error_text(int r, char text[40])
{
    static const struct { int code; const char *text; } known[] = {
        { MBEDTLS_ERR_SSL_CONN_EOF, "lost connection" },
        { MBEDTLS_ERR_NET_RECV_FAILED, "lost connection" },
        { MBEDTLS_ERR_NET_SEND_FAILED, "lost connection" },
        { MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, "the other side closed the session" },
        { MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, "the other side refused (alert)" },
        { MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE, "no shared cipher or parameters" },
        { MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, "unsupported protocol" },
        { MBEDTLS_ERR_SSL_INVALID_RECORD, "not a TLS record" },
        { MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, "unexpected message" },
        { MBEDTLS_ERR_SSL_DECODE_ERROR, "malformed message" },
        { MBEDTLS_ERR_SSL_BAD_CERTIFICATE, "bad certificate" },
        { MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER, "illegal parameter" },
        { MBEDTLS_ERR_SSL_ALLOC_FAILED, "out of memory" },
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (known[i].code == r)
            return known[i].text;
    snprintf(text, 40, "TLS library error -0x%04x", (unsigned)-r);
    return text;
}

static enum result shake_hands(struct tls_session *t, int timeout_ms, struct why *why)
{
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    char text[40];
    int r;

    while ((r = mbedtls_ssl_handshake(&t->ssl)) != 0) {
        if (go_on(t, r))
            continue;
        if (r != MBEDTLS_ERR_SSL_WANT_READ && r != MBEDTLS_ERR_SSL_WANT_WRITE)
            return why_set(why, "4.7.0", "%s", error_text(r, text));
        if (io_wait(r == MBEDTLS_ERR_SSL_WANT_READ ? t->fd : t->fd_out, r == MBEDTLS_ERR_SSL_WANT_WRITE, deadline) !=
            OK)
            return why_set(why, "4.7.0", "%s", errno == ETIMEDOUT ? "Connection timed out" : strerror(errno));
    }
    return OK;
}

static struct tls_session *session_new(const struct stream *s, const struct tls_start *start)
{
    struct tls_session *t = mem_new(sizeof *t);

    t->config = start->config;
    t->fd = s->fd;
    t->fd_out = s->fd_out;
    t->scan = mem_new(sizeof *t->scan);
    mbedtls_ssl_init(&t->ssl);
    mbedtls_ssl_set_user_data_p(&t->ssl, t);
    mbedtls_ssl_set_bio(&t->ssl, t, send_bytes, recv_bytes, NULL);
    return t;
}

enum result tls_handshake(struct stream *s, const struct tls_start *start, struct why *why)
{
    struct tls_session *t;
    struct sock_addr a;
    enum result r;

    if (stream_buffered(s)) /* RFC 3207 section 6: what came in plain text must not act as if it were protected */
        return s->err = STREAM_BROKEN, why_set(why, "4.7.0", "plain text after STARTTLS");
    if (stream_flush(s) != OK)
        return why_set(why, "4.7.0", "lost connection");
    t = session_new(s, start);
    if (mbedtls_ssl_setup(&t->ssl, &t->config->conf) != 0) {
        r = why_set(why, "4.3.0", "out of memory");
    } else {
        bool named = start->sni && !t->config->server && sock_parse_addr(str_of(start->sni), 0, &a) != OK;

        (void)mbedtls_ssl_set_hostname(&t->ssl, named ? start->sni : NULL);
        offer_saved(t, start);
        r = shake_hands(t, start->timeout_ms > 0 ? start->timeout_ms : s->timeout_ms, why);
    }
    if (r != OK) {
        tls_close(t, false);
        s->err = STREAM_BROKEN;
        return r;
    }
    describe_session(t);
    look_at_peer(t, start);
    free(t->scan);
    t->scan = NULL;
    s->tls = t;
    return OK;
}

const struct tls_peer *tls_peer(const struct stream *s)
{
    return &s->tls->peer;
}

void tls_kex_text(const struct tls_peer *p, char out[TLS_KEX_TEXT])
{
    const char *group = p->kex_group;

    out[0] = 0;
    if (p->kex)
        snprintf(out, TLS_KEX_TEXT, " key-exchange %s%s%s%s", p->kex, group ? " (" : "", group ? group : "",
                 group ? ")" : "");
}

enum result tls_fingerprint(const struct stream *s, const char *digest, bool public_key, char *out, size_t cap)
{
    static const struct { const char *name; enum crypto_hash hash; } digests[] = {
        { "md5", CRYPTO_MD5 }, { "sha1", CRYPTO_SHA1 }, { "sha256", CRYPTO_SHA256 }, { "sha384", CRYPTO_SHA384 },
        { "sha512", CRYPTO_SHA512 },
    };
    const struct tls_session *t = s->tls;
    struct str in;
    uint8_t sum[CRYPTO_MAX_HASH];

    if (!t || !t->cert)
        return PERM;
    in = public_key ? (struct str){ (const char *)t->key, t->key_n } : (struct str){ (const char *)t->cert, t->cert_n };
    for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
        size_t n = crypto_hash_size(digests[i].hash);

        if (str_cmp_case(digest, digests[i].name) != 0)
            continue;
        if (cap < 3 * n || crypto_hash(digests[i].hash, in, sum) != OK)
            return PERM;
        for (size_t k = 0; k < n; k++)
            snprintf(out + 3 * k, cap - 3 * k, "%02X%s", sum[k], k + 1 < n ? ":" : "");
        return OK;
    }
    return PERM;
}
