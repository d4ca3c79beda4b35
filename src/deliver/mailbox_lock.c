/* mailbox_lock.c - the locks that mail programs agree on
 *
 * Runs in: local, virtual, postlock, as the mailbox's user.
 * Parameters: none (struct mailbox_lock).  Tests: tests/unit/mailbox_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/mailbox_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

enum result mailbox_fs_failure(struct why *why, const char *what, const char *path, int error)
{
    bool temp = error == EAGAIN || error == ENOSPC || error == EDQUOT || error == ESTALE || error == EINTR ||
                error == EACCES || error == EPERM || error == EIO || error == EROFS || error == ENOMEM ||
                error == EMFILE || error == ENFILE || error == ETIMEDOUT || error == ENOLCK || error == EDEADLK ||
                error == EBUSY || error == ENOBUFS || error == ETXTBSY;
    bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;

    return why_set(why,
                   temp   ? full ? "4.2.2" : "4.2.0"
                   : full ? "5.2.2"
                          : "5.2.0",
                   "%s %s: %s", what, path, strerror(error));
}

static bool wants(const struct mailbox_lock *l, const char *method)
{
    return strstr(l->methods, method) != NULL;
}

static bool lock_name(const struct mailbox_lock *l, char *name, size_t cap)
{
    return snprintf(name, cap, "%s.lock", l->path) < (int)cap;
}

static enum result create_dotlock(const struct mailbox_lock *l, const char *name, struct why *why)
{
    struct stat st;

    for (int i = 0; i < l->attempts; i++) {
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);

        if (fd >= 0) {
            close(fd);
            return OK;
        }
        if (errno != EEXIST)
            return mailbox_fs_failure(why, "unable to create lock file", name, errno);
        if (lstat(name, &st) == 0 && time(NULL) - st.st_mtime > l->stale)
            (void)unlink(name);
        else
            sleep((unsigned)l->delay);
    }
    return why_set(why, "4.2.0", "unable to lock for exclusive access: %s exists", name);
}

enum result mailbox_dotlock(struct mailbox_lock *l, struct why *why)
{
    char name[PATH_BYTES];
    enum result r;

    if (!wants(l, "dotlock") || strncmp(l->path, "/dev/", 5) == 0)
        return OK;
    if (!lock_name(l, name, sizeof name))
        return why_set(why, "5.2.0", "mailbox path is too long");
    r = create_dotlock(l, name, why);
    l->dotlocked = r == OK;
    return l->dotlock_may_fail ? OK : r;
}

enum result mailbox_lock_file(const struct mailbox_lock *l, int fd, struct why *why)
{
    struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    for (int i = 0; i < l->attempts; i++) {
        bool flocked = !wants(l, "flock") || flock(fd, LOCK_EX | LOCK_NB) == 0;

        if (flocked && (!wants(l, "fcntl") || fcntl(fd, F_SETLK, &range) == 0))
            return OK;
        if (errno != EWOULDBLOCK && errno != EAGAIN && errno != EACCES && errno != EINTR)
            return mailbox_fs_failure(why, "unable to lock", l->path, errno);
        if (flocked && wants(l, "flock"))
            (void)flock(fd, LOCK_UN);
        sleep((unsigned)l->delay);
    }
    return why_set(why, "4.2.0", "unable to lock %s for exclusive access", l->path);
}

void mailbox_unlock(struct mailbox_lock *l)
{
    char name[PATH_BYTES];

    if (l->dotlocked && lock_name(l, name, sizeof name))
        (void)unlink(name);
    l->dotlocked = false;
}
