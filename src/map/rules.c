/* rules.c - ordered rules with if ... endif, for cidr, regexp and pcre tables
 *
 * A rule that is wrong is left out with a warning that names file and line, as
 * Postfix does; the rest of the table is used. An if that does not hold jumps
 * behind its endif, so nothing is nested at lookup time.
 * Runs in: every process that opens tables.  Parameters: none.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/source.h"

enum { RULES_DEPTH = 100, RULES_MAX = 1000000 };

struct loader {
    struct map *m;
    const struct rules_kind *kind;
    struct source s;
    struct rules *rs;
    uint32_t open[RULES_DEPTH]; /* index of each if that waits for its endif */
    unsigned depth;
};

void rules_warn(const struct rules_kind *kind, const struct source *s, const char *fmt, ...)
{
    struct buf b;
    va_list ap;

    buf_init(&b, 4096);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    log_warn("%s map %s, line %d: %s", kind->what, s->name, s->first, b.p);
    buf_done(&b);
}

/* The line begins with this word, which ends there. */
static bool statement(struct str *text, const char *word)
{
    size_t n = strlen(word);

    if (!str_begins_case(*text, word) || (text->n > n && chr_is_alnum((unsigned char)text->p[n])))
        return false;
    *text = str_trim((struct str){ text->p + n, text->n - n });
    return true;
}

static void add_endif(struct loader *l, struct str text)
{
    if (text.n && !l->kind->garbage_counts) {
        rules_warn(l->kind, &l->s, "%s", l->kind->endif_garbage);
        return;
    }
    if (!l->depth) {
        rules_warn(l->kind, &l->s, "%s", l->kind->endif_alone);
        return;
    }
    if (text.n)
        rules_warn(l->kind, &l->s, "%s", l->kind->endif_garbage);
    l->rs->v[l->open[--l->depth]].after = l->rs->n;
}

static void add_rule(struct loader *l, struct str text, bool is_if)
{
    struct rule r = { .is_if = is_if, .line = (uint32_t)l->s.first, .after = l->rs->n + 1 };

    if (is_if && l->depth >= RULES_DEPTH) {
        rules_warn(l->kind, &l->s, "IF is nested too deeply: skipping this rule");
        return;
    }
    if (l->rs->n >= RULES_MAX) {
        rules_warn(l->kind, &l->s, "too many rules: skipping this rule");
        return;
    }
    if (l->kind->parse(l->kind, l->m, &l->s, text, &r) != OK)
        return;
    if (is_if)
        l->open[l->depth++] = l->rs->n;
    if ((l->rs->n & (l->rs->n - 1)) == 0)
        l->rs->v = mem_resize(l->rs->v, (l->rs->n ? l->rs->n * 2 : 1) * sizeof *l->rs->v);
    l->rs->v[l->rs->n++] = r;
}

static void add_line(struct loader *l)
{
    struct str text = str_trim(buf_view(&l->s.line));

    if (statement(&text, "endif"))
        add_endif(l, text);
    else if (statement(&text, "if"))
        add_rule(l, text, true);
    else
        add_rule(l, text, false);
}

static enum result read_rules(struct loader *l)
{
    enum result r;

    while ((r = source_line(&l->s)) == OK)
        add_line(l);
    if (r != NONE)
        return map_surrogate(l->m, "%s map %s: read error: %s", l->kind->what, l->s.name, strerror(errno));
    while (l->depth) {
        struct rule *open = &l->rs->v[l->open[--l->depth]];

        open->after = l->rs->n;
        log_warn("%s map %s, line %u: IF has no matching ENDIF", l->kind->what, l->s.name, (unsigned)open->line);
    }
    return OK;
}

/* "{rule}, {rule}" to lines. */
static enum result inline_lines(struct map *m, const struct rules_kind *kind, const char *path, struct buf *out)
{
    struct str rest, word, inside;
    enum result r;

    if (str_unbrace(str_of(path), &rest) != OK)
        return map_surrogate(m, "%s map: missing '}' in \"%s\"", kind->what, path);
    while ((r = str_word_braced(&rest, STR_LIST_SEPS, &word)) == OK) {
        if (word.p[0] != '{')
            return map_surrogate(m, "%s map: no '{' at start of text in \"%.*s\"", kind->what, (int)word.n, word.p);
        if (str_unbrace(word, &inside) != OK)
            return map_surrogate(m, "%s map: syntax error after '}' in \"%.*s\"", kind->what, (int)word.n, word.p);
        buf_str(out, inside);
        buf_putc(out, '\n');
    }
    if (r == PERM)
        return map_surrogate(m, "%s map: missing '}' in \"%.*s\"", kind->what, (int)word.n, word.p);
    return OK;
}

static enum result open_source(struct loader *l, const char *path)
{
    enum result r = OK;
    struct buf text;
    int fd;

    if (path[0] != '{') {
        fd = map_open_text(l->m, path);
        source_init(&l->s, path, fd);
        return fd < 0 ? PERM : OK;
    }
    buf_init(&text, SOURCE_LINE_MAX);
    r = inline_lines(l->m, l->kind, path, &text);
    source_init_text(&l->s, path, buf_view(&text));
    buf_done(&text);
    return r;
}

enum result rules_load(struct map *m, const char *path, const struct rules_kind *kind)
{
    struct loader *l = mem_new(sizeof *l);
    enum result r;

    l->m = m;
    l->kind = kind;
    l->rs = mem_new(sizeof *l->rs);
    l->rs->kind = kind;
    m->class = MAP_PATTERN;
    r = open_source(l, path);
    if (r == OK)
        r = read_rules(l);
    if (r == OK)
        m->state = l->rs;
    else
        rules_free(l->rs);
    source_done(&l->s);
    free(l);
    return r;
}

enum result rules_find(const struct rules *rs, void *subject, const struct rule **hit)
{
    for (uint32_t i = 0; i < rs->n;) {
        const struct rule *r = &rs->v[i];
        enum result got = rs->kind->match(r, subject);

        if (got != OK && got != NONE)
            return got;
        if (got == OK && !r->is_if) {
            *hit = r;
            return OK;
        }
        i = got == OK ? i + 1 : r->after;
    }
    return NONE;
}

void rules_free(struct rules *rs)
{
    for (uint32_t i = 0; i < rs->n; i++) {
        rs->kind->drop(rs->v[i].pattern);
        free(rs->v[i].result);
    }
    free(rs->v);
    free(rs);
}
