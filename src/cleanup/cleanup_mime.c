/* cleanup_mime.c - where in the MIME structure a body line stands (RFC 2045, 2046)
 *
 * Keeps a stack of boundaries. Bounded: mime_nesting_limit levels of
 * mime_boundary_length_limit bytes; what is nested deeper is taken as text.
 * Parameters: mime_nesting_limit, mime_boundary_length_limit.
 * Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "cleanup/cleanup_mime.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "param/param.h"

enum mime_type { TYPE_TEXT, TYPE_MULTIPART, TYPE_DIGEST, TYPE_MESSAGE };

struct mime_level {
    char *boundary;
    bool digest;
};

struct cleanup_mime {
    struct mime_level *stack;
    size_t depth;
    enum mime_place place;
    enum mime_type type; /* from the headers at hand */
    char *boundary;
    enum mime_encoding { ENC_7BIT, ENC_8BIT, ENC_OTHER } encoding, part_encoding; /* headers at hand; text at hand */
    bool too_deep, bad_domain, converts;
};

struct cleanup_mime *cleanup_mime_new(void)
{
    return mem_new(sizeof(struct cleanup_mime));
}

static void pop_to(struct cleanup_mime *m, size_t depth)
{
    while (m->depth > depth)
        free(m->stack[--m->depth].boundary);
}

void cleanup_mime_free(struct cleanup_mime *m)
{
    if (!m)
        return;
    pop_to(m, 0);
    free(m->stack);
    free(m->boundary);
    free(m);
}

enum mime_place cleanup_mime_place(const struct cleanup_mime *m)
{
    return m->place;
}

bool cleanup_mime_too_deep(const struct cleanup_mime *m)
{
    return m->too_deep;
}

bool cleanup_mime_is_8bit(const struct cleanup_mime *m)
{
    return m->part_encoding == ENC_8BIT;
}

const char *cleanup_mime_instead(const struct cleanup_mime *m)
{
    return m->encoding != ENC_8BIT ? NULL : m->type == TYPE_TEXT ? "quoted-printable" : "7bit";
}

bool cleanup_mime_converts(const struct cleanup_mime *m)
{
    return m->converts;
}

bool cleanup_mime_bad_domain(const struct cleanup_mime *m)
{
    return m->bad_domain;
}

/* The value of boundary= in a Content-Type value, quoted or not, or NULL. */
static char *find_boundary(struct str value)
{
    for (size_t i = 0; i + 9 < value.n; i++) {
        struct str rest = { value.p + i, value.n - i };
        size_t n = 0;

        if (value.p[i] != ';')
            continue;
        do {
            rest.p++;
            rest.n--;
        } while (rest.n && chr_is_space((unsigned char)rest.p[0]));
        if (!str_begins_case(rest, "boundary="))
            continue;
        rest = (struct str){ rest.p + 9, rest.n - 9 };
        if (rest.n && rest.p[0] == '"')
            rest = (struct str){ rest.p + 1, str_find((struct str){ rest.p + 1, rest.n - 1 }, '"') };
        else
            while (n < rest.n && !chr_is_space((unsigned char)rest.p[n]) && rest.p[n] != ';')
                n++;
        if (n)
            rest.n = n;
        if (rest.n > (size_t)par_mime_boundary_length_limit())
            rest.n = (size_t)par_mime_boundary_length_limit();
        return rest.n ? mem_dup_n(rest.p, rest.n) : NULL;
    }
    return NULL;
}

void cleanup_mime_header(struct cleanup_mime *m, enum header_id id, struct str value)
{
    value = str_trim(value);
    if (id == HDR_CONTENT_TRANSFER_ENCODING)
        m->encoding = str_eq_case(value, "7bit") ? ENC_7BIT
                      : str_eq_case(value, "8bit") || str_eq_case(value, "binary") ? ENC_8BIT : ENC_OTHER;
    if (id != HDR_CONTENT_TYPE)
        return;
    free(m->boundary);
    m->boundary = NULL;
    m->type = TYPE_TEXT;
    if (str_begins_case(value, "multipart/")) {
        m->boundary = find_boundary(value);
        if (m->boundary)
            m->type = str_begins_case(value, "multipart/digest") ? TYPE_DIGEST : TYPE_MULTIPART;
    } else if (str_begins_case(value, "message/rfc822") || str_begins_case(value, "message/global")) {
        m->type = TYPE_MESSAGE;
    }
}

static void push(struct cleanup_mime *m)
{
    if (m->depth >= (size_t)par_mime_nesting_limit()) {
        m->too_deep = true;
        return;
    }
    if ((m->depth & (m->depth - 1)) == 0)
        m->stack = mem_resize(m->stack, (m->depth ? 2 * m->depth : 1) * sizeof(*m->stack));
    m->stack[m->depth++] = (struct mime_level){ m->boundary, m->type == TYPE_DIGEST };
    m->boundary = NULL;
}

void cleanup_mime_headers_end(struct cleanup_mime *m)
{
    m->place = MIME_BODY;
    if (m->type != TYPE_TEXT && m->encoding == ENC_OTHER)
        m->bad_domain = true;
    m->part_encoding = m->encoding;
    m->converts = m->encoding == ENC_8BIT && m->type == TYPE_TEXT;
    m->encoding = ENC_7BIT;
    if (m->type == TYPE_MULTIPART || m->type == TYPE_DIGEST)
        push(m);
    else if (m->type == TYPE_MESSAGE)
        m->place = MIME_NESTED_HEADER;
    m->type = TYPE_TEXT;
}

bool cleanup_mime_boundary(struct cleanup_mime *m, struct str line)
{
    if (line.n < 3 || line.p[0] != '-' || line.p[1] != '-')
        return false;
    for (size_t i = m->depth; i > 0; i--) {
        const struct mime_level *level = &m->stack[i - 1];
        size_t n = strlen(level->boundary);
        struct str rest;

        if (line.n - 2 < n || memcmp(line.p + 2, level->boundary, n) != 0)
            continue;
        rest = (struct str){ line.p + 2 + n, line.n - 2 - n };
        m->converts = false;
        if (rest.n >= 2 && rest.p[0] == '-' && rest.p[1] == '-') {
            pop_to(m, i - 1);
            m->place = MIME_BODY;
            m->part_encoding = ENC_8BIT; /* nobody reads an epilogue */
        } else {
            m->type = level->digest ? TYPE_MESSAGE : TYPE_TEXT;
            pop_to(m, i);
            m->place = MIME_HEADER;
            m->encoding = ENC_7BIT;
        }
        return true;
    }
    return false;
}
