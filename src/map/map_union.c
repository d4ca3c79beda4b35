/* map_union.c - unionmap:{type:name, ...}: all answers, joined by commas
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_UNION.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/mem.h"
#include "map/map_int.h"

enum result map_union_open(struct map *m, const char *path);

struct map_union {
    struct map **v;
    size_t n;
    struct buf one;
};

static enum result union_get(struct map *m, struct str key, struct buf *out)
{
    struct map_union *u = m->state;
    bool any = false;

    for (size_t i = 0; i < u->n; i++) {
        enum result r = map_get(u->v[i], key, &u->one);

        if (r == NONE)
            continue;
        if (r != OK)
            return TEMP;
        if ((any && !buf_putc(out, ',')) || !buf_str(out, buf_view(&u->one)))
            return TEMP;
        any = true;
    }
    return any ? OK : NONE;
}

static const struct map_ops union_ops = { union_get, NULL };

enum result map_union_open(struct map *m, const char *path)
{
    size_t n;
    struct map **v = map_open_list(path, m->flags, &n);
    struct map_union *u;

    if (!v)
        return map_surrogate(m, "bad syntax: \"%s\"; need \"unionmap:{type:name...}\"", m->spec);
    u = mem_new(sizeof *u);
    u->v = v;
    u->n = n;
    buf_init(&u->one, MAP_VALUE_MAX);
    m->class = MAP_PATTERN;
    for (size_t i = 0; i < n; i++)
        if (v[i]->class == MAP_FIXED)
            m->class = MAP_FIXED;
    m->ops = &union_ops;
    m->state = u;
    return OK;
}
