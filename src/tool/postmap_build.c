/* postmap_build.c - postmap and postalias: writing tables
 *
 * A table is always written as a whole beside the old one and then takes its
 * place, also for -i and -d, so that no reader ever sees half of it.
 * Runs as: any user; as root it takes on the rights of the owner of the source
 * while it reads and writes.
 * Parameters: smtputf8_enable, myhostname.  Tests: tests/tables/
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map.h"
#include "map/source.h"
#include "net/crypto.h"
#include "param/param.h"
#include "tool/postmap.h"

enum { FILES_MAX = 16 << 20 };

struct table {
    const struct postmap_options *o;
    char *spec;         /* type:path */
    const char *path;
    char *file;         /* path.cdb */
    bool other_rights;  /* we took on those of the owner */
    sigset_t signals;   /* as they were */
    struct buf key;     /* in lower case */
};

/* --- rights and signals -------------------------------------------------------- */

static void take_rights(struct table *t, const struct stat *owner)
{
    gid_t gid = owner->st_gid;

    if (!t->o->as_owner || getuid() != 0 || (owner->st_uid == geteuid() && owner->st_gid == getegid()))
        return;
    if (setgroups(1, &gid) < 0 || setegid(gid) < 0 || seteuid(owner->st_uid) < 0)
        log_fatal_status(1, "take on uid %ld gid %ld: %s", (long)owner->st_uid, (long)gid, strerror(errno));
    t->other_rights = true;
}

static void give_rights_back(struct table *t)
{
    gid_t gid = getgid();

    if (!t->other_rights)
        return;
    if (seteuid(0) < 0 || setegid(gid) < 0 || setgroups(1, &gid) < 0)
        log_fatal_status(1, "return to uid 0: %s", strerror(errno));
}

/* An interrupt waits until the table is whole. */
static void hold_signals(struct table *t)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, &t->signals);
}

/* --- one table ------------------------------------------------------------------ */

/* False: the type needs no file, there is nothing to do (fail:). */
static bool table_init(struct table *t, const struct postmap_options *o, const char *arg, const char *operation)
{
    size_t n;

    *t = (struct table){ .o = o, .spec = postmap_spec(arg) };
    n = strcspn(t->spec, ":");
    t->path = t->spec + n + 1;
    if (!*t->path)
        log_fatal_status(1, "open dictionary: expecting \"type:name\" form instead of \"%s\"", t->spec);
    t->spec[n] = 0;
    if (strcmp(t->spec, "fail") == 0)
        return false;
    if (!map_is_cdb(t->spec)) {
        bool known = false;
        const char *name;

        for (size_t at = 0; map_each_type(&at, &name);)
            known |= strcmp(name, t->spec) == 0;
        if (!known)
            log_fatal_status(1, "unsupported dictionary type: %s", t->spec);
        if (operation)
            log_fatal_status(1, "table %s: %s operation is not supported", arg, operation);
        log_fatal_status(1, "unsupported dictionary type: %s does not support bulk-mode creation.", t->spec);
    }
    t->spec[n] = ':';
    t->file = mem_printf("%s.cdb", t->path);
    buf_init(&t->key, SOURCE_LINE_MAX);
    hold_signals(t);
    return true;
}

static void table_done(struct table *t)
{
    give_rights_back(t);
    if (t->file) {
        sigprocmask(SIG_SETMASK, &t->signals, NULL);
        buf_done(&t->key);
    }
    free(t->file);
    free(t->spec);
}

static void write_error(const struct table *t) NORETURN;

static void write_error(const struct table *t)
{
    log_fatal_status(1, "table %s: write error: %s", t->spec, strerror(errno));
}

static struct str folded(struct table *t, struct str key)
{
    if (!t->o->fold)
        return key;
    buf_reset(&t->key);
    buf_str(&t->key, key);
    str_lower(t->key.p);
    return buf_view(&t->key);
}

