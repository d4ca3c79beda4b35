/* map_randmap.c - randmap:{value, ...}: one of the values, by chance
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_RANDMAP.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_int.h"

enum result map_randmap_open(struct map *m, const char *path);

struct map_rand {
    struct str *v;
    size_t n;
    uint32_t state;
};

/* xorshift32; chance is for balancing load, not for secrets */
static uint32_t step(struct map_rand *r)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 17;
    r->state ^= r->state << 5;
    return r->state;
}

static enum result randmap_get(struct map *m, struct str key, struct buf *out)
{
    struct map_rand *r = m->state;

    return buf_str(out, r->v[step(r) % r->n]) ? OK : TEMP;
}

static const struct map_ops randmap_ops = { randmap_get, NULL };

enum result map_randmap_open(struct map *m, const char *path)
{
    struct map_rand *r = mem_new(sizeof *r);
    struct str rest = { "", 0 }, word;
    enum result got = NONE;

    if (map_inline_text(path, &rest))
        while ((got = str_word_braced(&rest, STR_LIST_SEPS, &word)) == OK) {
            r->v = mem_resize(r->v, (r->n + 1) * sizeof *r->v);
            r->v[r->n++] = word;
        }
    if (got != NONE || !r->n) {
        free(r->v);
        free(r);
        return map_surrogate(m, "bad syntax: \"%s\"; need \"randmap:{value...}\"", m->spec);
    }
    r->state = ((uint32_t)clock_us() * 2654435761u ^ (uint32_t)getpid()) | 1;
    m->class = MAP_PATTERN;
    m->ops = &randmap_ops;
    m->state = r;
    return OK;
}
