/* mailbox.c - append to an mbox file, or add a file to a Maildir
 *
 * mbox: opened without following links that others could have made, only what is one
 * regular file with one name, locked as asked, appended, synced; cut back to its old
 * size when that fails. The name of an empty one may be new: its directory is synced too.
 * Maildir: written under tmp, synced, linked to new, directory synced; so are those that were made.
 * Runs in: local, virtual, as the recipient's user.  Trust: the user's directories change under our hands: every
 * decision is about the open descriptor.
 * Parameters: message_size_limit, else none (struct mailbox).  Tests: tests/smtp/postlock-*.t, tests/local/mailbox-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/copy.h"
#include "deliver/mailbox_lock.h"
#include "param/param.h"
#include "service/service.h"

enum { PATH_BYTES = 4096, OPEN_TRIES = 3 };

/* A symbolic link that only root can have made, in a directory where only root can make one. */
static bool trusted_link(const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_BYTES];
    struct stat st;

    if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode) || st.st_uid != 0)
        return false;
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    return stat(dir, &st) == 0 && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* Opens what is there, or makes a file that was not. */
static enum result open_or_create(const struct mailbox *m, int *fd, struct why *why)
{
    enum { HOW = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

    for (int i = 0; i < OPEN_TRIES; i++) {
        *fd = open(m->path, HOW | O_NOFOLLOW);
        if (*fd < 0 && errno == ELOOP) {
            if (!trusted_link(m->path))
                return why_set(why, "5.2.0", "file is a symbolic link");
            *fd = open(m->path, HOW);
        } else if (*fd < 0 && errno == ENOENT) {
            *fd = open(m->path, HOW | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
            if (*fd < 0 && errno == EEXIST)
                continue;
            if (*fd < 0)
                return mailbox_fs_failure(why, errno, "cannot create file exclusively");
            if (m->become && fchown(*fd, m->uid, m->gid) < 0)
                return mailbox_fs_failure(why, errno, "cannot change ownership");
        }
        return *fd < 0 ? mailbox_fs_failure(why, errno, "cannot open file") : OK;
    }
    return mailbox_fs_failure(why, EAGAIN, "cannot open file");
}

/* An existing file must be what it seems. Devices are allowed in aliases (/dev/null). */
static enum result open_mbox(const struct mailbox *m, int *fd, struct stat *st, struct why *why)
{
    enum result r = open_or_create(m, fd, why);

    if (r != OK)
        return r;
    if (fstat(*fd, st) < 0)
        return mailbox_fs_failure(why, errno, "cannot look at file");
    if (S_ISREG(st->st_mode) && st->st_nlink != 1)
        return why_set(why, "5.2.0", "file has %ld hard links", (long)st->st_nlink);
    if (!S_ISREG(st->st_mode) && (m->kind != MAILBOX_FILE || !S_ISCHR(st->st_mode)))
        return why_set(why, "5.2.0", "destination %s is not a regular file", m->path);
    if (m->kind == MAILBOX_FILE && S_ISREG(st->st_mode) && (st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
        return why_set(why, "5.7.1", "file is executable");
    if (m->check_owner && st->st_uid != m->uid) {
        log_warn("specify \"strict_mailbox_ownership = no\" to ignore mailbox ownership mismatch");
        return why_set(why, "4.2.0", "destination %s is not owned by recipient", m->path);
    }
    return OK;
}

/* The kernel watches the limit, so headers that we add count too. Returns the former one. */
static struct rlimit limit_file(int64_t bytes)
{
    struct rlimit was, now;

    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &was) < 0)
        was.rlim_cur = was.rlim_max = RLIM_INFINITY;
    now = was;
    if (bytes > 0 && (was.rlim_max == RLIM_INFINITY || (int64_t)was.rlim_max > bytes))
        now.rlim_cur = (rlim_t)bytes;
    (void)setrlimit(RLIMIT_FSIZE, &now);
    return was;
}

static enum result copy_synced(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r, int fd,
                               bool regular, unsigned flags, struct why *why)
{
    struct rlimit was = limit_file(regular ? m->size_limit : 0);
    bool write_failed;
    enum result result = copy_content(d, r, fd, m->flags | flags, "\n", &write_failed);
    int error = errno;

    if (result == OK && regular && fsync(fd) < 0) {
        result = TEMP;
        error = errno;
        write_failed = true;
    }
    (void)setrlimit(RLIMIT_FSIZE, &was);
    if (result == OK)
        return OK;
    if (!write_failed)
        return why_set(why, "4.3.0", "error reading message: %s", strerror(error));
    result = mailbox_fs_failure(why, error, "error writing message");
    if (strcmp(why->dsn, "5.2.0") == 0)
        snprintf(why->dsn, sizeof why->dsn, "5.3.0");
    return result;
}

/* Makes the name of path durable. Who may not read the directory has everything written. errno when false. */
static bool sync_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_BYTES];
    bool fine;
    int fd, error;

    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == EACCES) {
        sync();
        return true;
    }
    if (fd < 0)
        return false;
    fine = fsync(fd) == 0 || errno == EINVAL; /* this file system has nothing to sync */
    error = errno;
    close(fd);
    errno = error;
    return fine;
}

