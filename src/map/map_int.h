/* map_int.h - what the files of map/ share: a table type's operations, rows, helpers
 *
 * A type is one row in map.def and one open function. Open fills ops, state
 * and class; when it cannot, it returns map_surrogate().
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_MAP_INT_H
#define MAP_MAP_INT_H

#include <sys/stat.h>

#include "map/map.h"

enum {
    MAP_SCRATCH_MAX = 1 << 20, /* longest key that is copied (folding, regular expressions) */
    MAP_VALUE_MAX = 1 << 20,   /* longest answer of a composed table */
    MAP_NEST_MAX = 8,          /* unionmap:{pipemap:{...}} */
};

struct map_ops {
    enum result (*get)(struct map *m, struct str key, struct buf *out);
    /* Next entry in the table's order; *at starts as 0. NULL: the type cannot be listed. */
    enum result (*each)(struct map *m, size_t *at, struct str *key, struct str *value);
};

/* Lives until the process ends. */
struct map {
    char *spec;             /* "type:name" as given */
    const char *type;       /* of the row that opened it, without proxy: */
    const char *path;       /* name behind the type, inside spec */
    enum map_class class;
    unsigned flags;
    const struct map_ops *ops;
    void *state;
    int fd;                 /* held to see a replacement; -1 = nothing to watch */
    struct stat seen;       /* of fd, when it was opened */
    int64_t retry_ms;       /* it could not be opened: worth another look from this clock_ms() on; 0 = not */
};

/* Returns PERM after logging why; from then on every lookup is TEMP. */
enum result map_surrogate(struct map *m, const char *fmt, ...) PRINTF(2, 3);
/* Opens a text source for reading and watches it. -1 = became a surrogate. */
int map_open_text(struct map *m, const char *path);
void map_watch(struct map *m, int fd);
/* Members of "{a, b}": n tables, or NULL = syntax error or nothing in it. The caller frees the array. */
struct map **map_open_list(const char *name, unsigned flags, size_t *n) MUST;
/* The "{ ... }" of an inline table: false when the name has no such form. */
bool map_inline_text(const char *name, struct str *inside);

#endif
