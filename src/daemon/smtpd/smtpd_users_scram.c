/* smtpd_users_scram.c - SCRAM-SHA-256, the server's side
 *
 * No channel binding. Whether a user exists is not told: who does not, gets a salt that is always the same.
 * Runs in: smtpd, in the jail.  Input: hostile.  RFC 5802, 7677.  Feature: SASL_USERS.  Parameters: none.
 * Tests: tests/peers/test_auth_users.py
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_users_int.h"
#include "net/crypto.h"

enum { NONCE = 18 };

static struct str bytes(const uint8_t *p, size_t n)
{
    return (struct str){ (const char *)p, n };
}

static enum result malformed(struct buf *out)
{
    buf_puts(out, "malformed response");
    return PERM;
}

/* The value of "k=value" that must come next in a comma-separated message. */
static bool take(struct str *rest, char key, struct str *value)
{
    size_t n = str_find(*rest, ',');

    if (rest->n < 2 || rest->p[0] != key || rest->p[1] != '=')
        return false;
    *value = (struct str){ rest->p + 2, n - 2 };
    *rest = n < rest->n ? (struct str){ rest->p + n + 1, rest->n - n - 1 } : (struct str){ rest->p + n, 0 };
    return true;
}

/* "=2C" and "=3D" in a name (section 5.1). */
static bool plain_name(struct str in, struct buf *out)
{
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] != '=') {
            buf_putc(out, in.p[i]);
        } else if (in.n - i >= 3 && (memcmp(in.p + i, "=2C", 3) == 0 || memcmp(in.p + i, "=3D", 3) == 0)) {
            buf_putc(out, in.p[i + 2] == 'C' ? ',' : '=');
            i += 2;
        } else {
            return false;
        }
    }
    return !out->over;
}

/* "n,," or "y,,", or with "a=" and the same name as below; then "n=NAME,r=NONCE". */
static bool parse_first(struct users_login *l, struct str in, struct buf *name, struct buf *as, struct str *nonce)
{
    struct str authzid, value, rest;

    if (in.n < 3 || (in.p[0] != 'n' && in.p[0] != 'y') || in.p[1] != ',')
        return false; /* "p=": channel binding, which was not offered */
    rest = (struct str){ in.p + 2, in.n - 2 };
    if (rest.p[0] == ',')
        rest = (struct str){ rest.p + 1, rest.n - 1 };
    else if (!take(&rest, 'a', &authzid) || !plain_name(authzid, as))
        return false;
    buf_str(&l->header, (struct str){ in.p, in.n - rest.n });
    buf_str(&l->bare, rest);
    return take(&rest, 'n', &value) && plain_name(value, name) && take(&rest, 'r', nonce) && nonce->n;
}

/* r=, s=, i= of the server-first-message. */
static void put_first(struct users_login *l, struct str nonce)
{
    uint8_t own[NONCE];

    crypto_random(own, sizeof own);
    buf_puts(&l->first, "r=");
    buf_str(&l->first, nonce);
    base64_encode(&l->first, bytes(own, sizeof own));
    buf_puts(&l->first, ",s=");
    base64_encode(&l->first, bytes(l->key.salt, l->key.salt_n));
    buf_printf(&l->first, ",i=%u", l->key.rounds);
}

static enum result first(struct users_login *l, struct str in, struct buf *out)
{
    struct buf name, as;
    struct str nonce;
    enum result r = PERM;

    buf_init(&name, USERS_NAME);
    buf_init(&as, USERS_NAME);
    if (!parse_first(l, in, &name, &as, &nonce))
        r = malformed(out);
    else if (smtpd_users_name(l, buf_view(&name)) != OK || (as.n && !str_same_case(buf_view(&as), buf_view(&name))))
        r = smtpd_users_verdict(l, false, out);
    else
        r = smtpd_users_find(l, out);
    buf_done(&name);
    buf_done(&as);
    if (r != OK)
        return r;
    put_first(l, nonce);
    buf_str(out, buf_view(&l->first));
    return l->first.over || out->over ? malformed(out) : AGAIN;
}

/* c=HEADER,r=NONCE[,extensions],p=PROOF: what the proof covers is in *without. */
static bool parse_final(const struct users_login *l, struct str in, struct str *without, uint8_t proof[PASSWORD_KEY])
{
    struct str rest = in, binding, nonce, sent, value;
    struct str said = buf_view(&l->first);
    size_t at = str_rfind(in, ',');
    struct buf text;
    bool good;

    if (at == in.n || !take(&rest, 'c', &binding) || !take(&rest, 'r', &nonce))
        return false;
    *without = (struct str){ in.p, at };
    rest = (struct str){ in.p + at + 1, in.n - at - 1 };
    buf_init(&text, USERS_MESSAGE);
    good = take(&said, 'r', &sent) && str_same(sent, nonce) && base64_decode(&text, binding) == OK &&
           str_same(buf_view(&text), buf_view(&l->header)) && take(&rest, 'p', &value);
    buf_reset(&text);
    good = good && base64_decode(&text, value) == OK && text.n == PASSWORD_KEY;
    if (good)
        memcpy(proof, text.p, PASSWORD_KEY);
    buf_done(&text);
    return good;
}

/* Section 3: does H(proof XOR HMAC(StoredKey, messages)) give StoredKey? And the server's own signature. */
static bool proved(const struct users_login *l, struct str without, uint8_t proof[PASSWORD_KEY],
                   uint8_t signature[PASSWORD_KEY])
{
    uint8_t mac[PASSWORD_KEY], key[PASSWORD_KEY];
    struct buf auth;
    bool good;

    buf_init(&auth, 3 * USERS_MESSAGE);
    buf_str(&auth, buf_view(&l->bare));
    buf_putc(&auth, ',');
    buf_str(&auth, buf_view(&l->first));
    buf_putc(&auth, ',');
    buf_str(&auth, without);
    good = !auth.over && crypto_hmac(CRYPTO_SHA256, bytes(l->key.stored, PASSWORD_KEY), buf_view(&auth), mac) == OK &&
           crypto_hmac(CRYPTO_SHA256, bytes(l->key.server, PASSWORD_KEY), buf_view(&auth), signature) == OK;
    for (size_t i = 0; good && i < PASSWORD_KEY; i++)
        proof[i] ^= mac[i];
    good = good && crypto_hash(CRYPTO_SHA256, bytes(proof, PASSWORD_KEY), key) == OK &&
           crypto_same(key, l->key.stored, PASSWORD_KEY) && l->real;
    buf_done(&auth);
    mem_wipe(mac, sizeof mac);
    mem_wipe(proof, PASSWORD_KEY);
    return good;
}

static enum result final(struct users_login *l, struct str in, struct buf *out)
{
    uint8_t proof[PASSWORD_KEY], signature[PASSWORD_KEY];
    struct str without;
    enum result r;

    if (!parse_final(l, in, &without, proof))
        return malformed(out);
    r = smtpd_users_verdict(l, proved(l, without, proof, signature), out);
    if (r != OK)
        return r;
    buf_puts(out, "v=");
    base64_encode(out, bytes(signature, PASSWORD_KEY));
    return AGAIN;
}

enum result smtpd_users_scram(struct users_login *l, struct str in, struct buf *out)
{
    switch (l->step++) {
    case 0: return AGAIN; /* nothing to say before the client's first message */
    case 1: return first(l, in, out);
    case 2: return final(l, in, out);
    default: return in.n ? malformed(out) : OK; /* the client has accepted our signature */
    }
}