static void put(struct table *t, struct cdb_maker *mk, struct str key, struct str value, enum cdb_double how)
{
    enum result r = map_cdb_make_put(mk, folded(t, key), value, how);

    if (r != OK && r != NONE)
        write_error(t);
}

static mode_t file_mode(const struct postmap_options *o, mode_t source)
{
    return o->same_mode ? 0600 | (source & 0044) : 0644;
}

/* --- -F: the content of files ----------------------------------------------------- */

/* The files, with a newline between them, as base64. False: warned, leave this entry out. */
static bool take_files(const struct source *s, struct str names, struct buf *out)
{
    struct buf all;
    struct str word;
    bool good = true, any = false;

    buf_init(&all, FILES_MAX);
    buf_reset(out);
    while (good && str_word(&names, STR_LIST_SEPS, &word) == OK) {
        char *path = mem_dup_n(word.p, word.n);
        enum result r = !any || buf_putc(&all, '\n') ? io_read_file(AT_FDCWD, path, &all) : TEMP;

        if (r != OK)
            log_warn("%s, line %d: open %s: %s: skipping this entry", s->name, s->first, path,
                     r == NONE ? strerror(ENOENT) : strerror(errno));
        good = r == OK;
        any = true;
        free(path);
    }
    if (good && any)
        good = base64_encode(out, buf_view(&all));
    else if (good)
        log_warn("%s, line %d: no file names: skipping this entry", s->name, s->first);
    buf_done(&all);
    return good && any;
}

/* --- building ---------------------------------------------------------------------- */

static enum result next_entry(const struct table *t, struct alias_source *a, struct str *key, struct str *value)
{
    return t->o->alias ? source_alias_entry(a, key, value) : source_entry(&a->s, key, value);
}

static void add_entries(struct table *t, struct cdb_maker *mk, int fd, const char *name)
{
    struct alias_source a;
    struct str key, value;
    struct buf content;
    enum result r;

    source_alias_init(&a, name, fd);
    a.s.utf8 = !t->o->bytes;
    if (!t->o->alias)
        a.s.ignoring = "";
    buf_init(&content, 2 * FILES_MAX);
    while ((r = next_entry(t, &a, &key, &value)) == OK) {
        if (t->o->files) {
            if (!take_files(&a.s, value, &content))
                continue;
            value = buf_view(&content);
        }
        put(t, mk, key, value, t->o->doubles);
    }
    if (r != NONE)
        log_fatal_status(1, "read %s: %s", name, strerror(errno));
    buf_done(&content);
    source_alias_done(&a);
}

/* What sendmail and NIS expect in an alias table. */
static void add_signatures(struct table *t, struct cdb_maker *mk)
{
    char now[32];
    struct str host = str_of(par_myhostname());
    int n = snprintf(now, sizeof now, "%lld", (long long)time(NULL));

    if (map_cdb_make_put(mk, STR("@"), STR("@"), CDB_DOUBLE_REPLACE) != OK ||
        map_cdb_make_put(mk, STR("YP_LAST_MODIFIED"), (struct str){ now, (size_t)n }, CDB_DOUBLE_REPLACE) != OK ||
        map_cdb_make_put(mk, STR("YP_MASTER_NAME"), host, CDB_DOUBLE_REPLACE) != OK)
        write_error(t);
}

/* Keys to leave out, sorted. */
struct keys {
    struct str *v;
    size_t n;
};

static int compare(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    int d = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

    return d ? d : (x->n > y->n) - (x->n < y->n);
}

/* Entries of the present table. Returns whether one was left out. */
static bool copy_old(struct table *t, struct cdb_maker *mk, const struct keys *but)
{
    struct map *m = map_open(t->spec, MAP_FATAL | MAP_BYTES);
    struct str key, value;
    size_t at = 0;
    bool found = false;
    enum result r;

    while ((r = map_each(m, &at, &key, &value)) == OK) {
        if (but->n && bsearch(&key, but->v, but->n, sizeof *but->v, compare))
            found = true;
        else if (map_cdb_make_put(mk, key, value, CDB_DOUBLE_IGNORE) == TEMP)
            write_error(t);
    }
    if (r != NONE)
        log_fatal_status(1, "table %s: sequence error", t->spec);
    return found;
}

