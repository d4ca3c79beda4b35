/* qdir_scan.c - every queue file below a directory
 *
 * Files may appear, vanish and move while we look; whoever handles an id must
 * cope with its absence anyway. Entries that are no queue id are skipped.
 * Runs in: qmgr, showq, postsuper.  Parameters: hash_queue_names, hash_queue_depth.
 * Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "queue/qdir.h"
#include "queue/qdir_int.h"
#include "queue/qslot.h"

struct scan {
    bool (*visit)(const char *id, void *arg);
    void *arg;
    bool stop;
};

static enum result scan_level(int parent, const char *name, int depth, struct scan *s)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    enum result r = OK;
    struct dirent *e;
    DIR *d;

    if (fd < 0) /* gone, or no directory at all */
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? OK : TEMP;
    d = fdopendir(fd);
    if (!d) {
        close(fd);
        return TEMP;
    }
    while (r == OK && !s->stop) {
        errno = 0;
        e = readdir(d);
        if (!e) {
            r = errno ? TEMP : OK;
            break;
        }
        if (e->d_name[0] == '.')
            continue;
        if (depth && !e->d_name[1])
            r = scan_level(dirfd(d), e->d_name, depth - 1, s);
        else if (qdir_valid_id(str_of(e->d_name)))
            s->stop = !s->visit(e->d_name, s->arg);
    }
    closedir(d);
    return r;
}

enum result qdir_scan(const char *dir, bool (*visit)(const char *id, void *arg), void *arg)
{
    struct scan s = { visit, arg, false };

    /* What leaves a slot meanwhile is found below. */
    if (strcmp(dir, "incoming") == 0 && !qslot_scan(visit, arg))
        return OK;
    return scan_level(AT_FDCWD, dir, qdir_depth(dir), &s);
}
