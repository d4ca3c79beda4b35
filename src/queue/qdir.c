/* qdir.c - the queue directories: names, hashing, moves
 *
 * All paths are relative to the queue directory, which is the current one in
 * every process that comes here.
 * Runs in: whoever touches the queue.  Parameters: hash_queue_names,
 * hash_queue_depth.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "queue/qdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "param/param.h"
#include "queue/qdir_int.h"
#include "queue/qid.h"
#include "queue/qslot.h"

enum { QDIR_MODE = 0700, QDIR_MAX_DEPTH = 8 };

int qdir_depth(const char *dir)
{
    struct str rest = str_of(par_hash_queue_names()), word;
    int64_t depth;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq(word, dir)) {
            depth = par_hash_queue_depth();
            return depth > QDIR_MAX_DEPTH ? QDIR_MAX_DEPTH : (int)depth;
        }
    return 0;
}

bool qdir_valid_id(struct str id)
{
    return qid_valid(id);
}

void qdir_path(const char *dir, const char *id, char out[QDIR_PATH])
{
    int depth = qdir_depth(dir);
    char hash[QUEUE_ID_MAX];
    size_t n = (size_t)snprintf(out, QDIR_PATH - 2 * QDIR_MAX_DEPTH - QUEUE_ID_MAX, "%s/", dir);

    if (depth)
        qid_hash_text(id, hash);
    for (int i = 0; i < depth; i++) {
        out[n++] = hash[i] ? hash[i] : '_';
        out[n++] = '/';
        if (!hash[i])
            hash[i + 1] = 0;
    }
    snprintf(out + n, QDIR_PATH - n, "%.*s", QUEUE_ID_MAX - 1, id);
}

/* The part of path before its last slash. */
static void parent(const char *path, char out[QDIR_PATH])
{
    snprintf(out, QDIR_PATH, "%.*s", (int)(strrchr(path, '/') - path), path);
}

enum result qdir_make_hash(const char *dir, const char *id)
{
    char path[QDIR_PATH];
    size_t n = strlen(dir) + 1;

    qdir_path(dir, id, path);
    for (char *slash = strchr(path + n, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, QDIR_MODE) < 0 && errno != EEXIST)
            return TEMP;
        *slash = '/';
    }
    return OK;
}

enum result qdir_sync_always(const char *path)
{
    char dir[QDIR_PATH];
    int fd, r;

    parent(path, dir);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return TEMP;
    r = fsync(fd);
    if (r < 0 && errno == EINVAL) /* this file system has nothing to sync */
        r = 0;
    close(fd);
    return r < 0 ? TEMP : OK;
}

/* link + unlink does the same where there is no renameat2: never two names for long, never a lost one. */
static int rename_new(const char *from, const char *to)
{
#if defined(SYS_renameat2)
    if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1 /* RENAME_NOREPLACE */) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    if (link(from, to) < 0)
        return -1;
    return unlink(from);
}

void qdir_find(const char *dir, const char *id, char out[QDIR_PATH])
{
    int slot = strcmp(dir, "incoming") == 0 ? qslot_of(id) : QSLOT_NONE;

    if (slot >= 0)
        qslot_path(slot, out);
    else
        qdir_path(dir, id, out);
}

enum result qdir_move(const char *from, const char *to, const char *id, bool sync)
{
    char old[QDIR_PATH], new[QDIR_PATH];
    int r;

    qdir_find(from, id, old);
    qdir_path(to, id, new);
    r = rename_new(old, new);
    if (r < 0 && errno == ENOENT && qdir_depth(to) && access(old, F_OK) == 0 && qdir_make_hash(to, id) == OK)
        r = rename_new(old, new);
    if (r < 0)
        return errno == ENOENT && access(old, F_OK) < 0 ? NONE : TEMP;
    if (sync && (qdir_sync_always(new) != OK || qdir_sync_always(old) != OK))
        return TEMP;
    return OK;
}

enum result qdir_remove(const char *dir, const char *id)
{
    char path[QDIR_PATH];

    qdir_path(dir, id, path);
    if (unlink(path) == 0)
        return OK;
    return errno == ENOENT ? NONE : TEMP;
}

const char *qdir_locate(const char *id, const char *const *dirs)
{
    char path[QDIR_PATH];
    struct stat st;

    for (; *dirs; dirs++) {
        qdir_find(*dirs, id, path);
        if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
            return *dirs;
    }
    return NULL;
}

int64_t qdir_free_bytes(void)
{
    struct statvfs v;

    if (statvfs(".", &v) < 0)
        return -1;
    return (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}
