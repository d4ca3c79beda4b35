/* why.c - the reason that goes with a result
 *
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum result why_set(struct why *why, const char *dsn, const char *fmt, ...)
{
    va_list ap;

    if (why) {
        snprintf(why->dsn, sizeof why->dsn, "%s", dsn);
        va_start(ap, fmt);
        vsnprintf(why->text, sizeof why->text, fmt, ap);
        va_end(ap);
        str_printable(why->text, true);
    }
    return dsn[0] == '5' ? PERM : dsn[0] == '2' ? OK : TEMP;
}

void why_class(struct why *why, char digit)
{
    if (why->dsn[0])
        why->dsn[0] = digit;
}

void why_prefix(struct why *why, const char *fmt, ...)
{
    char text[WHY_TEXT];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if ((size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "%s", why->text);
    memcpy(why->text, text, sizeof text);
}

/* One group of one to three digits. */
static size_t digits(const char *p)
{
    size_t n = 0;

    while (n < 3 && chr_is_digit((unsigned char)p[n]))
        n++;
    return chr_is_digit((unsigned char)p[n]) ? 0 : n;
}

size_t why_dsn_length(const char *text)
{
    size_t at, n;

    if ((text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.')
        return 0;
    n = digits(text + 2);
    at = 2 + n;
    if (!n || text[at] != '.')
        return 0;
    n = digits(text + at + 1);
    at += 1 + n;
    if (!n || (text[at] && !chr_is_space((unsigned char)text[at])))
        return 0;
    return at;
}
