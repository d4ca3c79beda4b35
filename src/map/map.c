/* map.c - lookup tables: registry of types, tables that are open
 *
 * map_open() finds the row of the type in map.def and keeps the table until the
 * process ends. A lookup folds the key where the table wants it and asks the
 * type's operations.
 * Runs in: every process that opens tables.
 * Parameters: default_database_type, daemon_table_open_error_is_fatal, smtputf8_enable, non_bdb_custom_mapping,
 * non_bdb_migration_level, non_bdb_migration_log_redirect.
 * Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_int.h"
#include "param/param.h"

#define MAP_TYPE(name, open) enum result open(struct map *m, const char *path);
#include "map/map.def"
#undef MAP_TYPE

static const struct {
    const char *name;
    enum result (*open)(struct map *m, const char *path);
} types[] = {
#define MAP_TYPE(name, open) { name, open },
#include "map/map.def"
#undef MAP_TYPE
};

enum { RETRY_MS = 10000 };

static struct {
    struct map **v;
    size_t n;
    unsigned depth;     /* of composed tables being opened */
    unsigned asking;    /* depth of lookups in composed tables */
    struct buf folded[MAP_NEST_MAX + 1]; /* key in lower case, one per depth */
} reg;

/* --- tables that could not be opened ------------------------------------- */

static enum result surrogate_get(struct map *m, struct str key, struct buf *out)
{
    log_warn("%s is unavailable. %s", m->spec, (const char *)m->state);
    return TEMP;
}

static enum result surrogate_each(struct map *m, size_t *at, struct str *key, struct str *value)
{
    return surrogate_get(m, STR(""), NULL);
}

static const struct map_ops surrogate_ops = { surrogate_get, surrogate_each };

enum result map_surrogate(struct map *m, const char *fmt, ...)
{
    bool may_pass = errno != 0; /* set to 0 before opening */
    char *text;
    struct buf b;
    va_list ap;

    buf_init(&b, 4096);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    text = buf_take(&b);
    if ((m->flags & MAP_FATAL) || par_daemon_table_open_error_is_fatal())
        log_fatal_status(1, "%s", text);
    log_error("%s", text);
    m->ops = &surrogate_ops;
    m->state = text;
    m->class = MAP_FIXED;
    m->retry_ms = may_pass ? clock_ms() + RETRY_MS : 0;
    return PERM;
}

/* --- opening -------------------------------------------------------------- */

void map_watch(struct map *m, int fd)
{
    m->fd = fd;
    if (fstat(fd, &m->seen) < 0)
        memset(&m->seen, 0, sizeof m->seen);
}

int map_open_text(struct map *m, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        (void)map_surrogate(m, "open %s%s: %s", strcmp(m->type, "texthash") == 0 ? "database " : "", path,
                            strerror(errno));
    else
        map_watch(m, fd);
    return fd;
}

bool map_inline_text(const char *name, struct str *inside)
{
    return str_unbrace(str_of(name), inside) == OK;
}

struct map **map_open_list(const char *name, unsigned flags, size_t *n)
{
    struct str rest, word;
    struct map **v = NULL;

    *n = 0;
    if (str_unbrace(str_of(name), &rest) != OK)
        return NULL;
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        char *spec = mem_dup_n(word.p, word.n);

        if (!strchr(spec, ':')) {
            free(spec);
            free(v);
            return NULL;
        }
        v = mem_resize(v, (*n + 1) * sizeof *v);
        v[(*n)++] = map_open(spec, flags);
        free(spec);
    }
    return v;
}

/* proxy:type:name is taken apart by open_type(); what comes here is proxy:proxy:... */
enum result map_proxy_open(struct map *m, const char *path)
{
    return map_surrogate(m, "bad proxy map name: %s", m->spec);
}

/* The type that takes the place of hash or btree: the custom one, or cdb under the same name. */
static struct str redirect(struct str type, const char *path)
{
    struct str rest = str_of(par_non_bdb_custom_mapping()), word, to = STR("cdb");

    if ((!str_eq(type, "hash") && !str_eq(type, "btree")) || strcmp(par_non_bdb_migration_level(), "disable") == 0)
        return type;
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_find(word, '=') == type.n && memcmp(word.p, type.p, type.n) == 0)
            to = (struct str){ word.p + type.n + 1, word.n - type.n - 1 };
    if (par_non_bdb_migration_log_redirect())
        log_info("redirecting %.*s:%s to %.*s:%s", (int)type.n, type.p, path, (int)to.n, to.p, path);
    return to;
}

