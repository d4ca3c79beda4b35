/* map_static.c - static:text and static:{ text }: the same answer for every key
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_STATIC.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "base/str.h"
#include "map/map_int.h"

enum result map_static_open(struct map *m, const char *path);

static enum result static_get(struct map *m, struct str key, struct buf *out)
{
    return buf_puts(out, m->state) ? OK : TEMP;
}

static const struct map_ops static_ops = { static_get, NULL };

enum result map_static_open(struct map *m, const char *path)
{
    struct str text = str_of(path), inside;

    if (path[0] == '{') {
        switch (str_unbrace(text, &inside)) {
        case OK:
            text = inside;
            break;
        default:
            return map_surrogate(m, "bad static:name syntax: %s in \"%s\"",
                                 str_find(text, '}') < text.n ? "syntax error after '}'" : "missing '}'", path);
        }
    }
    m->ops = &static_ops;
    m->state = mem_dup_n(text.p, text.n);
    return OK;
}
