/* source.c - text that tables are made of: logical lines, "key value" entries
 *
 * Reads in blocks and keeps one logical line, so the size of a source does not
 * matter. Used by the table types that read text and by postmap.
 * Runs in: every process that opens tables.  Parameters: none.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { SOURCE_BLOCK = 8192 };

void source_init(struct source *s, const char *name, int fd)
{
    *s = (struct source){ .name = name, .ignoring = " -- ignoring this line", .fd = fd };
    buf_init(&s->ahead, SOURCE_BLOCK);
    buf_init(&s->line, SOURCE_LINE_MAX);
}

void source_init_text(struct source *s, const char *name, struct str text)
{
    source_init(s, name, -1);
    buf_init(&s->ahead, text.n);
    buf_str(&s->ahead, text);
}

void source_done(struct source *s)
{
    buf_done(&s->ahead);
    buf_done(&s->line);
}

/* OK: at least one byte is ahead; NONE: end; TEMP. */
static enum result fill(struct source *s)
{
    ssize_t n;

    if (s->at < s->ahead.n)
        return OK;
    if (s->fd < 0)
        return NONE;
    s->at = 0;
    buf_reset(&s->ahead);
    (void)buf_reserve(&s->ahead, SOURCE_BLOCK);
    do
        n = read(s->fd, s->ahead.p, SOURCE_BLOCK);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return TEMP;
    s->ahead.n = (size_t)n;
    return n ? OK : NONE;
}

/* Adds one physical line without its newline; NONE only when nothing was there. */
static enum result physical(struct source *s)
{
    bool any = false;

    for (;;) {
        enum result r = fill(s);
        struct str rest = { s->ahead.p + s->at, s->ahead.n - s->at };
        size_t n;

        if (r != OK)
            return r == NONE && any ? OK : r;
        any = true;
        n = str_find(rest, '\n');
        buf_add(&s->line, rest.p, n);
        s->at += n;
        if (n < rest.n) {
            s->at++;
            return OK;
        }
    }
}

static bool is_comment(struct str line)
{
    struct str text = str_trim(line);

    return text.n == 0 || text.p[0] == '#';
}

/* The next physical line continues the present one. */
static bool continues(struct source *s)
{
    return fill(s) == OK && (chr_is_space((unsigned char)s->ahead.p[s->at]) || s->ahead.p[s->at] == '#');
}

/* One logical line, which may be empty. */
static enum result logical(struct source *s)
{
    enum result r;

    buf_reset(&s->line);
    for (;;) {
        size_t was = s->line.n;

        r = physical(s);
        if (r != OK)
            return r == NONE && was ? OK : r;
        s->lines++;
        if (is_comment((struct str){ s->line.p + was, s->line.n - was }))
            buf_cut(&s->line, was);
        else if (was == 0)
            s->first = s->lines;
        if (s->line.n && !continues(s))
            return OK;
    }
}

enum result source_line(struct source *s)
{
    for (;;) {
        enum result r = logical(s);

        if (r != OK)
            return r;
        if (s->line.n && chr_is_space((unsigned char)s->line.p[0])) {
            log_warn("%s: logical line must not start with whitespace: \"%.30s%s\"", s->name, s->line.p,
                     s->line.n > 30 ? "..." : "");
            continue;
        }
        if (!s->line.over)
            return OK;
        log_warn("%s, line %d: logical line is longer than %d bytes -- ignoring this line", s->name, s->first,
                 SOURCE_LINE_MAX);
    }
}

/* Length of the key: to the first blank outside quotes. False when a quote does not end. */
static bool key_length(struct str line, size_t *n)
{
    bool quoted = false;

    for (*n = 0; *n < line.n; (*n)++) {
        char c = line.p[*n];

        if (c == '\\' && *n + 1 < line.n)
            (*n)++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && chr_is_space((unsigned char)c))
            break;
    }
    return !quoted;
}

bool source_split(struct source *s, struct str *key, struct str *value)
{
    struct str line = buf_view(&s->line);
    size_t n;

    if (s->utf8 && !str_is_utf8(line)) {
        log_warn("%s, line %d: non-UTF-8 input \"%s\" -- ignoring this line", s->name, s->first, s->line.p);
        return false;
    }
    if (!key_length(line, &n)) {
        log_warn("%s, line %d: unbalanced '\"' in '%s' -- ignoring this line", s->name, s->first, s->line.p);
        return false;
    }
    *key = (struct str){ line.p, n };
    *value = str_trim((struct str){ line.p + n, line.n - n });
    if (!key->n || !value->n) {
        log_warn("%s, line %d: expected format: key whitespace value%s", s->name, s->first, s->ignoring);
        return false;
    }
    if (key->p[key->n - 1] == ':')
        log_warn("%s, line %d: record is in \"key: value\" format; is this an alias file?", s->name, s->first);
    return true;
}

enum result source_entry(struct source *s, struct str *key, struct str *value)
{
    enum result r;

    while ((r = source_line(s)) == OK)
        if (source_split(s, key, value))
            return OK;
    return r;
}
