/* crypto.h - digests, MACs, random bytes, base64 (PSA API of mbedTLS)
 *
 * Hashes need CONFIG_TLS; base64 and random bytes are always there.
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_CRYPTO_H
#define NET_CRYPTO_H

#include "base/base.h"
#include "base/buf.h"

enum crypto_hash { CRYPTO_MD5, CRYPTO_SHA1, CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512 };
enum { CRYPTO_MAX_HASH = 64 };

/* Starts the library, when it was not started yet. It needs random bytes only. */
bool crypto_ready(void);
size_t crypto_hash_size(enum crypto_hash h);
enum result crypto_hash(enum crypto_hash h, struct str in, uint8_t *out) MUST;
enum result crypto_hmac(enum crypto_hash h, struct str key, struct str in, uint8_t *out) MUST;
/* RFC 8018 section 5.2, one block of the hash's size. */
enum result crypto_pbkdf2(enum crypto_hash h, struct str password, struct str salt, unsigned rounds, uint8_t *out) MUST;
void crypto_random(void *p, size_t n); /* getrandom(2); ends the process when there is none */
bool crypto_same(const void *a, const void *b, size_t n); /* constant time */

bool base64_encode(struct buf *out, struct str in);
/* PERM for anything but canonical base64 (RFC 4648 section 4). */
enum result base64_decode(struct buf *out, struct str in) MUST;

#endif
