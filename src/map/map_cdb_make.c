/* map_cdb_make.c - writing NAME.cdb: readers see the old table or the new one
 *
 * The lock is on NAME.cdb.tmp. Who waited for it may hold what has become the
 * table in the meantime, so the name is looked at again after locking.
 * Runs in: postmap, postalias, newaliases.
 * Parameters: none.  Feature: MAP_CDB.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/map_cdb_make.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

enum { RECORD_MAX = 64 << 20 };

struct cdb_maker {
    struct cdb_make cdb;
    char *name;          /* without .cdb */
    char *tmp_path, *path;
    int fd;
    bool with_nul;
    struct buf key, value; /* with their NUL */
};

/* The locked, empty temporary file. */
static int open_locked(const char *path, mode_t mode)
{
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
        struct stat st, now;

        if (fd < 0)
            log_fatal_status(1, "open database %s: %s", path, strerror(errno));
        if (flock(fd, LOCK_EX) < 0 || fstat(fd, &st) < 0)
            log_fatal_status(1, "lock %s: %s", path, strerror(errno));
        if (stat(path, &now) == 0 && now.st_dev == st.st_dev && now.st_ino == st.st_ino) {
            if (ftruncate(fd, 0) < 0 || fchmod(fd, mode) < 0)
                log_fatal_status(1, "truncate %s: %s", path, strerror(errno));
            return fd;
        }
        close(fd); /* somebody else has just finished with this one */
    }
}

struct cdb_maker *map_cdb_make_start(const char *name, mode_t mode, bool with_nul)
{
    struct cdb_maker *mk = mem_new(sizeof *mk);

    mk->name = mem_dup(name);
    mk->path = mem_printf("%s.cdb", name);
    mk->tmp_path = mem_printf("%s.cdb.tmp", name);
    mk->with_nul = with_nul;
    buf_init(&mk->key, RECORD_MAX);
    buf_init(&mk->value, RECORD_MAX);
    mk->fd = open_locked(mk->tmp_path, mode);
    if (cdb_make_start(&mk->cdb, mk->fd) < 0)
        log_fatal_status(1, "write %s: %s", mk->tmp_path, strerror(errno));
    return mk;
}

/* Adds the NUL where the table has one. */
static struct str record(const struct cdb_maker *mk, struct buf *b, struct str s)
{
    if (!mk->with_nul)
        return s;
    buf_reset(b);
    buf_str(b, s);
    buf_putc(b, 0);
    return buf_view(b);
}

enum result map_cdb_make_put(struct cdb_maker *mk, struct str key, struct str value, enum cdb_double how)
{
    struct str k = record(mk, &mk->key, key), v = record(mk, &mk->value, value);
    int there = 0;

    if (key.n >= RECORD_MAX || value.n >= RECORD_MAX) {
        errno = EFBIG;
        return TEMP;
    }
    if (how != CDB_DOUBLE_REPLACE)
        there = cdb_make_exists(&mk->cdb, k.p, (unsigned)k.n);
    if (there < 0)
        return TEMP;
    if (there) {
        if (how == CDB_DOUBLE_WARN)
            log_warn("%s: duplicate entry: \"%.*s\"", mk->name, (int)key.n, key.p);
        return NONE;
    }
    if (cdb_make_put(&mk->cdb, k.p, (unsigned)k.n, v.p, (unsigned)v.n,
                     how == CDB_DOUBLE_REPLACE ? CDB_PUT_REPLACE : CDB_PUT_ADD) < 0)
        return TEMP;
    return OK;
}

static void maker_free(struct cdb_maker *mk)
{
    close(mk->fd);
    buf_done(&mk->key);
    buf_done(&mk->value);
    free(mk->name);
    free(mk->path);
    free(mk->tmp_path);
    free(mk);
}

/* Makes the new name durable. */
static enum result sync_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? mem_dup_n(path, slash == path ? 1 : (size_t)(slash - path)) : mem_dup(".");
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum result r = OK;

    free(dir);
    if (fd < 0)
        return TEMP;
    if (fsync(fd) < 0 && errno != EINVAL) /* some file systems cannot sync a directory */
        r = TEMP;
    close(fd);
    return r;
}

enum result map_cdb_make_finish(struct cdb_maker *mk)
{
    enum result r = OK;
    int err;

    if (cdb_make_finish(&mk->cdb) < 0 || fsync(mk->fd) < 0 || rename(mk->tmp_path, mk->path) < 0) {
        err = errno;
        unlink(mk->tmp_path);
        errno = err;
        r = TEMP;
    } else {
        r = sync_directory(mk->path);
    }
    err = errno;
    maker_free(mk);
    errno = err;
    return r;
}

void map_cdb_make_cancel(struct cdb_maker *mk)
{
    unlink(mk->tmp_path);
    maker_free(mk);
}
