/* postmap_message.c - postmap -h -b -m: the lines of a message as keys
 *
 * A header with its continuation lines is one key, a body line is one key. With
 * -m the parts of a multipart and the message inside a message/rfc822 part are
 * told apart as header_checks(5) does: their headers are header keys.
 * Runs as: any user.  Parameters: mime_nesting_limit, mime_boundary_length_limit.  Tests: tests/tables/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "mail/header.h"
#include "param/param.h"
#include "tool/postmap.h"

enum { HEADER_MAX = 1 << 20, NEST_MAX = 1000 };

struct message {
    const struct postmap_options *o;
    void (*ask)(struct str key, void *arg);
    void *arg;
    bool in_header;
    bool in_part;           /* past the header of the message itself */
    struct buf header;      /* with its continuation lines */
    enum { PLAIN, MULTIPART, MESSAGE } type;
    struct buf boundary;    /* of the multipart whose header this is */
    char *open[NEST_MAX];   /* boundaries, innermost last */
    size_t depth;
};

/* --- Content-Type (RFC 2045 section 5.1) ---------------------------------------- */

/* Parameter boundary= in what follows the type. */
static void take_boundary(struct message *m, struct str rest)
{
    struct str word;

    while (str_word(&rest, ";", &word) == OK) {
        word = str_trim(word);
        if (!str_begins_case(word, "boundary=") || m->boundary.n)
            continue;
        word = (struct str){ word.p + 9, word.n - 9 };
        if (word.n && word.p[0] == '"') {
            for (size_t i = 1; i < word.n && word.p[i] != '"'; i++)
                buf_putc(&m->boundary, word.p[i] == '\\' && i + 1 < word.n ? word.p[++i] : word.p[i]);
        } else {
            size_t n = 0;

            while (n < word.n && !chr_is_space((unsigned char)word.p[n]))
                n++;
            buf_add(&m->boundary, word.p, n);
        }
    }
}

static void look_at_type(struct message *m)
{
    struct str text = buf_view(&m->header), type;
    size_t n = header_name_length(text);

    if (header_id((struct str){ text.p, n }) != HDR_CONTENT_TYPE)
        return;
    n = str_find(text, ':') + 1;
    text = str_trim((struct str){ text.p + n, text.n - n });
    type = (struct str){ text.p, str_find(text, ';') };
    m->type = PLAIN;
    buf_reset(&m->boundary);
    if (str_begins_case(type, "multipart/")) {
        m->type = MULTIPART;
        take_boundary(m, (struct str){ text.p + type.n, text.n - type.n });
    } else if (str_eq_case(str_trim(type), "message/rfc822") || str_eq_case(str_trim(type), "message/global") ||
               str_eq_case(str_trim(type), "message/partial")) {
        m->type = MESSAGE;
    }
}

/* --- lines ----------------------------------------------------------------------- */

/* A line that is no header. */
static void body_line(struct message *m, struct str line)
{
    if (m->o->body)
        m->ask(line, m->arg);
}

static void end_of_one_header(struct message *m)
{
    if (!m->header.n)
        return;
    if (m->o->mime)
        look_at_type(m);
    if (m->o->header)
        m->ask(buf_view(&m->header), m->arg);
    buf_reset(&m->header);
}

static void end_of_headers(struct message *m)
{
    end_of_one_header(m);
    m->in_header = false;
    if (m->type == MULTIPART && m->boundary.n && m->depth < NEST_MAX && (int64_t)m->depth < par_mime_nesting_limit()) {
        size_t n = (size_t)par_mime_boundary_length_limit();

        m->open[m->depth++] = mem_dup_n(m->boundary.p, m->boundary.n < n ? m->boundary.n : n);
    }
}

/* "--boundary": the headers of a part follow; "--boundary--": they do not. */
static void at_boundary(struct message *m, struct str line)
{
    if (line.n < 3 || line.p[0] != '-' || line.p[1] != '-')
        return;
    for (size_t i = m->depth; i > 0; i--) {
        size_t n = strlen(m->open[i - 1]);

        if (line.n < n + 2 || memcmp(line.p + 2, m->open[i - 1], n) != 0)
            continue;
        while (m->depth > i)
            free(m->open[--m->depth]);
        if (line.n >= n + 4 && line.p[n + 2] == '-' && line.p[n + 3] == '-') {
            free(m->open[--m->depth]);
        } else {
            m->in_header = true;
            m->type = PLAIN;
            buf_reset(&m->boundary);
        }
        return;
    }
}

static void line(struct message *m, struct str text)
{
    if (m->in_header && text.n && (text.p[0] == ' ' || text.p[0] == '\t') && m->header.n) {
        buf_putc(&m->header, '\n');
        buf_str(&m->header, text);
        return;
    }
    if (m->in_header && header_name_length(text) > 0) {
        end_of_one_header(m);
        buf_str(&m->header, text);
        return;
    }
    if (m->in_header) {
        end_of_headers(m);
        if (text.n && !m->in_part)
            body_line(m, STR("")); /* the one that is missing */
        m->in_part = true;
    }
    body_line(m, text);
    if (!m->o->mime)
        return;
    at_boundary(m, text);
    if (!text.n && m->type == MESSAGE) { /* the empty line after the part's header: the inner header follows */
        m->type = PLAIN;
        m->in_header = true;
    }
}

void postmap_message(const struct postmap_options *o, void (*ask)(struct str key, void *arg), void *arg)
{
    struct message *m = mem_new(sizeof *m);
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;

    m->o = o;
    m->ask = ask;
    m->arg = arg;
    m->in_header = true;
    buf_init(&m->header, HEADER_MAX);
    buf_init(&m->boundary, 4096);
    while ((m->in_header || o->body || o->mime) && (n = getline(&text, &cap, stdin)) > 0)
        line(m, (struct str){ text, (size_t)n - (text[n - 1] == '\n') });
    if (m->in_header)
        end_of_headers(m);
    while (m->depth)
        free(m->open[--m->depth]);
    buf_done(&m->header);
    buf_done(&m->boundary);
    free(text);
    free(m);
}
