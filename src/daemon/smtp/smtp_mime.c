/* smtp_mime.c - MIME structure, for servers that take 7 bits only
 *
 * RFC 2046 section 5.1 (multipart), RFC 6152 section 3 (a server
 * without 8BITMIME must not get 8-bit data). Deeper nesting than we follow is passed on as it is.
 * Input: hostile.  Runs in: smtp, lmtp.  Parameters: none.  Tests: tests/unit/smtp_content_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/str.h"
#include "daemon/smtp/smtp_int.h"

static void reset_entity(struct smtp_mime *m)
{
    m->multipart = m->message = m->convert = false;
    m->encoding = '7';
}

void smtp_mime_begin(struct smtp_mime *m)
{
    memset(m, 0, sizeof *m);
    reset_entity(m);
}

/* The value of boundary=..., quoted or not, in a content type. */
static bool find_boundary(struct str value, char *out, size_t size)
{
    for (size_t at = 0; at < value.n; at++) {
        struct str rest = { value.p + at, value.n - at };
        size_t n = 0;
        bool quoted;

        if (value.p[at] == '"') { /* not inside of another parameter's text */
            for (at++; at < value.n && value.p[at] != '"'; at++)
                at += value.p[at] == '\\';
            continue;
        }
        if (!str_begins_case(rest, "boundary=") || (at && !chr_is_space(value.p[at - 1]) && value.p[at - 1] != ';'))
            continue;
        rest = (struct str){ rest.p + 9, rest.n - 9 };
        quoted = rest.n && rest.p[0] == '"';
        for (size_t i = quoted; i < rest.n; i++) {
            char c = rest.p[i];

            if (quoted ? c == '"' : c == ';' || chr_is_space(c))
                break;
            if (quoted && c == '\\' && i + 1 < rest.n)
                c = rest.p[++i];
            if (n + 1 >= size)
                return false;
            out[n++] = c;
        }
        out[n] = 0;
        return n > 0;
    }
    return false;
}

static void set_type(struct smtp_mime *m, struct str value)
{
    value = str_trim(value);
    m->message = str_begins_case(value, "message/rfc822") || str_begins_case(value, "message/global");
    m->multipart = str_begins_case(value, "multipart/") && m->depth < ARRAY_LEN(m->boundary) &&
                   find_boundary(value, m->boundary[m->depth], sizeof m->boundary[0]);
}

void smtp_mime_header(struct smtp_mime *m, struct str name, struct str value)
{
    static const struct { const char *word; char encoding; } words[] = {
        { "7bit", '7' }, { "8bit", '8' }, { "binary", 'b' }, { "quoted-printable", 'q' }, { "base64", '6' },
    };

    value = str_trim(value);
    if (str_eq_case(name, "Content-Type"))
        set_type(m, value);
    else if (str_eq_case(name, "Content-Transfer-Encoding"))
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
            if (str_begins_case(value, words[i].word))
                m->encoding = words[i].encoding;
}

bool smtp_mime_body(struct smtp_mime *m)
{
    bool wide = m->encoding == '8' || m->encoding == 'b';

    m->convert = wide && !m->multipart && !m->message;
    if (m->multipart)
        m->depth++;
    if (!m->message)
        return false;
    reset_entity(m);
    m->place = MIME_NESTED;
    return true;
}

bool smtp_mime_boundary(struct smtp_mime *m, struct str line, bool *part)
{
    if (line.n < 3 || line.p[0] != '-' || line.p[1] != '-')
        return false;
    line = (struct str){ line.p + 2, line.n - 2 };
    for (size_t level = m->depth; level-- > 0;) {
        const char *b = m->boundary[level];
        size_t n = strlen(b);
        struct str rest = { line.p + n, line.n - n };

        if (line.n < n || memcmp(line.p, b, n))
            continue;
        *part = !(rest.n >= 2 && rest.p[0] == '-' && rest.p[1] == '-');
        if (*part && str_trim(rest).n)
            continue;
        m->depth = *part ? level + 1 : level;
        m->place = MIME_PART;
        reset_entity(m);
        return true;
    }
    return false;
}
