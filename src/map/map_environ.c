/* map_environ.c - environ:any: the environment of this process
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_ENVIRON.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "map/map_int.h"

enum result map_environ_open(struct map *m, const char *path);

static enum result environ_each(struct map *m, size_t *at, struct str *key, struct str *value)
{
    struct str e;
    size_t eq;

    if (!environ || !environ[*at])
        return NONE;
    e = str_of(environ[(*at)++]);
    eq = str_find(e, '=');
    *key = (struct str){ e.p, eq };
    *value = eq < e.n ? (struct str){ e.p + eq + 1, e.n - eq - 1 } : STR("");
    return OK;
}

/* Not getenv(): the key is not terminated. */
static enum result environ_get(struct map *m, struct str key, struct buf *out)
{
    struct str name, value;

    for (size_t at = 0; environ_each(m, &at, &name, &value) == OK;)
        if (str_same(name, key))
            return buf_str(out, value) ? OK : TEMP;
    return NONE;
}

static const struct map_ops environ_ops = { environ_get, environ_each };

enum result map_environ_open(struct map *m, const char *path)
{
    m->ops = &environ_ops;
    return OK;
}
