/* source_alias.c - aliases(5): "name: value, ..."
 *
 * A line is cut into RFC 5322 tokens. Left of the first colon they must make a
 * local name; right of it they are written back with blanks and quotes in one
 * form, so that whoever reads the table meets no surprises.
 * Runs in: postalias, and processes that build a table from its source in memory.
 * Parameters: allow_percent_hack.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "map/source.h"
#include "param/param.h"

enum token_kind { TOKEN_ATOM, TOKEN_QUOTED, TOKEN_COMMENT, TOKEN_LITERAL, TOKEN_OPERATOR };

struct token {
    enum token_kind kind;
    struct str text; /* without quotes or brackets, escapes still in it; a comment with its brackets */
};

static bool is_operator(int c)
{
    return c && strchr("@,:;<>.%!", c);
}

static bool is_special(int c)
{
    return is_operator(c) || c == '"' || c == '(' || c == '[';
}

/* From a quote or [ to its partner, both counted; a missing one is assumed at the end. inside: what they hold. */
static size_t quoted_length(struct str s, char close, struct str *inside)
{
    size_t i = 1;

    while (i < s.n && s.p[i] != close)
        i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
    *inside = (struct str){ s.p + 1, i - 1 };
    return i < s.n ? i + 1 : s.n;
}

static size_t comment_length(struct str s)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '(')
            depth++;
        else if (s.p[i] == ')' && --depth == 0)
            return i + 1;
        else if (s.p[i] == '\\')
            i++;
    }
    return s.n;
}

static size_t atom_length(struct str s)
{
    size_t i = 0;

    while (i < s.n && !chr_is_space((unsigned char)s.p[i]) && !is_special(s.p[i]))
        i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
    return i;
}

static bool next_token(struct str *rest, struct token *t)
{
    size_t n = 1;

    *rest = str_trim(*rest);
    if (!rest->n)
        return false;
    t->kind = TOKEN_OPERATOR;
    t->text = (struct str){ rest->p, 1 };
    if (rest->p[0] == '"') {
        t->kind = TOKEN_QUOTED;
        n = quoted_length(*rest, '"', &t->text);
    } else if (rest->p[0] == '[') {
        t->kind = TOKEN_LITERAL;
        n = quoted_length(*rest, ']', &t->text);
    } else if (rest->p[0] == '(') {
        t->kind = TOKEN_COMMENT;
        n = comment_length(*rest);
        t->text.n = n;
    } else if (!is_operator(rest->p[0])) {
        t->kind = TOKEN_ATOM;
        n = atom_length(*rest);
        t->text.n = n;
    }
    *rest = (struct str){ rest->p + n, rest->n - n };
    return true;
}

/* Adds text without backslashes; puts one before quotes and backslashes when quoting. */
static void add_unescaped(struct buf *out, struct str text, bool quoting)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\\' && ++i == text.n)
            break;
        if (quoting && strchr("\"\\\r\n", text.p[i]))
            buf_putc(out, '\\');
        buf_putc(out, text.p[i]);
    }
}

/* An escaped character would mean something else without its backslash. */
static bool hides_special(struct str atom)
{
    for (size_t i = 0; i + 1 < atom.n; i++)
        if (atom.p[i] == '\\' && strchr("@,:;<>.%!()[]\"\\| \t", atom.p[++i]))
            return true;
    return false;
}

static void add_token(struct buf *out, const struct token *t)
{
    bool quotes = t->kind == TOKEN_QUOTED || (t->kind == TOKEN_ATOM && hides_special(t->text));

    if (t->kind == TOKEN_COMMENT || t->kind == TOKEN_OPERATOR) {
        buf_str(out, t->text);
        return;
    }
    buf_puts(out, quotes ? "\"" : t->kind == TOKEN_LITERAL ? "[" : "");
    add_unescaped(out, t->text, quotes);
    buf_puts(out, quotes ? "\"" : t->kind == TOKEN_LITERAL ? "]" : "");
}

