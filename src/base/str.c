/* str.c - borrowed text: compare, cut, split
 *
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/str.h"

#include <string.h>

struct str str_of(const char *text)
{
    return (struct str){ text, strlen(text) };
}

bool str_same(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_same_case(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (chr_lower((unsigned char)a.p[i]) != chr_lower((unsigned char)b.p[i]))
            return false;
    return true;
}

bool str_eq(struct str a, const char *b)
{
    return str_same(a, str_of(b));
}

bool str_eq_case(struct str a, const char *b)
{
    return str_same_case(a, str_of(b));
}

bool str_begins_case(struct str a, const char *prefix)
{
    size_t n = strlen(prefix);

    return a.n >= n && str_same_case((struct str){ a.p, n }, (struct str){ prefix, n });
}

int str_cmp_case(const char *a, const char *b)
{
    for (;; a++, b++) {
        int d = chr_lower((unsigned char)*a) - chr_lower((unsigned char)*b);

        if (d || !*a)
            return d;
    }
}

struct str str_trim(struct str s)
{
    while (s.n && chr_is_space((unsigned char)s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && chr_is_space((unsigned char)s.p[s.n - 1]))
        s.n--;
    return s;
}

size_t str_find(struct str s, int c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

    return at ? (size_t)(at - s.p) : s.n;
}

size_t str_rfind(struct str s, int c)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == (char)c)
            return i - 1;
    return s.n;
}

static bool is_sep(int c, const char *seps)
{
    return c && strchr(seps, c);
}

static void skip_seps(struct str *rest, const char *seps)
{
    while (rest->n && is_sep(rest->p[0], seps)) {
        rest->p++;
        rest->n--;
    }
}

static void take(struct str *rest, size_t n, struct str *word)
{
    *word = (struct str){ rest->p, n };
    rest->p += n;
    rest->n -= n;
}

enum result str_word(struct str *rest, const char *seps, struct str *word)
{
    size_t n = 0;

    skip_seps(rest, seps);
    if (!rest->n)
        return NONE;
    while (n < rest->n && !is_sep(rest->p[n], seps))
        n++;
    take(rest, n, word);
    return OK;
}

/* Length of the {...} at the start of s, or 0 when it does not close. */
static size_t braced_length(struct str s)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '{')
            depth++;
        else if (s.p[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

enum result str_word_braced(struct str *rest, const char *seps, struct str *word)
{
    size_t n = 0, depth = 0;

    skip_seps(rest, seps);
    if (!rest->n)
        return NONE;
    for (; n < rest->n && (depth || !is_sep(rest->p[n], seps)); n++) {
        if (rest->p[n] == '{')
            depth++;
        else if (rest->p[n] == '}' && depth)
            depth--;
    }
    take(rest, n, word);
    return depth ? PERM : OK;
}

enum result str_unbrace(struct str s, struct str *inside)
{
    size_t n;

    s = str_trim(s);
    *inside = s;
    if (!s.n || s.p[0] != '{')
        return NONE;
    n = braced_length(s);
    if (n != s.n)
        return PERM;
    *inside = str_trim((struct str){ s.p + 1, n - 2 });
    return OK;
}

void str_lower(char *text)
{
    for (; *text; text++)
        *text = (char)chr_lower((unsigned char)*text);
}

bool str_is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* Length of the well-formed sequence at p (RFC 3629 section 4), or 0. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;

    if (!len || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) ||
        (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

bool str_is_utf8(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t len = utf8_length((const unsigned char *)s.p + i, s.n - i);

        if (!len)
            return false;
        i += len;
    }
    return true;
}

void str_printable(char *text, bool utf8)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)text[i];
        size_t len = utf8 && c >= 0x80 ? utf8_length((const unsigned char *)text + i, n - i) : 0;

        if (len) {
            i += len;
            continue;
        }
        if (c < 0x20 || c >= 0x7F)
            text[i] = '?';
        i++;
    }
}
