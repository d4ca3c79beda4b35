/* mime.c - where in the MIME structure a line stands (RFC 2045, 2046)
 *
 * Keeps a stack of boundaries, which is bounded; what is nested deeper is taken
 * as text. Reads what comes as Postfix does: a header counts when it comes, so
 * of two Content-Type headers each may bring a boundary.
 * Runs in: every process that looks into messages; the input is hostile.
 * Parameters: none.  Tests: tests/unit/cleanup_test.c, tests/unit/smtp_content_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "mail/mime.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

enum mime_type { TYPE_TEXT, TYPE_MULTIPART, TYPE_DIGEST, TYPE_MESSAGE, TYPE_GLOBAL, TYPE_PIECE };
enum mime_encoding { ENC_7BIT, ENC_8BIT, ENC_BINARY, ENC_BASE64, ENC_QUOTED, ENC_OTHER };

static const char *const encodings[] = { "7bit", "8bit", "binary", "base64", "quoted-printable" };
static const struct { const char *name; enum mime_type type; } messages[] = {
    { "rfc822", TYPE_MESSAGE }, { "global", TYPE_GLOBAL }, { "partial", TYPE_PIECE }, { "external-body", TYPE_PIECE },
};

#define TSPECIALS "()<>@,;:\\\"/[]?="

struct mime_level {
    char *boundary;
    bool digest;
};

struct mime {
    struct mime_level *stack;
    size_t depth, nesting_limit, boundary_limit;
    enum mime_place place;
    enum mime_type type; /* from the headers at hand */
    enum mime_encoding encoding, part_encoding; /* headers at hand; text at hand */
    const char *wrong;
    bool too_deep, converts;
};

struct mime *mime_new(size_t nesting_limit, size_t boundary_limit)
{
    struct mime *m = mem_new(sizeof(*m));

    m->nesting_limit = nesting_limit;
    m->boundary_limit = boundary_limit;
    return m;
}

static void pop_to(struct mime *m, size_t depth)
{
    while (m->depth > depth)
        free(m->stack[--m->depth].boundary);
}

void mime_free(struct mime *m)
{
    if (!m)
        return;
    pop_to(m, 0);
    free(m->stack);
    free(m);
}

enum mime_place mime_place(const struct mime *m)
{
    return m->place;
}

bool mime_too_deep(const struct mime *m)
{
    return m->too_deep;
}

bool mime_is_7bit(const struct mime *m)
{
    return m->part_encoding == ENC_7BIT || m->part_encoding == ENC_OTHER;
}

const char *mime_wrong_encoding(const struct mime *m)
{
    return m->wrong;
}

static bool is_wide(enum mime_encoding encoding)
{
    return encoding == ENC_8BIT || encoding == ENC_BINARY;
}

/* Entities in this one have encodings of their own. */
static bool is_composed(enum mime_type type)
{
    return type == TYPE_MULTIPART || type == TYPE_DIGEST || type == TYPE_MESSAGE || type == TYPE_GLOBAL;
}

const char *mime_instead(const struct mime *m)
{
    return !is_wide(m->encoding) ? NULL : is_composed(m->type) ? "7bit" : "quoted-printable";
}

bool mime_converts(const struct mime *m)
{
    return m->converts;
}

/* The next word of a Content-Type value (RFC 2045 section 5.1) in out: 't' a token, 'q' a quoted string, or what stands
 * by itself, as '/'; 0 at the end. Blanks and comments are nothing. */
static int next_word(struct str *rest, struct buf *out)
{
    struct str s = *rest;
    size_t i = 0, from, depth = 0;

    for (; i < s.n && (depth || s.p[i] == '(' || chr_is_space((unsigned char)s.p[i])); i++) {
        if (depth && s.p[i] == '\\')
            i++;
        else
            depth += s.p[i] == '(' ? 1 : s.p[i] == ')' ? -(size_t)1 : 0;
    }
    buf_reset(out);
    *rest = (struct str){ s.p + s.n, 0 };
    if (i >= s.n)
        return 0;
    from = i++;
    if (s.p[from] == '"') {
        for (; i < s.n && s.p[i] != '"'; i++) {
            i += s.p[i] == '\\' && i + 1 < s.n;
            if (s.p[i] != '\r' && s.p[i] != '\n')
                buf_putc(out, s.p[i]);
        }
        i++;
    } else if (!strchr(TSPECIALS, s.p[from])) {
        while (i < s.n && !chr_is_space((unsigned char)s.p[i]) && !strchr(TSPECIALS, s.p[i]))
            i++;
        buf_add(out, s.p + from, i - from);
    }
    if (i < s.n)
        *rest = (struct str){ s.p + i, s.n - i };
    return s.p[from] == '"' ? 'q' : out->n ? 't' : s.p[from];
}

