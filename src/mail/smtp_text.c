/* smtp_text.c - small grammars of SMTP: xtext, ESMTP parameters, replies, DSN options
 *
 * Runs in: every process that speaks SMTP.  Parameters: none.
 * Tests: tests/unit/smtp_text_test.c, tests/fuzz/fuzz_smtp_text.c
 */
/* SPDX-License-Identifier: ISC */
#include "mail/smtp_text.h"

#include "base/str.h"

bool xtext_encode(struct buf *out, struct str in, bool utf8)
{
    for (size_t i = 0; i < in.n; i++) {
        unsigned char c = (unsigned char)in.p[i];
        bool plain = (c > ' ' && c < 0x7F && c != '+' && c != '=') || (utf8 && c >= 0x80);

        if (!(plain ? buf_putc(out, c) : buf_printf(out, "+%02X", c)))
            return false;
    }
    return true;
}

static int hex_digit(int c)
{
    if (chr_is_digit(c))
        return c - '0';
    c = chr_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum result xtext_decode(struct buf *out, struct str in)
{
    for (size_t i = 0; i < in.n; i++) {
        int c = (unsigned char)in.p[i];

        if (c == '+') {
            int high = i + 2 < in.n ? hex_digit(in.p[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(in.p[i + 2]) : -1;

            if (low < 0)
                return PERM;
            c = high * 16 + low;
            i += 2;
        }
        if (c < ' ' || c == 0x7F || !buf_putc(out, c))
            return PERM;
    }
    return OK;
}

static const struct {
    const char *name;
    unsigned bit;
} notify_rows[] = {
    { "NEVER", DSN_NOTIFY_NEVER },
    { "SUCCESS", DSN_NOTIFY_SUCCESS },
    { "FAILURE", DSN_NOTIFY_FAILURE },
    { "DELAY", DSN_NOTIFY_DELAY },
};

enum result dsn_parse_notify(struct str text, unsigned *notify)
{
    struct str word;
    unsigned got = 0;

    while (str_word(&text, ",", &word) == OK) {
        size_t row = 0;

        while (row < ARRAY_LEN(notify_rows) && !str_eq_case(word, notify_rows[row].name))
            row++;
        if (row == ARRAY_LEN(notify_rows))
            return PERM;
        got |= notify_rows[row].bit;
    }
    if (!got)
        return PERM;
    if ((got & DSN_NOTIFY_NEVER) && got != DSN_NOTIFY_NEVER)
        return PERM; /* RFC 3461 section 4.1: NEVER stands alone */
    *notify = got;
    return OK;
}

const char *dsn_notify_text(unsigned notify)
{
    static const char *const text[] = {
        "", "SUCCESS", "FAILURE", "SUCCESS,FAILURE", "DELAY", "SUCCESS,DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY",
    };

    return notify & DSN_NOTIFY_NEVER ? "NEVER" : text[notify >> 1 & 7];
}

enum result dsn_parse_ret(struct str text, unsigned *ret)
{
    if (str_eq_case(text, "FULL"))
        *ret = DSN_RET_FULL;
    else if (str_eq_case(text, "HDRS"))
        *ret = DSN_RET_HDRS;
    else
        return PERM;
    return OK;
}

static bool name_ok(struct str name)
{
    if (!name.n || name.p[0] == '-')
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!chr_is_alnum((unsigned char)name.p[i]) && name.p[i] != '-')
            return false;
    return true;
}

/* RFC 5321 section 4.1.2 esmtp-value, with 8-bit bytes (RFC 6531) and, as others are lenient too, "=". An
 * empty one is for the parameter to judge. */
static bool value_ok(struct str value)
{
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] <= ' ' || value.p[i] == 0x7F)
            return false;
    return true;
}

enum result esmtp_param(struct str *rest, struct str *name, struct str *value)
{
    struct str word;
    size_t eq;

    *value = (struct str){ NULL, 0 };
    if (str_word(rest, " \t", &word) != OK)
        return NONE;
    eq = str_find(word, '=');
    *name = (struct str){ word.p, eq };
    if (!name_ok(*name))
        return PERM;
    if (eq < word.n) {
        *value = (struct str){ word.p + eq + 1, word.n - eq - 1 };
        if (!value_ok(*value))
            return PERM;
    }
    return OK;
}

/* Length of "x.y.z" (RFC 3463 section 2) at the start of text when a blank or the end follows, or 0. */
static size_t dsn_length(struct str text)
{
    size_t i = 1;

    if (text.n < 5 || (text.p[0] != '2' && text.p[0] != '4' && text.p[0] != '5'))
        return 0;
    for (int part = 0; part < 2; part++) {
        size_t digits = 0;

        if (i >= text.n || text.p[i++] != '.')
            return 0;
        for (; i < text.n && chr_is_digit(text.p[i]); i++)
            digits++;
        if (digits < 1 || digits > 3)
            return 0;
    }
    return i == text.n || text.p[i] == ' ' ? i : 0;
}

enum result smtp_reply_parse(struct str line, struct smtp_reply_line *out)
{
    *out = (struct smtp_reply_line){ 0 };
    if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5' || !chr_is_digit(line.p[1]) || !chr_is_digit(line.p[2]))
        return PERM;
    if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
        return PERM;
    out->code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + line.p[2] - '0';
    out->more = line.n > 3 && line.p[3] == '-';
    out->text = line.n > 3 ? (struct str){ line.p + 4, line.n - 4 } : (struct str){ line.p + 3, 0 };
    out->dsn = (struct str){ out->text.p, dsn_length(out->text) };
    if (out->dsn.n && out->dsn.p[0] != line.p[0])
        out->dsn.n = 0; /* RFC 2034 section 4: the classes must agree */
    return OK;
}
