/* map_inline.c - inline:{ key=value, { key = text with blanks } }
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_INLINE.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "base/str.h"
#include "map/map_mem.h"

enum result map_inline_open(struct map *m, const char *path);

/* "key = value", maybe in braces. */
static const char *add(struct map *m, struct map_mem *t, struct str word)
{
    struct str inside, key, value;
    size_t eq;

    if (word.p[0] == '{' && str_unbrace(word, &inside) != OK)
        return "syntax error after '}'";
    if (word.p[0] == '{')
        word = inside;
    eq = str_find(word, '=');
    if (eq == word.n)
        return "missing '=' after attribute name";
    key = str_trim((struct str){ word.p, eq });
    value = str_trim((struct str){ word.p + eq + 1, word.n - eq - 1 });
    if (!key.n)
        return "missing attribute name";
    if (map_mem_add(t, key, value, m->flags & MAP_FOLD) == NONE)
        log_warn("duplicate entry: \"%.*s\" in %s", (int)key.n, key.p, m->spec);
    return NULL;
}

enum result map_inline_open(struct map *m, const char *path)
{
    struct map_mem *t;
    struct str rest, word;
    const char *bad = NULL;
    enum result r;
    size_t n = 0;

    if (!map_inline_text(path, &rest) || !rest.n)
        return map_surrogate(m, "bad syntax: \"%s\"; need \"inline:{name=value...}\"", m->spec);
    t = map_mem_new();
    while ((r = str_word_braced(&rest, STR_LIST_SEPS, &word)) == OK && !bad) {
        bad = add(m, t, word);
        n++;
    }
    if (r == PERM && !bad)
        bad = "missing '}'";
    if (bad || !n) {
        map_mem_free(t);
        return map_surrogate(m, "bad syntax: \"%s\"; need \"inline:{name=value...}\"%s%s", m->spec, bad ? ": " : "",
                             bad ? bad : "");
    }
    m->ops = &map_mem_ops;
    m->state = t;
    return OK;
}
