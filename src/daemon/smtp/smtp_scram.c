/* smtp_scram.c - SASL mechanisms that need digests: CRAM-MD5, SCRAM
 *
 * RFC 2195 (CRAM-MD5), 5802 and 7677 (SCRAM-SHA-1, SCRAM-SHA-256), without channel binding.
 * Input: hostile (challenges).  Runs in: smtp, lmtp.  Feature: SMTP_SASL and TLS (for net/crypto.h).
 * Tests: tests/unit/smtp_sasl_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtp/smtp_sasl_int.h"

enum { MIN_ROUNDS = 1, MAX_ROUNDS = 1000000, MESSAGE_MAX = 2048 };

/* --- CRAM-MD5 --- */

enum result smtp_cram_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason)
{
    uint8_t mac[CRYPTO_MAX_HASH];

    buf_reset(out);
    if (s->step++) {
        *reason = "unexpected challenge";
        return PERM;
    }
    if (crypto_hmac(CRYPTO_MD5, str_of(s->password), challenge, mac) != OK) {
        *reason = "this build has no MD5";
        return PERM;
    }
    buf_printf(out, "%s ", s->user);
    for (size_t i = 0; i < crypto_hash_size(CRYPTO_MD5); i++)
        buf_printf(out, "%02x", mac[i]);
    return OK;
}

/* --- SCRAM --- */

/* "=" and "," in a name (RFC 5802 section 5.1). */
static void add_name(struct buf *out, const char *name)
{
    for (; *name; name++) {
        if (*name == '=')
            buf_puts(out, "=3D");
        else if (*name == ',')
            buf_puts(out, "=2C");
        else
            buf_putc(out, *name);
    }
}

enum result smtp_scram_first(struct smtp_sasl *s, struct buf *out)
{
    uint8_t raw[18];
    struct buf text;

    if (!s->nonce[0]) {
        crypto_random(raw, sizeof raw);
        buf_init(&text, sizeof s->nonce - 1);
        (void)base64_encode(&text, (struct str){ (const char *)raw, sizeof raw });
        snprintf(s->nonce, sizeof s->nonce, "%s", text.p);
        buf_done(&text);
    }
    buf_reset(&s->first);
    buf_puts(&s->first, "n=");
    add_name(&s->first, s->user);
    buf_printf(&s->first, ",r=%s", s->nonce);
    buf_reset(out);
    buf_puts(out, "n,,");
    buf_str(out, buf_view(&s->first));
    s->step = 1;
    return s->first.over || out->over ? PERM : OK;
}

/* The value of "k=value" that must come next in a comma-separated message. */
static bool take(struct str *rest, char key, struct str *value)
{
    size_t n = str_find(*rest, ',');

    if (rest->n < 2 || rest->p[0] != key || rest->p[1] != '=')
        return false;
    *value = (struct str){ rest->p + 2, n - 2 };
    *rest = (struct str){ rest->p + n, rest->n - n };
    if (rest->n)
        *rest = (struct str){ rest->p + 1, rest->n - 1 };
    return true;
}

struct scram_challenge { struct str nonce, salt; int64_t rounds; };

static bool parse_challenge(const struct smtp_sasl *s, struct str text, struct scram_challenge *c)
{
    struct str rounds;
    size_t own = strlen(s->nonce);

    return take(&text, 'r', &c->nonce) && take(&text, 's', &c->salt) && take(&text, 'i', &rounds) &&
           num_parse(rounds, MIN_ROUNDS, MAX_ROUNDS, &c->rounds) == OK && c->nonce.n > own &&
           memcmp(c->nonce.p, s->nonce, own) == 0;
}

static struct str bytes(const uint8_t *p, size_t n)
{
    return (struct str){ (const char *)p, n };
}

/* Proof of the client and expected signature of the server (RFC 5802 section 3). */
static enum result scram_keys(struct smtp_sasl *s, const struct scram_challenge *c, struct str auth, uint8_t *proof)
{
    enum crypto_hash h = s->mech->hash;
    size_t n = crypto_hash_size(h);
    uint8_t salted[CRYPTO_MAX_HASH], client[CRYPTO_MAX_HASH], stored[CRYPTO_MAX_HASH], server[CRYPTO_MAX_HASH];
    struct buf salt;
    enum result r;

    buf_init(&salt, 1024);
    r = base64_decode(&salt, c->salt);
    if (r == OK)
        r = crypto_pbkdf2(h, str_of(s->password), buf_view(&salt), (unsigned)c->rounds, salted);
    buf_done(&salt);
    if (r != OK || crypto_hmac(h, bytes(salted, n), STR("Client Key"), client) != OK ||
        crypto_hash(h, bytes(client, n), stored) != OK || crypto_hmac(h, bytes(stored, n), auth, proof) != OK ||
        crypto_hmac(h, bytes(salted, n), STR("Server Key"), server) != OK ||
        crypto_hmac(h, bytes(server, n), auth, s->server_signature) != OK)
        return PERM;
    for (size_t i = 0; i < n; i++)
        proof[i] ^= client[i];
    mem_wipe(salted, sizeof salted);
    mem_wipe(client, sizeof client);
    mem_wipe(stored, sizeof stored);
    return OK;
}

static enum result scram_prove(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason)
{
    struct scram_challenge c;
    uint8_t proof[CRYPTO_MAX_HASH];
    struct buf auth;
    enum result r;

    *reason = "malformed challenge";
    if (!parse_challenge(s, challenge, &c))
        return PERM;
    buf_reset(out);
    buf_puts(out, "c=biws,r="); /* "n,,": no channel binding */
    buf_str(out, c.nonce);
    buf_init(&auth, 3 * MESSAGE_MAX);
    buf_str(&auth, buf_view(&s->first));
    buf_putc(&auth, ',');
    buf_str(&auth, challenge);
    buf_putc(&auth, ',');
    buf_str(&auth, buf_view(out));
    r = auth.over ? PERM : scram_keys(s, &c, buf_view(&auth), proof);
    buf_done(&auth);
    if (r != OK)
        return PERM;
    buf_puts(out, ",p=");
    return base64_encode(out, bytes(proof, crypto_hash_size(s->mech->hash))) ? OK : PERM;
}

/* Does the server know our secret as well? */
static enum result scram_check(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason)
{
    struct str value;
    struct buf sig;
    size_t n = crypto_hash_size(s->mech->hash);
    bool good;

    *reason = "server signature is wrong";
    if (!take(&challenge, 'v', &value))
        return PERM;
    buf_init(&sig, CRYPTO_MAX_HASH);
    good = base64_decode(&sig, value) == OK && sig.n == n && crypto_same(sig.p, s->server_signature, n);
    buf_done(&sig);
    buf_reset(out);
    return good ? OK : PERM;
}

enum result smtp_scram_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason)
{
    enum result r;

    if (s->step == 0)
        return smtp_scram_first(s, out);
    if (s->step == 1)
        r = scram_prove(s, challenge, out, reason);
    else
        r = s->step == 2 ? scram_check(s, challenge, out, reason) : PERM;
    if (r == OK)
        s->step++;
    return r;
}
