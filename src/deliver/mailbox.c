/* mailbox.c - append to an mbox file, or add a file to a Maildir
 *
 * mbox: opened without following links into what is not a regular file with one
 * name, locked as asked, appended, synced; cut back to its old size when that fails.
 * Maildir: written under tmp, synced, linked to new, directory synced.
 * Runs in: local, virtual, as the recipient's user.
 * Parameters: none (struct mailbox).  Tests: tests/unit/mailbox_test.c, tests/smtp/local-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/copy.h"
#include "deliver/mailbox_lock.h"

enum { PATH_BYTES = 4096 };

/* An existing file must be what it seems; a new one is ours alone. Devices are allowed (/dev/null in aliases). */
static enum result open_mbox(const struct mailbox *m, int *fd, struct stat *st, struct why *why)
{
    *fd = open(m->path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (*fd < 0 || fstat(*fd, st) < 0)
        return mailbox_fs_failure(why, "cannot open mailbox", m->path, errno);
    if (S_ISREG(st->st_mode) && st->st_nlink > 1)
        return why_set(why, "5.2.0", "destination %s has more than one name", m->path);
    if (!S_ISREG(st->st_mode) && !S_ISCHR(st->st_mode))
        return why_set(why, "5.2.0", "destination %s is not a regular file", m->path);
    if (m->check_owner && S_ISREG(st->st_mode) && st->st_uid != m->uid) {
        log_warn("specify \"strict_mailbox_ownership = no\" to ignore mailbox ownership mismatch");
        return why_set(why, "4.2.0", "destination %s is not owned by recipient", m->path);
    }
    return OK;
}

static enum result append(const struct mailbox *m, int fd, const struct stat *st, const struct delivery *d,
                          const struct delivery_rcpt *r, struct why *why)
{
    off_t end = S_ISREG(st->st_mode) ? lseek(fd, 0, SEEK_END) : 0;
    enum result result;
    bool write_failed;
    int error;

    if (m->size_limit && end + d->env->size > m->size_limit && S_ISREG(st->st_mode))
        return why_set(why, "5.2.2", "cannot update mailbox %s for user %s. file too large", m->path, m->user);
    result = copy_content(d, r, fd, m->flags | COPY_FROM_LINE | COPY_QUOTE_FROM | COPY_BLANK_END, "\n", &write_failed);
    if (result == OK && S_ISREG(st->st_mode) && fsync(fd) < 0) {
        result = TEMP;
        write_failed = true;
    }
    if (result == OK)
        return OK;
    error = errno;
    if (S_ISREG(st->st_mode) && ftruncate(fd, end) < 0)
        log_warn("cannot cut %s back to %lld bytes: %s", m->path, (long long)end, strerror(errno));
    if (!write_failed)
        return why_set(why, "4.3.0", "error reading message: %s", strerror(error));
    mailbox_fs_failure(why, "cannot update mailbox", m->path, error);
    return why->dsn[0] == '5' ? PERM : TEMP;
}

static enum result deliver_mbox(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                                struct why *why)
{
    struct mailbox_lock lock = { .path = m->path,
                                 .methods = m->locks,
                                 .attempts = m->lock_attempts,
                                 .delay = m->lock_delay,
                                 .stale = m->stale_lock_time,
                                 .dotlock_may_fail = m->dotlock_may_fail };
    struct stat st;
    int fd = -1;
    enum result result = mailbox_dotlock(&lock, why);

    if (result == OK)
        result = open_mbox(m, &fd, &st, why);
    if (result == OK && S_ISREG(st.st_mode))
        result = mailbox_lock_file(&lock, fd, why);
    if (result == OK)
        result = append(m, fd, &st, d, r, why);
    if (fd >= 0)
        close(fd);
    mailbox_unlock(&lock);
    return result;
}

/* Makes the Maildir and its three folders when one is missing. */
static enum result make_maildir(const char *path, struct why *why)
{
    static const char *const parts[] = { "", "tmp", "new", "cur" };
    char dir[PATH_BYTES];

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        snprintf(dir, sizeof dir, "%s%s", path, parts[i]);
        for (char *p = dir + 1; *p; p++) {
            if (*p != '/')
                continue;
            *p = 0;
            if (mkdir(dir, 0700) < 0 && errno != EEXIST)
                return mailbox_fs_failure(why, "create maildir", dir, errno);
            *p = '/';
        }
        if (dir[strlen(dir) - 1] != '/' && mkdir(dir, 0700) < 0 && errno != EEXIST)
            return mailbox_fs_failure(why, "create maildir", dir, errno);
    }
    return OK;
}

static int create_tmp(const struct mailbox *m, char *tmp, size_t cap, struct timeval now)
{
    snprintf(tmp, cap, "%stmp/%ld.P%ld.%s", m->path, (long)now.tv_sec, (long)getpid(), m->hostname);
    return open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static enum result sync_new(const struct mailbox *m)
{
    char dir[PATH_BYTES];
    int fd;
    bool fine;

    snprintf(dir, sizeof dir, "%snew", m->path);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fine = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return fine ? OK : TEMP;
}

static enum result publish(const struct mailbox *m, const char *tmp, int fd, struct timeval now)
{
    char to[PATH_BYTES];
    struct why ignored;
    struct stat st;
    int error, linked;

    if (fstat(fd, &st) < 0)
        return TEMP;
    snprintf(to, sizeof to, "%snew/%ld.V%lxI%lxM%ld.%s", m->path, (long)now.tv_sec, (unsigned long)st.st_dev,
             (unsigned long)st.st_ino, (long)now.tv_usec, m->hostname);
    /* link() never replaces a file; a file system without links gets a rename. */
    linked = link(tmp, to);
    if (linked < 0 && errno == ENOENT && make_maildir(m->path, &ignored) == OK)
        linked = link(tmp, to); /* making it was interrupted once */
    if (linked == 0)
        (void)unlink(tmp);
    else if ((errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP) || rename(tmp, to) < 0)
        return TEMP;
    if (sync_new(m) == OK)
        return OK;
    error = errno;
    (void)unlink(to); /* it will be delivered again */
    errno = error;
    return TEMP;
}

static enum result deliver_maildir(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                                   struct why *why)
{
    struct timeval now = clock_wall();
    char tmp[PATH_BYTES];
    bool write_failed = true;
    enum result result;
    int fd, error;

    if (strlen(m->path) > PATH_BYTES / 2)
        return why_set(why, "5.2.0", "mailbox path is too long");
    fd = create_tmp(m, tmp, sizeof tmp, now);
    if (fd < 0 && errno == ENOENT) {
        result = make_maildir(m->path, why);
        if (result != OK)
            return result;
        fd = create_tmp(m, tmp, sizeof tmp, now);
    }
    if (fd < 0)
        return mailbox_fs_failure(why, "create maildir file", tmp, errno);
    result = copy_content(d, r, fd, m->flags, "\n", &write_failed);
    if (result == OK && (fsync(fd) < 0 || publish(m, tmp, fd, now) != OK)) {
        write_failed = true;
        result = TEMP;
    }
    error = errno;
    close(fd);
    if (result == OK)
        return OK;
    (void)unlink(tmp);
    if (!write_failed)
        return why_set(why, "4.3.0", "error reading message: %s", strerror(error));
    return mailbox_fs_failure(why, "maildir delivery failed:", m->path, error);
}

enum result mailbox_deliver(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                            struct why *why)
{
    size_t n = strlen(m->path);

    return n && m->path[n - 1] == '/' ? deliver_maildir(m, d, r, why) : deliver_mbox(m, d, r, why);
}