/* Fills m; ops is set afterwards in any case. */
static void open_type(struct map *m)
{
    const char *name = m->spec, *colon = strchr(name, ':');
    struct str type;

    errno = 0; /* what is wrong with the spelling will not pass */
    if (strncmp(name, "proxy:", 6) == 0) {
        name = colon + 1;
        colon = strchr(name, ':');
    }
    if (!colon || colon == name || !colon[1]) {
        (void)map_surrogate(m, "open dictionary: expecting \"type:name\" form instead of \"%s\"", m->spec);
        return;
    }
    type = (struct str){ name, (size_t)(colon - name) };
    m->path = colon + 1;
    type = redirect(type, m->path);
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (!str_eq(type, types[i].name))
            continue;
        m->type = types[i].name;
        errno = 0;
        (void)types[i].open(m, m->path);
        return;
    }
    errno = 0; /* that will not pass */
    (void)map_surrogate(m, "unsupported dictionary type: %.*s", (int)type.n, type.p);
}

static char *complete(const char *spec)
{
    if (spec[0] == '/')
        return mem_printf("%s:%s", par_default_database_type(), spec);
    return mem_dup(spec);
}

struct map *map_open(const char *spec, unsigned flags)
{
    char *full = complete(spec);
    struct map *m;

    for (size_t i = 0; i < reg.n; i++) {
        if (reg.v[i]->flags == flags && strcmp(reg.v[i]->spec, full) == 0) {
            free(full);
            return reg.v[i];
        }
    }
    m = mem_new(sizeof *m);
    m->spec = full;
    m->type = "";
    m->path = "";
    m->flags = flags;
    m->fd = -1;
    if (reg.depth >= MAP_NEST_MAX) {
        (void)map_surrogate(m, "%s: tables are nested too deeply", full);
    } else {
        reg.depth++;
        open_type(m);
        reg.depth--;
    }
    reg.v = mem_resize(reg.v, (reg.n + 1) * sizeof *reg.v);
    reg.v[reg.n++] = m;
    return m;
}

/* --- asking ---------------------------------------------------------------- */

static bool has_upper(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return true;
    return false;
}

static bool fold(struct str *key)
{
    struct buf *b = &reg.folded[reg.asking];

    if (!b->max)
        buf_init(b, MAP_SCRATCH_MAX);
    buf_reset(b);
    if (!buf_str(b, *key))
        return false;
    for (size_t i = 0; i < b->n; i++)
        b->p[i] = (char)chr_lower((unsigned char)b->p[i]);
    *key = buf_view(b);
    return true;
}

/* With SMTPUTF8 a table is neither asked nor believed in anything but UTF-8. */
static bool needs_utf8(const struct map *m)
{
    return !(m->flags & MAP_BYTES) && par_smtputf8_enable();
}

enum result map_get(struct map *m, struct str key, struct buf *out)
{
    enum result r;

    buf_reset(out);
    if (!str_is_ascii(key) && needs_utf8(m) && !str_is_utf8(key)) {
        log_warn("non-UTF-8 key '%.*s': skipping lookup in %s", (int)(key.n > 200 ? 200 : key.n), key.p, m->spec);
        return NONE;
    }
    if ((m->flags & MAP_FOLD) && m->class == MAP_FIXED && has_upper(key) && !fold(&key))
        return NONE;
    reg.asking++;
    r = m->ops->get(m, key, out);
    reg.asking--;
    if (r == OK && !str_is_ascii(buf_view(out)) && needs_utf8(m) && !str_is_utf8(buf_view(out))) {
        log_warn("key %.*s: non-UTF-8 value '%.200s': ignoring lookup result from %s",
                 (int)(key.n > 200 ? 200 : key.n), key.p, out->p, m->spec);
        buf_reset(out);
        return TEMP;
    }
    return r;
}

enum result map_each(struct map *m, size_t *at, struct str *key, struct str *value)
{
    return m->ops->each ? m->ops->each(m, at, key, value) : PERM;
}

enum map_class map_class(const struct map *m)
{
    return m->class;
}

const char *map_name(const struct map *m)
{
    return m->spec;
}

const char *map_changed(void)
{
    for (size_t i = 0; i < reg.n; i++) {
        const struct map *m = reg.v[i];
        struct stat st;

        if (m->retry_ms && clock_ms() >= m->retry_ms)
            return m->spec;
        if (m->fd < 0 || fstat(m->fd, &st) < 0)
            continue;
        if (st.st_nlink == 0 || st.st_size != m->seen.st_size || st.st_mtim.tv_sec != m->seen.st_mtim.tv_sec ||
            st.st_mtim.tv_nsec != m->seen.st_mtim.tv_nsec)
            return m->spec;
    }
    return NULL;
}

bool map_each_type(size_t *at, const char **name)
{
    if (*at >= ARRAY_LEN(types))
        return false;
    *name = types[(*at)++].name;
    return true;
}

bool map_is_cdb(const char *type)
{
    static const char *const names[] = { "cdb", "hash", "btree", "dbm", "sdbm", "lmdb" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (ENABLE_MAP_CDB && strcmp(names[i], type) == 0)
            return true;
    return false;
}
