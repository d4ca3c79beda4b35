/* qdir_setup.c - the directories of a queue, made and checked
 *
 * Ordinary users may add files to maildrop and connect to sockets in public,
 * and that is all; there is no set-gid program, so maildrop has the sticky bit
 * and its files carry their owner's identity.
 * Runs in: postfix start, check.  Parameters: none.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "queue/qdir.h"

static const struct {
    const char *name;
    mode_t mode;
    bool root; /* stays root's */
} queue_dirs[] = {
    { "incoming", 0700, false }, { "active", 0700, false },   { "deferred", 0700, false }, { "hold", 0700, false },
    { "slots", 0700, false },
    { "corrupt", 0700, false },  { "saved", 0700, false },    { "bounce", 0700, false },   { "defer", 0700, false },
    { "trace", 0700, false },    { "flush", 0700, false },    { "private", 0700, false },  { "public", 0711, false },
    { "maildrop", 01733, false }, { "pid", 0755, true },
};

/* Works on the directory itself, not on what a link of that name points to. */
static enum result setup_one(int queue, const char *name, mode_t mode, uid_t uid, gid_t gid)
{
    bool made = mkdirat(queue, name, 0700) == 0;
    int fd = made || errno == EEXIST ? openat(queue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    struct stat st;
    int r = -1;

    if (fd >= 0 && fstat(fd, &st) == 0) {
        r = 0;
        if (geteuid() == 0 && (st.st_uid != uid || st.st_gid != gid))
            r = fchown(fd, uid, gid);
        if (r == 0 && (st.st_mode & 07777) != mode)
            r = fchmod(fd, mode);
    }
    if (r < 0)
        log_error("queue directory %s: %s", name, strerror(errno));
    if (fd >= 0)
        close(fd);
    return r < 0 ? TEMP : OK;
}

enum result qdir_setup(const char *queue, uid_t owner, gid_t group)
{
    enum result r = OK;
    int fd;

    if (mkdir(queue, 0755) < 0 && errno != EEXIST) {
        log_error("cannot make queue directory %s: %s", queue, strerror(errno));
        return TEMP;
    }
    fd = open(queue, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        log_error("open queue directory %s: %s", queue, strerror(errno));
        return TEMP;
    }
    for (size_t i = 0; i < ARRAY_LEN(queue_dirs); i++) {
        bool shared = strcmp(queue_dirs[i].name, "maildrop") == 0 || strcmp(queue_dirs[i].name, "public") == 0;

        if (setup_one(fd, queue_dirs[i].name, queue_dirs[i].mode, queue_dirs[i].root ? 0 : owner,
                      queue_dirs[i].root || !shared ? 0 : group) != OK)
            r = TEMP;
    }
    close(fd);
    return r;
}

const char *qdir_name(size_t i)
{
    return i < ARRAY_LEN(queue_dirs) ? queue_dirs[i].name : NULL;
}
