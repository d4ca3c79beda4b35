/* mbedtls_small.c - parts of mbedTLS in a form that costs less flash; src/host/deps.sh puts them into its library
 *
 * SHA-1 and MD5, which nothing here uses for much, are unrolled there: 9 kB. Random
 * bytes come from the kernel and not from a generator of its own, which a jail
 * without /dev/urandom could not feed.
 * FIPS 180-4 section 6.1; RFC 1321 section 3.4.
 */
/* SPDX-License-Identifier: ISC */
#include "common.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "mbedtls/md5.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha1.h"
#include "psa/crypto.h"

#if defined(MBEDTLS_SHA1_PROCESS_ALT) || defined(MBEDTLS_MD5_PROCESS_ALT)
static uint32_t rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}
#endif

#if defined(MBEDTLS_SHA1_PROCESS_ALT)
int mbedtls_internal_sha1_process(mbedtls_sha1_context *ctx, const unsigned char data[64])
{
    static const uint32_t add[] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
    uint32_t w[16], s[5];

    memcpy(s, ctx->state, sizeof s);
    for (unsigned i = 0; i < 16; i++)
        w[i] = MBEDTLS_GET_UINT32_BE(data, 4 * i);
    for (unsigned i = 0; i < 80; i++) {
        uint32_t f = s[1] ^ s[2] ^ s[3], now;

        if (i < 20)
            f = (s[1] & s[2]) | (~s[1] & s[3]);
        else if (i >= 40 && i < 60)
            f = (s[1] & s[2]) | ((s[1] | s[2]) & s[3]);
        if (i >= 16)
            w[i % 16] = rotate(w[(i + 13) % 16] ^ w[(i + 8) % 16] ^ w[(i + 2) % 16] ^ w[i % 16], 1);
        now = rotate(s[0], 5) + f + s[4] + add[i / 20] + w[i % 16];
        s[4] = s[3];
        s[3] = s[2];
        s[2] = rotate(s[1], 30);
        s[1] = s[0];
        s[0] = now;
    }
    for (unsigned i = 0; i < 5; i++)
        ctx->state[i] += s[i];
    mbedtls_platform_zeroize(w, sizeof w);
    mbedtls_platform_zeroize(s, sizeof s);
    return 0;
}
#endif

#if defined(MBEDTLS_MD5_PROCESS_ALT)
int mbedtls_internal_md5_process(mbedtls_md5_context *ctx, const unsigned char data[64])
{
    static const uint32_t add[] = { /* 2^32 times |sin(i + 1)| */
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    };
    static const uint8_t turn[] = { 7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21 };
    static const uint8_t step[] = { 1, 5, 3, 7 }, from[] = { 0, 1, 5, 0 }; /* which word: step * i + from */
    uint32_t s[4];

    memcpy(s, ctx->state, sizeof s);
    for (unsigned i = 0; i < 64; i++) {
        unsigned round = i / 16, word = (step[round] * i + from[round]) % 16;
        uint32_t f;

        if (round == 0)
            f = (s[1] & s[2]) | (~s[1] & s[3]);
        else if (round == 1)
            f = (s[1] & s[3]) | (s[2] & ~s[3]);
        else if (round == 2)
            f = s[1] ^ s[2] ^ s[3];
        else
            f = s[2] ^ (s[1] | ~s[3]);
        f = s[1] + rotate(s[0] + f + add[i] + MBEDTLS_GET_UINT32_LE(data, 4 * word), turn[4 * round + i % 4]);
        s[0] = s[3];
        s[3] = s[2];
        s[2] = s[1];
        s[1] = f;
    }
    for (unsigned i = 0; i < 4; i++)
        ctx->state[i] += s[i];
    mbedtls_platform_zeroize(s, sizeof s);
    return 0;
}
#endif

#if defined(MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG)
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output, size_t output_size,
                                             size_t *output_length)
{
    (void)context;
    *output_length = 0;
    while (*output_length < output_size) {
        ssize_t n = getrandom(output + *output_length, output_size - *output_length, 0);

        if (n < 0 && errno != EINTR)
            return PSA_ERROR_INSUFFICIENT_ENTROPY;
        *output_length += n > 0 ? (size_t)n : 0;
    }
    return PSA_SUCCESS;
}
#endif
