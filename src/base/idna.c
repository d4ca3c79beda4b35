/* idna.c - domain names in their ASCII form
 *
 * Punycode (RFC 3492) after folding capitals of the Latin, Greek, Cyrillic and
 * Armenian scripts. There are no Unicode tables here: text is expected in
 * composed form, as keyboards produce it, and combining marks are refused
 * rather than encoded into a name nobody has.
 * Runs in: any process.  Parameters: none.  Tests: tests/unit/idna_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/idna.h"

#include "base/str.h"

enum { LABEL_MAX = 63, SHARP_S = 0xDF, SIGMA = 0x3C3, FINAL_SIGMA = 0x3C2, ZWNJ = 0x200C, ZWJ = 0x200D };

static bool compat_2003;

/* RFC 3492 section 5 */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 0x80 };

/* The next character of well-formed UTF-8. */
static uint32_t take_char(struct str *s)
{
    unsigned char c = (unsigned char)s->p[0];
    size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t code = len == 1 ? c : c & (0xFFu >> (len + 1));

    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)s->p[i] & 0x3F);
    *s = (struct str){ s->p + len, s->n - len };
    return code;
}

/* Blocks where a capital and its small letter are a fixed distance apart, or neighbours (distance 1: even, odd). */
static const struct {
    uint16_t first, last, distance;
} capitals[] = {
    { 'A', 'Z', 32 },     { 0xC0, 0xD6, 32 },   { 0xD8, 0xDE, 32 },   { 0x100, 0x12F, 1 },   { 0x132, 0x137, 1 },
    { 0x14A, 0x177, 1 },  { 0x386, 0x386, 38 }, { 0x388, 0x38A, 37 }, { 0x38C, 0x38C, 64 },  { 0x38E, 0x38F, 63 },
    { 0x391, 0x3A1, 32 }, { 0x3A3, 0x3AB, 32 }, { 0x400, 0x40F, 80 }, { 0x410, 0x42F, 32 },  { 0x460, 0x481, 1 },
    { 0x48A, 0x4BF, 1 },  { 0x4D0, 0x52F, 1 },  { 0x531, 0x556, 48 }, { 0x1E00, 0x1E95, 1 }, { 0x1EA0, 0x1EFF, 1 },
};

static uint32_t fold(uint32_t c)
{
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x4C1 && c <= 0x4CE))
        return c & 1 ? c + 1 : c; /* here the capitals are odd */
    if (c == 0x178)
        return 0xFF;
    for (size_t i = 0; i < ARRAY_LEN(capitals); i++)
        if (c >= capitals[i].first && c <= capitals[i].last)
            return capitals[i].distance > 1 ? c + capitals[i].distance : c | 1;
    return c;
}

static bool is_dot(uint32_t c)
{
    return c == '.' || c == 0x3002 || c == 0xFF0E || c == 0xFF61;
}

/* Without tables for normalisation and bidirectional text these could end up as another name. */
static bool is_refused(uint32_t c)
{
    return c <= ' ' || c == 0x7F || (c >= 0x80 && c < 0xA1) || (c >= 0x300 && c <= 0x36F) ||
           (c >= 0x200B && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFF00 && c <= 0xFFEF) || c >= 0xE0000;
}

static int adapt(uint32_t delta, uint32_t points, bool first)
{
    int k = 0;

    delta = first ? delta / DAMP : delta / 2;
    for (delta += delta / points; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (int)((BASE - T_MIN + 1) * delta / (delta + SKEW));
}

static void put_digit(struct buf *out, uint32_t d)
{
    buf_putc(out, (int)(d < 26 ? 'a' + d : '0' + d - 26));
}

static void put_delta(struct buf *out, uint32_t delta, int bias)
{
    for (int k = BASE;; k += BASE) {
        uint32_t t = k <= bias + T_MIN ? T_MIN : k >= bias + T_MAX ? T_MAX : (uint32_t)(k - bias);

        if (delta < t)
            break;
        put_digit(out, t + (delta - t) % (BASE - t));
        delta = (delta - t) / (BASE - t);
    }
    put_digit(out, delta);
}

/* RFC 3492 section 6.3; at most LABEL_MAX characters, so nothing overflows 32 bits. */
static void punycode(const uint32_t *c, size_t n, struct buf *out)
{
    uint32_t at = INITIAL_N, delta = 0, handled = 0, basic;
    int bias = INITIAL_BIAS;

    for (size_t i = 0; i < n; i++)
        if (c[i] < 0x80) {
            buf_putc(out, (int)c[i]);
            handled++;
        }
    basic = handled;
    if (basic)
        buf_putc(out, '-');
    while (handled < n) {
        uint32_t next = UINT32_MAX;

        for (size_t i = 0; i < n; i++)
            if (c[i] >= at && c[i] < next)
                next = c[i];
        delta += (next - at) * (handled + 1);
        at = next;
        for (size_t i = 0; i < n; i++) {
            if (c[i] < at)
                delta++;
            if (c[i] != at)
                continue;
            put_delta(out, delta, bias);
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled++;
        }
        delta++;
        at++;
    }
}

static enum result add_label(const uint32_t *c, size_t n, bool ascii, struct buf *out)
{
    size_t from = out->n;

    if (!ascii) {
        buf_puts(out, "xn--");
        punycode(c, n, out);
    } else {
        for (size_t i = 0; i < n; i++)
            buf_putc(out, (int)c[i]);
    }
    return out->over || (!ascii && out->n - from > LABEL_MAX) ? PERM : OK;
}

void idna_compat_2003(bool on)
{
    compat_2003 = on;
}

/* The characters in which the two standards deviate. False: this one is left out. */
static bool deviate(uint32_t *c, uint32_t *label, size_t *n)
{
    if (*c == SHARP_S && *n < LABEL_MAX) {
        label[(*n)++] = 's';
        *c = 's';
    }
    if (*c == FINAL_SIGMA)
        *c = SIGMA;
    return *c != ZWNJ && *c != ZWJ;
}

enum result idna_to_ascii(struct str domain, struct buf *out)
{
    uint32_t label[LABEL_MAX];
    size_t n = 0;
    bool ascii = true;

    if (str_is_ascii(domain))
        return buf_str(out, domain) ? OK : PERM;
    if (!str_is_utf8(domain))
        return PERM;
    while (domain.n) {
        uint32_t c = fold(take_char(&domain));

        if (is_dot(c)) {
            if (add_label(label, n, ascii, out) != OK || !buf_putc(out, '.'))
                return PERM;
            n = 0;
            ascii = true;
            continue;
        }
        if (compat_2003 && !deviate(&c, label, &n))
            continue;
        if (n == LABEL_MAX || is_refused(c))
            return PERM;
        label[n++] = c;
        ascii &= c < 0x80;
    }
    return add_label(label, n, ascii, out);
}