static void finish(struct table *t, struct cdb_maker *mk)
{
    if (map_cdb_make_finish(mk) != OK)
        write_error(t);
}

static void build_new(struct table *t, int fd)
{
    struct cdb_maker *mk;
    struct stat st;

    if (fstat(fd, &st) < 0)
        log_fatal_status(1, "fstat %s: %s", t->path, strerror(errno));
    take_rights(t, &st);
    mk = map_cdb_make_start(t->path, file_mode(t->o, st.st_mode), t->o->with_nul);
    add_entries(t, mk, fd, t->path);
    if (t->o->alias)
        add_signatures(t, mk);
    finish(t, mk);
}

/* -i: entries of standard input on top of what is there. */
static void build_incremental(struct table *t)
{
    struct cdb_maker *mk;
    struct stat st = { .st_mode = 0644 };
    struct keys none = { NULL, 0 };
    bool there = stat(t->file, &st) == 0;

    if (there)
        take_rights(t, &st);
    mk = map_cdb_make_start(t->path, there ? st.st_mode & 0666 : 0644, t->o->with_nul);
    if (there)
        (void)copy_old(t, mk, &none);
    add_entries(t, mk, STDIN_FILENO, "stdin");
    if (t->o->alias)
        add_signatures(t, mk);
    finish(t, mk);
}

static int open_source(const char *arg)
{
    const char *colon = strchr(arg, ':'), *path = colon ? colon + 1 : arg;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        log_fatal_status(1, "open %s: %s", path, strerror(errno));
    return fd;
}

void postmap_build(const struct postmap_options *o, const char *arg)
{
    int fd = o->incremental ? -1 : open_source(arg);
    struct table t;

    if (table_init(&t, o, arg, o->incremental ? "update" : NULL)) {
        if (o->incremental)
            build_incremental(&t);
        else
            build_new(&t, fd);
    }
    table_done(&t);
    if (fd >= 0)
        close(fd);
}

static bool delete_keys(const struct postmap_options *o, const char *arg, const struct keys *keys)
{
    struct table t;
    struct stat st;
    struct cdb_maker *mk;
    bool found;

    if (!table_init(&t, o, arg, "delete"))
        log_fatal_status(1, "table %s: delete error", arg);
    if (stat(t.file, &st) < 0)
        log_fatal_status(1, "open database %s: %s", t.file, strerror(errno));
    take_rights(&t, &st);
    mk = map_cdb_make_start(t.path, st.st_mode & 0666, o->with_nul);
    found = copy_old(&t, mk, keys);
    if (found)
        finish(&t, mk);
    else
        map_cdb_make_cancel(mk);
    table_done(&t);
    return found;
}

static void add_key(const struct postmap_options *o, struct keys *keys, const char *text, size_t n)
{
    char *copy = mem_dup_n(text, n);

    if (o->fold)
        str_lower(copy);
    keys->v = mem_resize(keys->v, (keys->n + 1) * sizeof *keys->v);
    keys->v[keys->n++] = (struct str){ copy, n };
}

bool postmap_delete(const struct postmap_options *o, char *const *args, int n, const char *key)
{
    struct keys keys = { NULL, 0 };
    bool found = false;
    char *line = NULL;
    size_t cap = 0;
    ssize_t got;

    if (strcmp(key, "-") != 0)
        add_key(o, &keys, key, strlen(key));
    else
        while ((got = getline(&line, &cap, stdin)) > 0)
            add_key(o, &keys, line, (size_t)got - (line[got - 1] == '\n'));
    free(line);
    if (keys.n)
        qsort(keys.v, keys.n, sizeof *keys.v, compare);
    for (int i = 0; i < n; i++)
        found |= delete_keys(o, args[i], &keys);
    for (size_t i = 0; i < keys.n; i++)
        free((char *)keys.v[i].p);
    free(keys.v);
    return found;
}
