/* map_texthash.c - texthash:/path: a postmap source read into memory
 *
 * Runs in: every process that opens tables; the file is read before the jail.
 * Parameters: none.  Feature: MAP_TEXTHASH.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "map/map_mem.h"
#include "map/source.h"
#include "param/param.h"

enum result map_texthash_open(struct map *m, const char *path);

static enum result load(struct map *m, struct source *s, struct map_mem *t)
{
    struct str key, value;
    enum result r;

    while ((r = source_entry(s, &key, &value)) == OK) {
        r = map_mem_add(t, key, value, m->flags & MAP_FOLD);
        if (r == NONE)
            log_warn("%s, line %d: duplicate entry: \"%.*s\"", s->name, s->first, (int)key.n, key.p);
        else if (r != OK)
            return map_surrogate(m, "%s: table is too large for memory", m->spec);
    }
    return r == NONE ? OK : map_surrogate(m, "read %s: %s", s->name, strerror(errno));
}

enum result map_texthash_open(struct map *m, const char *path)
{
    struct source s;
    struct map_mem *t;
    int fd = map_open_text(m, path);
    enum result r;

    if (fd < 0)
        return PERM;
    t = map_mem_new();
    m->ops = &map_mem_ops;
    m->state = t;
    source_init(&s, path, fd);
    s.utf8 = !(m->flags & MAP_BYTES) && par_smtputf8_enable();
    r = load(m, &s, t);
    source_done(&s);
    if (r != OK)
        map_mem_free(t);
    return r;
}
