/* map_cdb.c - constant database tables: cdb:, and hash: btree: dbm: sdbm: lmdb: by the same file
 *
 * Opens NAME.cdb and answers lookups; postmap builds it. The file is mapped, so
 * a table of any size costs the pages that are touched, shared by all processes.
 * Where there is no NAME.cdb and none can come, because the directory cannot be
 * written or NAME is still indexed for another program (NAME.db), the source
 * text is read into memory instead.
 * Called through map_open(); calls the TinyCDB reader.
 * Runs in: every process that opens tables; opened before the jail.
 * Parameters: alias_database, alias_maps (which sources are in aliases(5) form), non_bdb_migration_level,
 * non_bdb_migration_allow_root_prefixes, non_bdb_migration_allow_user_prefixes.
 * Feature: MAP_CDB.  Tests: tests/unit/map_test.c, tests/tables/
 */
/* SPDX-License-Identifier: ISC */
#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_mem.h"
#include "map/source.h"
#include "param/param.h"

enum result map_cdb_open(struct map *m, const char *path);
void map_cdb_close(struct map *m); /* for the fuzz target */

enum { KEY_STACK = 1024, SETTLED = 100 /* seconds: a source just being edited is no reason to warn */ };

struct map_cdb {
    struct cdb cdb;
    unsigned seq;      /* listing */
    bool nul;          /* keys have a trailing NUL, as the first one shows */
};

/* --- reading NAME.cdb ------------------------------------------------------ */

/* NUL at the end of a stored text does not count. */
static struct str stored(const void *p, unsigned n)
{
    const char *text = p;

    return (struct str){ text, n && text[n - 1] == 0 ? n - 1 : n };
}

static enum result find(struct map *m, const char *key, size_t n, struct buf *out)
{
    struct map_cdb *c = m->state;
    int got = n > UINT32_MAX / 2 ? 0 : cdb_find(&c->cdb, key, (unsigned)n);
    const void *data;

    if (got > 0) {
        data = cdb_getdata(&c->cdb);
        if (data)
            return buf_str(out, stored(data, cdb_datalen(&c->cdb))) ? OK : TEMP;
        got = -1;
    }
    if (got < 0)
        log_warn("error reading database %s.cdb: %s", m->path, errno ? strerror(errno) : "damaged file");
    return got < 0 ? TEMP : NONE;
}

/* The key with its NUL, for tables written with postmap -N. */
static enum result find_with_nul(struct map *m, struct str key, struct buf *out)
{
    char stack[KEY_STACK], *copy = key.n < sizeof stack ? stack : mem_new(key.n + 1);
    enum result r;

    if (key.n)
        memcpy(copy, key.p, key.n);
    copy[key.n] = 0;
    r = find(m, copy, key.n + 1, out);
    if (copy != stack)
        free(copy);
    return r;
}

static enum result cdb_get_key(struct map *m, struct str key, struct buf *out)
{
    const struct map_cdb *c = m->state;

    return c->nul ? find_with_nul(m, key, out) : find(m, key.p, key.n, out);
}

static enum result cdb_each(struct map *m, size_t *at, struct str *key, struct str *value)
{
    struct map_cdb *c = m->state;
    const void *k, *v;
    int got;

    if (*at == 0)
        cdb_seqinit(&c->seq, &c->cdb);
    got = cdb_seqnext(&c->seq, &c->cdb);
    if (got == 0)
        return NONE;
    k = got > 0 ? cdb_getkey(&c->cdb) : NULL;
    v = k ? cdb_getdata(&c->cdb) : NULL;
    if (!v) {
        log_warn("error reading database %s.cdb: damaged file", m->path);
        return TEMP;
    }
    *at = c->seq;
    *key = stored(k, cdb_keylen(&c->cdb));
    *value = stored(v, cdb_datalen(&c->cdb));
    return OK;
}

static const struct map_ops cdb_ops = { cdb_get_key, cdb_each };

static bool first_key_has_nul(struct map_cdb *c)
{
    unsigned at;
    const char *key;

    cdb_seqinit(&at, &c->cdb);
    key = cdb_seqnext(&at, &c->cdb) > 0 && cdb_keylen(&c->cdb) ? cdb_getkey(&c->cdb) : NULL;
    return key && key[cdb_keylen(&c->cdb) - 1] == 0;
}

static void warn_if_old(const struct map *m, const char *file)
{
    struct stat st;

    if (stat(m->path, &st) == 0 && st.st_mtime > m->seen.st_mtime && st.st_mtime < time(NULL) - SETTLED)
        log_warn("database %s is older than source file %s", file, m->path);
}