static bool is_op(const struct token *t, char c)
{
    return t->kind == TOKEN_OPERATOR && t->text.p[0] == c;
}

static bool space_between(const struct token *a, const struct token *b)
{
    return is_op(a, ',') || is_op(b, '<') || (a->kind != TOKEN_OPERATOR && b->kind != TOKEN_OPERATOR);
}

/* A dot-string (RFC 5321 section 4.1.2) needs no quotes. */
static bool needs_quotes(struct str local)
{
    for (size_t i = 0; i < local.n; i++) {
        unsigned char c = (unsigned char)local.p[i];

        if (c == '.' && (i == 0 || i + 1 == local.n || local.p[i - 1] == '.'))
            return true;
        if (c <= ' ' || c == 0x7F || strchr("()<>@,;:\\\"[]", c))
            return true;
    }
    return local.n == 0;
}

static void quote(struct buf *b)
{
    for (size_t i = b->n; i > 0; i--)
        if (b->p[i - 1] == '"' || b->p[i - 1] == '\\')
            buf_splice(b, i - 1, 0, STR("\\"));
    buf_splice(b, 0, 0, STR("\""));
    buf_putc(b, '"');
}

/* The name before the colon, in internal form. NULL or a complaint. */
static const char *take_key(struct str *rest, struct buf *key)
{
    struct token t, last = { 0 };
    bool any = false, remote = false;

    buf_reset(key);
    for (;;) {
        if (!next_token(rest, &t) || is_op(&t, ','))
            return "need name:value pair";
        if (is_op(&t, ':'))
            break;
        remote |= is_op(&t, '@') || (is_op(&t, '%') && par_allow_percent_hack());
        if (any && space_between(&last, &t))
            buf_putc(key, ' ');
        if (t.kind == TOKEN_QUOTED)
            add_unescaped(key, t.text, false);
        else
            add_token(key, &t);
        last = t;
        any = true;
    }
    if (!any)
        return "need name:value pair";
    return remote ? "name must be local and have no domain" : NULL;
}

static void take_value(struct str rest, struct buf *value)
{
    struct token t, last = { 0 };

    buf_reset(value);
    for (bool any = false; next_token(&rest, &t); any = true) {
        if (any && space_between(&last, &t))
            buf_putc(value, ' ');
        add_token(value, &t);
        last = t;
    }
}

static const char *cut(struct alias_source *a, struct str line)
{
    const char *bad = take_key(&line, &a->key);

    if (bad)
        return bad;
    take_value(line, &a->value);
    if (!a->value.n)
        return "need name:value pair";
    if (needs_quotes(buf_view(&a->key)))
        quote(&a->key);
    return NULL;
}

void source_alias_init(struct alias_source *a, const char *name, int fd)
{
    source_init(&a->s, name, fd);
    buf_init(&a->key, SOURCE_LINE_MAX);
    buf_init(&a->value, 2 * SOURCE_LINE_MAX);
}

void source_alias_done(struct alias_source *a)
{
    source_done(&a->s);
    buf_done(&a->key);
    buf_done(&a->value);
}

enum result source_alias_entry(struct alias_source *a, struct str *key, struct str *value)
{
    enum result r;

    while ((r = source_line(&a->s)) == OK) {
        struct str line = buf_view(&a->s.line);
        const char *bad;

        if (a->s.utf8 && !str_is_utf8(line)) {
            log_warn("%s, line %d: non-UTF-8 input \"%s\" -- ignoring this line", a->s.name, a->s.first, a->s.line.p);
            continue;
        }
        bad = cut(a, line);
        if (bad) {
            log_warn("%s, line %d: %s", a->s.name, a->s.first, bad);
            continue;
        }
        *key = buf_view(&a->key);
        *value = buf_view(&a->value);
        return OK;
    }
    return r;
}