static enum result append(struct mailbox *m, int fd, const struct stat *st, const struct delivery *d,
                          const struct delivery_rcpt *r, struct why *why)
{
    bool regular = S_ISREG(st->st_mode);
    off_t end = regular ? lseek(fd, 0, SEEK_END) : 0;
    enum result result;

    m->start = end;
    result = copy_synced(m, d, r, fd, regular, COPY_FROM_LINE | COPY_QUOTE_FROM | COPY_BLANK_END, why);
    if (result == OK && regular && end == 0 && !sync_name(m->path))
        result = mailbox_fs_failure(why, errno, "cannot sync its directory");
    if (result == OK)
        deliver_mark(d, r);
    else if (regular && ftruncate(fd, end) < 0)
        log_warn("cannot cut %s back to %lld bytes: %s", m->path, (long long)end, strerror(errno));
    return result;
}

/* Between locking and unlocking as root: the file is written as its user, whose quota counts. */
static enum result append_as_user(struct mailbox *m, int fd, const struct stat *st, const struct delivery *d,
                                  const struct delivery_rcpt *r, struct why *why)
{
    enum result result;

    if (!m->become)
        return append(m, fd, st, d, r, why);
    if (setgroups(1, &m->gid) < 0 || setegid(m->gid) < 0 || seteuid(m->uid) < 0)
        return why_set(why, "4.3.0", "cannot become user id %ld: %s", (long)m->uid, strerror(errno));
    result = append(m, fd, st, d, r, why);
    if (seteuid(0) < 0 || setegid(0) < 0)
        log_fatal("cannot become root again: %s", strerror(errno));
    return result;
}

static enum result deliver_mbox(struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                                struct why *why)
{
    struct mailbox_lock lock = { .path = m->path,
                                 .methods = m->locks,
                                 .attempts = m->lock_attempts,
                                 .delay = m->lock_delay,
                                 .stale = m->stale_lock_time,
                                 .dotlock_may_fail = m->kind == MAILBOX_FILE };
    struct stat st;
    int fd = -1;
    enum result result = mailbox_dotlock(&lock, why);

    if (result == OK)
        result = open_mbox(m, &fd, &st, why);
    if (result == OK && S_ISREG(st.st_mode))
        result = mailbox_lock_file(&lock, fd, why);
    if (result == OK)
        result = append_as_user(m, fd, &st, d, r, why);
    if (fd >= 0)
        close(fd);
    mailbox_unlock(&lock);
    if (result != OK && m->kind == MAILBOX_FILE)
        why_prefix(why, "cannot append message to file %s: ", m->path);
    else if (result != OK && m->kind == MAILBOX_VIRTUAL)
        why_prefix(why, "delivery failed to mailbox %s: ", m->path);
    else if (result != OK)
        why_prefix(why, "cannot update mailbox %s for user %s. ", m->path, m->user);
    return result;
}

/* Mail in a directory that nobody finds again is lost. False with the errno of mkdir or of the sync. */
static bool make_dir(const char *dir)
{
    struct stat st;
    int error;

    if (mkdir(dir, 0700) < 0) {
        error = errno;
        if (error == EEXIST || stat(dir, &st) == 0)
            return true;
    } else {
        if (sync_name(dir))
            return true;
        error = errno;
        (void)rmdir(dir);
    }
    errno = error;
    return false;
}

/* Makes the Maildir and its three folders when one is missing. False with errno. */
static bool make_maildir(const char *path)
{
    static const char *const parts[] = { "", "tmp", "new", "cur" };
    char dir[PATH_BYTES];

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        snprintf(dir, sizeof dir, "%s%s", path, parts[i]);
        for (char *p = dir + 1; *p; p++) {
            if (*p != '/')
                continue;
            *p = 0;
            if (!make_dir(dir))
                return false;
            *p = '/';
        }
        if (dir[strlen(dir) - 1] != '/' && !make_dir(dir))
            return false;
    }
    return true;
}