static enum result open_file(struct map *m, int fd, const char *file)
{
    struct map_cdb *c = mem_new(sizeof *c);

    map_watch(m, fd);
    errno = 0;
    if (cdb_init(&c->cdb, fd) < 0) {
        free(c);
        return map_surrogate(m, "open database %s: %s", file, errno ? strerror(errno) : "not a cdb file");
    }
    c->nul = first_key_has_nul(c);
    m->ops = &cdb_ops;
    m->state = c;
    warn_if_old(m, file);
    return OK;
}

/* --- in memory, from the source -------------------------------------------- */

/* The list names this table, so its source is in aliases(5) form. */
static bool listed(const char *list, const struct map *m)
{
    struct str rest = str_of(list), word;

    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        size_t colon = str_rfind(word, ':');

        if (colon < word.n)
            word = (struct str){ word.p + colon + 1, word.n - colon - 1 };
        if (str_eq(word, m->path))
            return true;
    }
    return false;
}

static bool is_alias_source(const struct map *m)
{
    return listed(par_alias_database(), m) || listed(par_alias_maps(), m);
}

static enum result read_source(struct map *m, int fd, struct map_mem *t)
{
    bool alias = is_alias_source(m);
    struct alias_source a;
    struct str key, value;
    enum result r;

    source_alias_init(&a, m->path, fd);
    a.s.utf8 = !(m->flags & MAP_BYTES) && par_smtputf8_enable();
    while ((r = alias ? source_alias_entry(&a, &key, &value) : source_entry(&a.s, &key, &value)) == OK) {
        r = map_mem_add(t, key, value, m->flags & MAP_FOLD);
        if (r == NONE)
            log_warn("%s, line %d: duplicate entry: \"%.*s\"", m->path, a.s.first, (int)key.n, key.p);
        else if (r != OK)
            break;
    }
    source_alias_done(&a);
    return r == NONE ? OK : r;
}

static enum result build_in_memory(struct map *m, int fd, const char *file, const char *reason)
{
    struct map_mem *t = map_mem_new();

    map_watch(m, fd);
    if (read_source(m, fd, t) != OK) {
        map_mem_free(t);
        return map_surrogate(m, "read %s: %s", m->path, errno ? strerror(errno) : "table is too large for memory");
    }
    log_info("%s: no %s and %s: using %s in memory", m->spec, file, reason, m->path);
    m->ops = &map_mem_ops;
    m->state = t;
    return OK;
}

static bool has_prefix(const char *list, const char *path)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (strncmp(path, word.p, word.n) == 0 && (path[word.n] == '/' || path[word.n] == 0))
            return true;
    return false;
}

/* Where Postfix would have its re-indexing service make the new file, we read the source. */
static bool reindex(const char *path)
{
    return strcmp(par_non_bdb_migration_level(), "enable-reindex") == 0 &&
           (has_prefix(par_non_bdb_migration_allow_root_prefixes(), path) ||
            has_prefix(par_non_bdb_migration_allow_user_prefixes(), path));
}

/* Why no NAME.cdb is to be expected, or NULL. */
static const char *why_no_file(const char *path)
{
    char *db = mem_printf("%s.db", path);
    char *dir = mem_dup(path), *slash = strrchr(dir, '/');
    const char *why = NULL;

    if (reindex(path))
        why = "non_bdb_migration_level is enable-reindex";
    else if (access(db, F_OK) == 0)
        why = "only the .db of another program is there";
    if (slash)
        slash[slash == dir] = 0;
    if (!why && access(slash ? dir : ".", W_OK) < 0)
        why = "the directory cannot be written";
    free(db);
    free(dir);
    return why;
}

static enum result open_source(struct map *m, const char *file)
{
    const char *why = why_no_file(m->path);
    int fd = why ? open(m->path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;

    if (fd < 0)
        return map_surrogate(m, "open database %s: %s", file, strerror(ENOENT));
    return build_in_memory(m, fd, file, why);
}

enum result map_cdb_open(struct map *m, const char *path)
{
    char *file = mem_printf("%s.cdb", path);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    enum result r;

    if (fd >= 0)
        r = open_file(m, fd, file);
    else if (errno == ENOENT)
        r = open_source(m, file);
    else
        r = map_surrogate(m, "open database %s: %s", file, strerror(errno));
    free(file);
    return r;
}

void map_cdb_close(struct map *m)
{
    struct map_cdb *c = m->state;

    if (m->ops == &cdb_ops)
        cdb_free(&c->cdb);
    if (m->ops == &map_mem_ops)
        map_mem_free(m->state);
    else
        free(m->state);
    if (m->fd >= 0)
        close(m->fd);
}
