/* maildrop.c - mail that was submitted while nothing ran
 *
 * Trust: any user may put any file there. A file counts only when it is a
 * regular file with one name and mode 0700 set for its owner; its owner is the
 * submitting user. A file that cannot be understood is moved to corrupt.
 * Runs in: pickup, inside the jail.  Parameters: authorized_submit_users.
 * Tests: tests/smtp/maildrop-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/pickup/pickup_int.h"
#include "net/frame_in.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "queue/qfile.h"
#include "service/service.h"

enum { STALE = 7 * 86400 }; /* seconds until an unfinished file is removed */

static enum result next_from_file(void *arg, struct frame *f)
{
    return frame_in_next(arg, f, 0);
}

static void put_aside(int dir, const char *name)
{
    char to[QDIR_PATH];

    snprintf(to, sizeof to, "corrupt/%s", name);
    log_warn("maildrop/%s: not a message, moved to %s", name, to);
    if (renameat(dir, name, AT_FDCWD, to) < 0)
        log_warn("rename maildrop/%s to %s: %s", name, to, strerror(errno));
}

/* Still being written, or never finished; only its owner can read it then, but we can remove it. */
static bool unfinished(int dir, const char *name)
{
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) || (st.st_mode & S_IXUSR))
        return false;
    if (time(NULL) - st.st_mtime > STALE && unlinkat(dir, name, 0) == 0)
        log_info("maildrop/%s: removed, never finished", name);
    return true;
}

/* A complete file that is nowhere else. */
static bool acceptable(int fd, struct stat *st)
{
    if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode) || st->st_nlink != 1 || !(st->st_mode & S_IXUSR))
        return false;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return false; /* another pickup has it */
    /* It may have been taken and removed between open and lock. */
    return fstat(fd, st) == 0 && st->st_nlink == 1;
}

static void take(int dir, const char *name)
{
    struct frame_in in;
    struct pickup_source src = { .next = next_from_file, .arg = &in };
    struct why why = { .dsn = "" };
    char id[QUEUE_ID_MAX];
    struct stat st;
    enum result r;
    int fd;

    if (unfinished(dir, name))
        return;
    fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        if (errno != ENOENT)
            log_warn("open maildrop/%s: %s", name, strerror(errno));
        return;
    }
    if (!acceptable(fd, &st)) {
        close(fd);
        return;
    }
    frame_in_init(&in, fd);
    src.uid = st.st_uid;
    if (st.st_uid == geteuid() && qdir_valid_id(str_of(name)) && qfile_age_of_id(name) >= 0)
        src.orig_id = name; /* postsuper -r */
    r = src.orig_id ? OK : service_user_allowed("authorized_submit_users", par_authorized_submit_users(), st.st_uid);
    if (r == NONE) {
        log_warn("maildrop/%s: user with id %ld is not allowed to submit mail", name, (long)st.st_uid);
        put_aside(dir, name);
    } else if (r == OK) {
        r = pickup_message(&src, id, &why);
        if (r == OK && unlinkat(dir, name, 0) < 0)
            log_warn("remove maildrop/%s: %s", name, strerror(errno));
        if (r == PERM)
            put_aside(dir, name);
        if (r != OK)
            log_warn("maildrop/%s: %s %s", name, why.dsn, why.text);
    }
    frame_in_done(&in);
    close(fd);
}

static struct timespec seen;

static void note_time(void)
{
    struct stat st;

    if (stat("maildrop", &st) == 0)
        seen = st.st_mtim;
}

void maildrop_scan_if_changed(void)
{
    struct stat st;

    if (stat("maildrop", &st) == 0 && (st.st_mtim.tv_sec != seen.tv_sec || st.st_mtim.tv_nsec != seen.tv_nsec))
        maildrop_scan();
}

void maildrop_scan(void)
{
    DIR *d = opendir("maildrop");
    struct dirent *e;

    if (!d) {
        log_warn("open maildrop: %s", strerror(errno));
        return;
    }
    while ((e = readdir(d)))
        if (e->d_name[0] != '.')
            take(dirfd(d), e->d_name);
    closedir(d);
    note_time();
}
