/* crypto.c - digests and what is built from them, through the PSA API of mbedTLS
 *
 * PSA and not mbedtls_md_*(): the latter is private from mbedTLS 4 on.
 * Runs in: processes that speak SASL or check fingerprints.  Parameters: none.  Feature: TLS.
 * Tests: tests/unit/crypto_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/crypto.h"

#include <string.h>

#include <psa/crypto.h>

#include "base/mem.h"

static const struct {
    psa_algorithm_t alg;
    size_t size;
} hashes[] = {
    [CRYPTO_MD5] = { PSA_ALG_MD5, 16 },       [CRYPTO_SHA1] = { PSA_ALG_SHA_1, 20 },
    [CRYPTO_SHA256] = { PSA_ALG_SHA_256, 32 }, [CRYPTO_SHA384] = { PSA_ALG_SHA_384, 48 },
    [CRYPTO_SHA512] = { PSA_ALG_SHA_512, 64 },
};

bool crypto_ready(void)
{
    static bool done;

    if (!done)
        done = psa_crypto_init() == PSA_SUCCESS;
    return done;
}

size_t crypto_hash_size(enum crypto_hash h)
{
    return hashes[h].size;
}

enum result crypto_hash(enum crypto_hash h, struct str in, uint8_t *out)
{
    size_t n;

    if (!crypto_ready() ||
        psa_hash_compute(hashes[h].alg, (const uint8_t *)in.p, in.n, out, hashes[h].size, &n) != PSA_SUCCESS)
        return TEMP;
    return OK;
}

static enum result key_open(enum crypto_hash h, struct str key, psa_key_id_t *id)
{
    psa_key_attributes_t attr = PSA_KEY_ATTRIBUTES_INIT;

    if (!crypto_ready())
        return TEMP;
    if (!key.n)
        key = (struct str){ "", 1 }; /* PSA refuses an empty key; RFC 2104 pads with zeros anyway */
    psa_set_key_usage_flags(&attr, PSA_KEY_USAGE_SIGN_MESSAGE);
    psa_set_key_algorithm(&attr, PSA_ALG_HMAC(hashes[h].alg));
    psa_set_key_type(&attr, PSA_KEY_TYPE_HMAC);
    return psa_import_key(&attr, (const uint8_t *)key.p, key.n, id) == PSA_SUCCESS ? OK : TEMP;
}

static enum result mac(enum crypto_hash h, psa_key_id_t id, const void *in, size_t in_n, uint8_t *out)
{
    size_t n;

    return psa_mac_compute(id, PSA_ALG_HMAC(hashes[h].alg), in, in_n, out, hashes[h].size, &n) == PSA_SUCCESS ? OK
                                                                                                              : TEMP;
}

enum result crypto_hmac(enum crypto_hash h, struct str key, struct str in, uint8_t *out)
{
    psa_key_id_t id;
    enum result r = key_open(h, key, &id);

    if (r == OK) {
        r = mac(h, id, in.p, in.n, out);
        psa_destroy_key(id);
    }
    return r;
}

static enum result derive(enum crypto_hash h, psa_key_id_t id, struct buf *first, unsigned rounds, uint8_t *out)
{
    uint8_t u[CRYPTO_MAX_HASH];
    size_t size = hashes[h].size;
    enum result r = mac(h, id, first->p, first->n, u);

    memcpy(out, u, size);
    for (unsigned i = 1; i < rounds && r == OK; i++) {
        r = mac(h, id, u, size, u);
        for (size_t k = 0; k < size; k++)
            out[k] ^= u[k];
    }
    mem_wipe(u, sizeof u);
    return r;
}

enum result crypto_pbkdf2(enum crypto_hash h, struct str password, struct str salt, unsigned rounds, uint8_t *out)
{
    struct buf first;
    psa_key_id_t id;
    enum result r = key_open(h, password, &id);

    if (r != OK)
        return r;
    buf_init(&first, salt.n + 4);
    buf_str(&first, salt);
    buf_add(&first, "\0\0\0\1", 4);
    r = derive(h, id, &first, rounds, out);
    buf_done(&first);
    psa_destroy_key(id);
    return r;
}
