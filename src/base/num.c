/* num.c - numbers as configuration files and protocols spell them
 *
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/num.h"

#include <string.h>

#include "base/str.h"

enum result num_parse(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-' && min < 0;
    size_t i = minus ? 1 : 0;
    uint64_t v = 0;

    if (i == s.n)
        return PERM;
    for (; i < s.n; i++) {
        if (!chr_is_digit((unsigned char)s.p[i]))
            return PERM;
        if (v > (uint64_t)INT64_MAX / 10 - 1)
            v = (uint64_t)INT64_MAX / 10 - 1; /* stays far out of any range */
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    *out = minus ? -(int64_t)v : (int64_t)v;
    return *out < min || *out > max ? CONF : OK;
}

enum result num_parse_time(struct str s, char unit, int64_t *seconds)
{
    static const char units[] = "smhdw";
    static const int64_t factor[] = { 1, 60, 3600, 86400, 7 * 86400 };
    const char *at;
    enum result r;

    if (s.n && !chr_is_digit((unsigned char)s.p[s.n - 1])) {
        unit = (char)chr_lower((unsigned char)s.p[s.n - 1]);
        s.n--;
    }
    at = unit ? strchr(units, unit) : NULL;
    if (!at)
        return PERM;
    r = num_parse(s, 0, INT64_MAX, seconds);
    if (r != OK)
        return r;
    if (*seconds > INT64_MAX / factor[at - units])
        return CONF;
    *seconds *= factor[at - units];
    return OK;
}

enum result num_parse_hex(struct str s, uint64_t *out)
{
    uint64_t v = 0;

    if (!s.n || s.n > 16)
        return PERM;
    for (size_t i = 0; i < s.n; i++) {
        int c = chr_lower((unsigned char)s.p[i]);

        if (chr_is_digit(c))
            v = v << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v << 4 | (uint64_t)(c - 'a' + 10);
        else
            return PERM;
    }
    *out = v;
    return OK;
}

/* Four bytes at a time: every byte of every message goes through here. */
uint32_t num_crc32(uint32_t crc, const void *p, size_t n)
{
    static uint32_t table[4][256];
    const unsigned char *at = p;

    if (!table[0][1])
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;

            for (int k = 0; k < 8; k++)
                c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
            table[0][i] = c;
        }
    if (!table[1][1])
        for (size_t i = 0; i < 3 * 256; i++)
            table[i / 256 + 1][i % 256] = table[i / 256][i % 256] >> 8 ^ table[0][table[i / 256][i % 256] & 255];
    crc = ~crc;
    for (; n >= 4; at += 4, n -= 4) {
        crc ^= at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^ table[0][crc >> 24];
    }
    while (n--)
        crc = crc >> 8 ^ table[0][(crc ^ *at++) & 255];
    return ~crc;
}

uint32_t num_hash(struct str s)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (uint32_t)chr_lower((unsigned char)s.p[i])) * 16777619u;
    return h;
}
