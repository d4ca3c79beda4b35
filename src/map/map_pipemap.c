/* map_pipemap.c - pipemap:{type:name, ...}: the answer of each table is the key of the next
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_PIPEMAP.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/mem.h"
#include "map/map_int.h"

enum result map_pipemap_open(struct map *m, const char *path);

struct map_pipe {
    struct map **v;
    size_t n;
    struct buf key;
};

static enum result pipemap_get(struct map *m, struct str key, struct buf *out)
{
    struct map_pipe *p = m->state;

    for (size_t i = 0; i < p->n; i++) {
        enum result r = map_get(p->v[i], key, out);

        if (r != OK)
            return r;
        if (i + 1 == p->n)
            return OK;
        buf_reset(&p->key);
        if (!buf_str(&p->key, buf_view(out)))
            return TEMP;
        key = buf_view(&p->key);
    }
    return NONE;
}

static const struct map_ops pipemap_ops = { pipemap_get, NULL };

enum result map_pipemap_open(struct map *m, const char *path)
{
    size_t n;
    struct map **v = map_open_list(path, m->flags, &n);
    struct map_pipe *p;

    if (!v)
        return map_surrogate(m, "bad syntax: \"%s\"; need \"pipemap:{type:name...}\"", m->spec);
    p = mem_new(sizeof *p);
    p->v = v;
    p->n = n;
    buf_init(&p->key, MAP_VALUE_MAX);
    m->class = MAP_PATTERN;
    for (size_t i = 0; i < n; i++)
        if (v[i]->class == MAP_FIXED)
            m->class = MAP_FIXED;
    m->ops = &pipemap_ops;
    m->state = p;
    return OK;
}
