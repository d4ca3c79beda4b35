/* mailbox_lock.c - the locks that mail programs agree on
 *
 * Runs in: local, virtual, postlock, as the mailbox's user.
 * Parameters: none (struct mailbox_lock).  Tests: tests/smtp/postlock-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/mailbox_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { PATH_BYTES = 4096 };

enum result mailbox_fs_failure(struct why *why, int error, const char *fmt, ...)
{
    static const struct {
        int error;
        const char *dsn;
    } known[] = {
        { EAGAIN, "4.2.0" }, { ESTALE, "4.2.0" }, { EINTR, "4.2.0" },  { EDQUOT, "5.2.2" }, { EFBIG, "5.2.2" },
        { ENOSPC, "4.3.0" }, { EIO, "4.3.0" },    { EROFS, "4.3.0" },  { ENOMEM, "4.3.0" }, { EMFILE, "4.3.0" },
        { ENFILE, "4.3.0" }, { EPIPE, "4.3.0" },  { ETIMEDOUT, "4.2.0" },
        { EBUSY, "4.2.0" },  { ENOLCK, "4.3.0" }, { EDEADLK, "4.2.0" }, { ENOBUFS, "4.3.0" }, { ETXTBSY, "4.2.0" },
    };
    const char *dsn = "5.2.0";
    char what[WHY_TEXT];
    va_list ap;

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (known[i].error == error)
            dsn = known[i].dsn;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return why_set(why, dsn, "%s: %s", what, strerror(error));
}

static bool wants(const struct mailbox_lock *l, const char *method)
{
    struct str rest = str_of(l->methods), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, method))
            return true;
    return false;
}

static bool lock_name(const struct mailbox_lock *l, char *name, size_t cap)
{
    return snprintf(name, cap, "%s.lock", l->path) < (int)cap;
}

static enum result create_dotlock(const struct mailbox_lock *l, const char *name, bool *busy, struct why *why)
{
    struct stat st;

    *busy = false;
    for (int i = 0; i < l->attempts; i++) {
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);

        if (fd >= 0) {
            close(fd);
            return OK;
        }
        if (errno != EEXIST)
            return mailbox_fs_failure(why, errno, "unable to create lock file %s", name);
        if (lstat(name, &st) == 0 && time(NULL) - st.st_mtime > l->stale)
            (void)unlink(name);
        else if (i + 1 < l->attempts)
            sleep((unsigned)l->delay);
    }
    *busy = true;
    return why_set(why, "4.2.0", "unable to create lock file %s: %s", name, strerror(EEXIST));
}

enum result mailbox_dotlock(struct mailbox_lock *l, struct why *why)
{
    char name[PATH_BYTES];
    enum result r;
    bool busy;

    if (!wants(l, "dotlock") || strncmp(l->path, "/dev/", 5) == 0)
        return OK;
    if (!lock_name(l, name, sizeof name))
        return why_set(why, "5.2.0", "mailbox path is too long");
    r = create_dotlock(l, name, &busy, why);
    l->dotlocked = r == OK;
    if (r != OK && l->dotlock_may_fail && !busy) {
        log_warn("%s", why->text);
        r = OK;
    }
    return r;
}

enum result mailbox_lock_file(const struct mailbox_lock *l, int fd, struct why *why)
{
    struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    for (int i = 0; i < l->attempts; i++) {
        bool flocked = !wants(l, "flock") || flock(fd, LOCK_EX | LOCK_NB) == 0;

        if (flocked && (!wants(l, "fcntl") || fcntl(fd, F_SETLK, &range) == 0))
            return OK;
        if (errno != EWOULDBLOCK && errno != EAGAIN && errno != EACCES && errno != EINTR)
            return mailbox_fs_failure(why, errno, "unable to lock for exclusive access");
        if (flocked && wants(l, "flock"))
            (void)flock(fd, LOCK_UN);
        if (i + 1 < l->attempts)
            sleep((unsigned)l->delay);
    }
    return why_set(why, "4.2.0", "unable to lock for exclusive access: %s", strerror(EAGAIN));
}

void mailbox_unlock(struct mailbox_lock *l)
{
    char name[PATH_BYTES];

    if (l->dotlocked && lock_name(l, name, sizeof name))
        (void)unlink(name);
    l->dotlocked = false;
}
