/* tls_mbedtls_peer.c - the other side's certificate: what it tells, and whether it may be believed
 *
 * Only configured authorities count, with the names the caller wants. Nothing that the library reports as "verified"
 * is used (with verification off it reports success).
 * Runs in: as tls_mbedtls.c.  Trust: certificates are anybody's.  Parameters: none.
 * RFC 5280, RFC 6125 (names).  Feature: TLS.  Tests: tests/unit/tls_test.c, tests/tls/
 */
/* SPDX-License-Identifier: ISC */
#include "net/tls_mbedtls_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/oid.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"

enum {
    DEPTH = 11,
    TOO_DEEP = MBEDTLS_X509_BADCERT_OTHER, /* only ours */
    MAX_CHAIN = 20, /* certificates that a peer may send */
    SAN_DNS = 0x82, /* tag of a dNSName */
};

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

void tls_peer_why(struct tls_session *t, const mbedtls_x509_crt *leaf, uint32_t flags)
{
    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        reason(t, "certificate has expired%s", "");
    else if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        reason(t, "certificate is not yet valid%s", "");
    else if (flags & (MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_KEY_USAGE))
        reason(t, "certificate is not for this purpose%s", "");
    else if (flags & (MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY))
        reason(t, "certificate uses too weak an algorithm or key%s", "");
    else if (flags == TOO_DEEP)
        reason(t, "certificate chain is too long%s", "");
    else if (same_bytes(&leaf->subject_raw, &leaf->issuer_raw))
        reason(t, "self-signed certificate%s", "");
    else
        reason(t, "untrusted issuer %s", t->issuer[0] ? t->issuer : "(unnamed)");
}

static int note_depth(void *arg, mbedtls_x509_crt *c, int depth, uint32_t *flags)
{
    int *deepest = arg;

    if (depth > *deepest)
        *deepest = depth;
    return 0;
}

static bool has_purpose(const struct tls_config *c, const mbedtls_x509_crt *leaf)
{
    size_t n = MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH);

    if (c->server && mbedtls_x509_crt_check_extended_key_usage(leaf, MBEDTLS_OID_CLIENT_AUTH, n) == 0)
        return true;
    return (!c->server || c->any_purpose) &&
           mbedtls_x509_crt_check_extended_key_usage(leaf, MBEDTLS_OID_SERVER_AUTH, n) == 0;
}

/* Is there a way from the certificate to a configured authority, now, for this purpose? */
bool tls_peer_trusted(struct tls_session *t, mbedtls_x509_crt *leaf)
{
    int deepest = 0;
    uint32_t flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
    mbedtls_x509_crt *c = leaf;
    struct anchors a = { .n = 0 };

    mbedtls_x509_crt_init(&a.list);
    for (int i = 0; c && i < MAX_CHAIN; i++, c = c->next)
        tls_ca_find(t->config->ca, (struct str){ (const char *)c->issuer_raw.p, c->issuer_raw.len }, add_anchor, &a);
    if (a.n &&
        mbedtls_x509_crt_verify_with_profile(leaf, &a.list, NULL, &mbedtls_x509_crt_profile_default, NULL, &flags,
                                             note_depth, &deepest) != 0 &&
        flags == 0)
        flags = MBEDTLS_X509_BADCERT_OTHER;
    if (a.n && !has_purpose(t->config, leaf))
        flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    if (!flags && deepest >= (t->config->depth ? t->config->depth : DEPTH))
        flags = TOO_DEEP;
    mbedtls_x509_crt_free(&a.list);
    if (flags)
        tls_peer_why(t, leaf, flags);
    return flags == 0;
}

/* The wanted name that is in the certificate, or NULL; its common name counts only when it has no DNS names (RFC 6125
 * 6.4.4). */
static const char *wanted_name(const mbedtls_x509_crt *leaf, const char *const *names, bool many)
{
    const mbedtls_x509_sequence *san = &leaf->subject_alt_names;
    bool any = false;
    char cn[TLS_NAME];

    for (; san && san->buf.p; san = san->next) {
        if (san->buf.tag != SAN_DNS)
            continue;
        any = true;
        for (const char *const *n = names; *n; n++)
            if (tls_names_match((struct str){ (const char *)san->buf.p, san->buf.len }, *n, many))
                return *n;
    }
    if (any || !name_part(&leaf->subject, ATTRIBUTE_CN, cn))
        return NULL;
    for (const char *const *n = names; *n; n++)
        if (tls_names_match(str_of(cn), *n, many))
            return *n;
    return NULL;
}

static uint8_t *copy(const void *p, size_t n)
{
    uint8_t *c = mem_new(n + 1);

    memcpy(c, p, n);
    return c;
}

/* What a certificate tells; whether it may be believed is chain_trusted's. */
void tls_peer_describe(struct tls_session *t, const mbedtls_x509_crt *leaf, const char *const *names)
{
    t->peer.cert_present = true;
    t->cert = copy(leaf->raw.p, t->cert_n = leaf->raw.len);
    t->key = copy(leaf->pk_raw.p, t->key_n = leaf->pk_raw.len);
    if (name_part(&leaf->subject, ATTRIBUTE_CN, t->subject))
        t->peer.subject_cn = t->subject;
    if (name_part(&leaf->issuer, ATTRIBUTE_CN, t->issuer) || name_part(&leaf->issuer, ATTRIBUTE_O, t->issuer))
        t->peer.issuer_cn = t->issuer;
    t->peer.matched_name = names ? wanted_name(leaf, names, t->config->wide_wildcards) : NULL;
    t->peer.name_matched = t->peer.matched_name != NULL;
}

void tls_peer_judge(struct tls_session *t, const char *const *names)
{
    if (!t->peer.cert_present)
        reason(t, "no certificate%s", "");
    else if (t->peer.chain_trusted && names && !t->peer.name_matched)
        reason(t, "certificate name mismatch: certificate is for %s", t->subject[0] ? t->subject : "another name");
}

struct str tls_peer_certificate(const struct stream *s)
{
    const struct tls_session *t = s->tls;

    return t && t->cert ? (struct str){ (const char *)t->cert, t->cert_n } : (struct str){ "", 0 };
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
