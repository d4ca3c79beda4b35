/* base64.c - base64 (RFC 4648 section 4)
 *
 * Decoding accepts exactly what encoding can produce: anything else would give
 * two spellings of one credential.
 * Runs in: every process that speaks SASL.  Parameters: none.  Tests: tests/unit/crypto_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/crypto.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_encode(struct buf *out, struct str in)
{
    const uint8_t *p = (const uint8_t *)in.p;

    if (!buf_reserve(out, (in.n + 2) / 3 * 4))
        return false;
    for (size_t i = 0; i < in.n; i += 3) {
        size_t left = in.n - i;
        uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);

        buf_putc(out, digits[v >> 18]);
        buf_putc(out, digits[v >> 12 & 63]);
        buf_putc(out, left > 1 ? digits[v >> 6 & 63] : '=');
        buf_putc(out, left > 2 ? digits[v & 63] : '=');
    }
    return true;
}

/* Value of a digit; -1 for anything else. */
static int value(int c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four digits, of which the last pad are '='. */
static bool decode_group(struct buf *out, const char *p, int pad)
{
    uint32_t v = 0;

    for (int i = 0; i < 4 - pad; i++) {
        int d = value(p[i]);

        if (d < 0)
            return false;
        v |= (uint32_t)d << (18 - 6 * i);
    }
    if (v & ((1u << 8 * pad) - 1))
        return false; /* bits that no encoder sets */
    for (int i = 0; i < 3 - pad; i++)
        if (!buf_putc(out, (int)(v >> (16 - 8 * i) & 255)))
            return false;
    return true;
}

enum result base64_decode(struct buf *out, struct str in)
{
    size_t start = out->n;
    int pad;

    if (in.n % 4)
        return PERM;
    for (size_t i = 0; i < in.n; i += 4) {
        pad = i + 4 < in.n || in.p[i + 3] != '=' ? 0 : in.p[i + 2] == '=' ? 2 : 1;
        if (!decode_group(out, in.p + i, pad)) {
            buf_cut(out, start);
            return PERM;
        }
    }
    return OK;
}