/* The machine's own name: several may share a Maildir. Blanks and slashes have no place in a file's name. */
static const char *host_name(void)
{
    static char name[256];

    if (!name[0] && (gethostname(name, sizeof name - 1) < 0 || !name[0] || strpbrk(name, "/: \t")))
        snprintf(name, sizeof name, "localhost");
    return name;
}

static int create_tmp(const struct mailbox *m, char *tmp, size_t cap, struct timeval now)
{
    snprintf(tmp, cap, "%stmp/%ld.P%ld.%s", m->path, (long)now.tv_sec, (long)getpid(), host_name());
    return open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static enum result publish(const struct mailbox *m, const char *tmp, int fd, struct timeval now,
                           const struct delivery *d, const struct delivery_rcpt *r)
{
    char to[PATH_BYTES];
    struct stat st;
    int error, linked;

    if (fstat(fd, &st) < 0)
        return TEMP;
    snprintf(to, sizeof to, "%snew/%ld.V%lxI%lxM%ld.%s", m->path, (long)now.tv_sec, (unsigned long)st.st_dev,
             (unsigned long)st.st_ino, (long)now.tv_usec, host_name());
    /* link() never replaces a file; a file system without links gets a rename. */
    linked = link(tmp, to);
    if (linked < 0 && errno == ENOENT && make_maildir(m->path))
        linked = link(tmp, to); /* making it was interrupted once */
    if (linked < 0 && ((errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP) || rename(tmp, to) < 0))
        return TEMP;
    if (sync_name(to)) {
        deliver_mark(d, r);
        if (linked == 0)
            (void)unlink(tmp);
        return OK;
    }
    error = errno;
    (void)unlink(to); /* it will be delivered again */
    errno = error;
    return TEMP;
}

static enum result write_maildir(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                                 struct why *why)
{
    struct timeval now = clock_wall();
    char tmp[PATH_BYTES];
    enum result result;
    int fd;

    fd = create_tmp(m, tmp, sizeof tmp, now);
    if (fd < 0 && errno == ENOENT && make_maildir(m->path))
        fd = create_tmp(m, tmp, sizeof tmp, now);
    if (fd < 0 && (errno == EACCES || errno == ENOENT)) {
        int error = errno;

        log_warn("maildir access problem for UID/GID=%ld/%ld: create maildir file %s: %s", (long)geteuid(),
                 (long)getegid(), tmp, strerror(error));
        log_warn("perhaps you need to create the maildirs in advance");
        errno = error;
    }
    if (fd < 0)
        return mailbox_fs_failure(why, errno, "create maildir file %s", tmp);
    result = copy_synced(m, d, r, fd, true, 0, why);
    if (result == OK && publish(m, tmp, fd, now, d, r) != OK)
        result = mailbox_fs_failure(why, errno, "link maildir file %s", tmp);
    close(fd);
    if (result != OK)
        (void)unlink(tmp);
    return result;
}

static enum result deliver_maildir(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                                   struct why *why)
{
    enum result result;

    if (strlen(m->path) > PATH_BYTES / 2)
        result = why_set(why, "5.2.0", "mailbox path is too long");
    else
        result = write_maildir(m, d, r, why);
    if (result != OK)
        why_prefix(why, "maildir delivery failed: ");
    return result;
}

void mailbox_check(const char *limit_param, int64_t limit, const char *locks)
{
    static const char *const names[] = { "flock", "fcntl", "dotlock" };
    int64_t message = par_message_size_limit();

    (void)service_words("mailbox_delivery_lock", locks, names, ARRAY_LEN(names));
    if (limit && (!message || limit < message))
        log_fatal("configuration error: %s is smaller than message_size_limit", limit_param);
}

enum result mailbox_deliver(struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r, struct why *why)
{
    size_t n = strlen(m->path);
    enum result result;

    m->start = 0;
    result = n && m->path[n - 1] == '/' ? deliver_maildir(m, d, r, why) : deliver_mbox(m, d, r, why);
    if (result == PERM && m->kind == MAILBOX_VIRTUAL && strcmp(why->dsn, "5.2.0") == 0) {
        why_class(why, '4'); /* the administrator keeps these files, not their user */
        result = TEMP;
    }
    return result;
}
