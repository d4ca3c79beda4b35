/* tls_mbedtls_keys.c - private keys and their certificates, from PEM
 *
 * Files are the administrator's; each fault names its file. Copies of keys are wiped.
 * Runs in: as tls_mbedtls.c, before the jail; tls_server_sni_maps also in it.  Parameters: none.
 * Feature: TLS.  Tests: tests/unit/tls_test.c, tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls_mbedtls_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"

enum { MAX_PEM = 1 << 20 };

int tls_random_bytes(void *arg, unsigned char *p, size_t n)
{
    crypto_random(p, n);
    return 0;
}

void tls_pairs_free(struct pair *p)
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
    return mbedtls_pk_parse_key(key, (const unsigned char *)text, n + 1, NULL, 0, tls_random_bytes, NULL);
#else
    return mbedtls_pk_parse_key(key, (const unsigned char *)text, n + 1, NULL, 0);
#endif
}

static int check_pair(const mbedtls_pk_context *pub, const mbedtls_pk_context *key)
{
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    return mbedtls_pk_check_pair(pub, key, tls_random_bytes, NULL);
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

enum result tls_pairs_load(struct pair **list, const struct tls_options *o, struct why *why)
{
    const char *last = o->cert_file ? o->cert_file : o->eccert_file;

    for (const char *const *f = o->chain_files; f && *f; f++) {
        last = *f;
        if (load_file(last, WANT_KEY | WANT_CERTS, list, last_pair(*list), why) != OK)
            return CONF;
    }
    if (!o->chain_files && (load_cert(o->cert_file, o->key_file, list, why) != OK ||
                            load_cert(o->eccert_file, o->eckey_file, list, why) != OK))
        return CONF;
    return check_pairs(*list, last ? last : "", why);
}

static enum result load_files(const char *names, struct pair **list, struct why *why)
{
    struct str rest = str_of(names), word;
    enum result r = OK;

    while (r == OK && str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *name = mem_dup_n(word.p, word.n);

        r = load_file(name, WANT_KEY | WANT_CERTS, list, last_pair(*list), why);
        free(name);
    }
    return r == OK ? check_pairs(*list, names, why) : r;
}

enum result tls_pairs_source(struct pair **list, const char *source, struct why *why)
{
    struct buf text;
    enum result r;

    if (source[0] == '/')
        return load_files(source, list, why);
    buf_init(&text, MAX_PEM);
    r = OK;
    if (strncmp(source, "-----BEGIN ", 11) == 0)
        buf_puts(&text, source);
    else if (base64_decode(&text, str_of(source)) != OK)
        r = read_pem(source, &text, why);
    if (r == OK)
        r = take_blocks(buf_view(&text), "of tls_server_sni_maps", WANT_KEY | WANT_CERTS, list, NULL, why);
    done_pem(&text);
    return r == OK ? check_pairs(*list, "of tls_server_sni_maps", why) : r;
}