/* Postfix looks for a level too much when the next one comes: one more than the limit says goes. */
static void push(struct mime *m, struct str boundary)
{
    if (m->depth > m->nesting_limit + 1) {
        m->too_deep = true;
        return;
    }
    if ((m->depth & (m->depth - 1)) == 0)
        m->stack = mem_resize(m->stack, (m->depth ? 2 * m->depth : 1) * sizeof(*m->stack));
    m->stack[m->depth++] = (struct mime_level){
        mem_dup_n(boundary.p, boundary.n < m->boundary_limit ? boundary.n : m->boundary_limit), m->type == TYPE_DIGEST,
    };
}

/* The parameters: a level for each boundary. */
static void push_boundaries(struct mime *m, struct str rest)
{
    enum { ELSEWHERE, BEGIN, NAME, EQUALS } at = ELSEWHERE;
    struct buf word;
    int kind;

    buf_init(&word, rest.n + 1);
    while ((kind = next_word(&rest, &word)) != 0) {
        bool name = at == BEGIN && kind == 't' && str_eq_case(buf_view(&word), "boundary");

        if (at == EQUALS && kind != 't' && kind != 'q' && kind != ';')
            buf_putc(&word, (char)kind); /* no token; what begins with it may be a boundary */
        if (at == EQUALS && kind != ';')
            push(m, buf_view(&word));
        at = kind == ';' ? BEGIN : name ? NAME : at == NAME && kind == '=' ? EQUALS : ELSEWHERE;
    }
    buf_done(&word);
}

static enum mime_type message_type(struct str subtype)
{
    for (size_t i = 0; i < ARRAY_LEN(messages); i++)
        if (str_eq_case(subtype, messages[i].name))
            return messages[i].type;
    return TYPE_TEXT;
}

static void content_type(struct mime *m, struct str value)
{
    struct str rest = value, sub;
    struct buf word;

    buf_init(&word, value.n + 1);
    m->type = TYPE_TEXT;
    if (next_word(&rest, &word) == 't') {
        bool multipart = str_eq_case(buf_view(&word), "multipart"), message = str_eq_case(buf_view(&word), "message");
        bool named = next_word(&rest, &word) == '/' && next_word(&rest, &word) == 't';

        sub = named ? buf_view(&word) : STR("");
        if (multipart) {
            m->type = str_eq_case(sub, "digest") ? TYPE_DIGEST : TYPE_MULTIPART;
            push_boundaries(m, value);
        } else if (message) {
            m->type = message_type(sub);
        }
    }
    buf_done(&word);
}

static enum mime_encoding encoding_of(struct str value)
{
    enum mime_encoding e = ENC_7BIT;
    struct buf word;

    buf_init(&word, value.n + 1);
    if (next_word(&value, &word) != 't')
        e = ENC_OTHER;
    while (e < ENC_OTHER && !str_eq_case(buf_view(&word), encodings[e]))
        e++;
    buf_done(&word);
    return e;
}

void mime_header(struct mime *m, enum header_id id, struct str value)
{
    if (id == HDR_CONTENT_TRANSFER_ENCODING)
        m->encoding = encoding_of(value);
    else if (id == HDR_CONTENT_TYPE)
        content_type(m, value);
}

static const char *wrong_encoding(enum mime_type type, enum mime_encoding e)
{
    bool coded = e == ENC_BASE64 || e == ENC_QUOTED, whole = is_composed(type) && type != TYPE_GLOBAL;

    return (whole && coded) || (type == TYPE_PIECE && is_wide(e)) ? encodings[e] : NULL;
}

void mime_headers_end(struct mime *m)
{
    bool multipart = m->type == TYPE_MULTIPART || m->type == TYPE_DIGEST;

    m->place = m->type == TYPE_MESSAGE || m->type == TYPE_GLOBAL ? MIME_NESTED_HEADER : MIME_BODY;
    m->wrong = wrong_encoding(m->type, m->encoding);
    m->part_encoding = multipart ? ENC_7BIT : m->encoding; /* what is outside of the parts has none */
    m->converts = is_wide(m->encoding) && !is_composed(m->type);
    m->encoding = ENC_7BIT;
    m->type = TYPE_TEXT;
}

bool mime_boundary(struct mime *m, struct str line)
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
            m->part_encoding = ENC_7BIT;
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
