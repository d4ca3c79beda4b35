/* map_fail.c - fail:name: every lookup fails, to exercise what callers do then
 *
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_FAIL.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/map_int.h"

enum result map_fail_open(struct map *m, const char *path);

static enum result fail_get(struct map *m, struct str key, struct buf *out)
{
    return TEMP;
}

static enum result fail_each(struct map *m, size_t *at, struct str *key, struct str *value)
{
    return TEMP;
}

static const struct map_ops fail_ops = { fail_get, fail_each };

enum result map_fail_open(struct map *m, const char *path)
{
    m->ops = &fail_ops;
    return OK;
}
