/* qlist.c - what is in the queue, from its files
 *
 * Runs in: showq, postqueue (as root while nothing runs), qshape.  Parameters: none.
 * Tests: tests/unit/queue_test.c, tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/qlist.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "net/frame.h"
#include "queue/qdir.h"
#include "service/submit.h"

enum { PAGE = 64 };

struct scan {
    const struct qlist_sink *to;
    const char *dir, *shown;
};

/* Those with a reason first, grouped as they were noted; then the others. */
static void list_recipients(struct qfile *q, const struct qlist_sink *to, bool with_reason)
{
    struct qfile_rcpt r[PAGE];
    struct qfile_status s;
    size_t at = 0, n;

    while ((n = qfile_rcpts(q, at, r, PAGE))) {
        for (size_t i = 0; i < n; i++) {
            bool has = !r[i].done && qfile_status(q, (uint32_t)(at + i), &s) == OK;

            if (!r[i].done && has == with_reason)
                to->recipient(to->arg, r[i].addr, r[i].orig, has ? s.why.text : "");
        }
        at += n;
    }
}

static bool list_one(const char *id, void *arg)
{
    const struct scan *s = arg;
    struct qfile *q;
    struct qlist_message m = { .queue = s->shown, .id = id };

    if (qfile_open(s->dir, id, false, false, &q) != OK)
        return true; /* being written, gone, or damaged */
    m.arrival = (int64_t)qfile_env(q)->arrival.tv_sec;
    m.size = qfile_env(q)->size;
    m.sender = qfile_env(q)->sender;
    m.forced = qfile_marks(q) & QMARK_EXPIRE_NOW;
    if (s->to->message)
        s->to->message(s->to->arg, &m);
    if (s->to->recipient) {
        list_recipients(q, s->to, true);
        list_recipients(q, s->to, false);
    }
    if (s->to->end_message)
        s->to->end_message(s->to->arg);
    qfile_close(q);
    return true;
}

/* --- maildrop: mail that pickup has not taken yet; any user may have put anything there --- */

/* The records after BEGIN: recipients, and text that is only counted. */
static void list_submission(int fd, struct frame *f, struct qlist_message *m, const struct qlist_sink *to,
                            bool recipients)
{
    while (frame_read(fd, f) == OK && (f->type == SUBMIT_RCPT || f->type == SUBMIT_DATA)) {
        struct str text = frame_get_str(f);

        if (f->bad)
            return;
        if (f->type == SUBMIT_DATA)
            m->size += (int64_t)text.n;
        else if (recipients)
            to->recipient(to->arg, text.p, "", "");
    }
}

static bool submission_begins(int fd, struct frame *f, struct submit_env *env)
{
    return lseek(fd, 0, SEEK_SET) == 0 && frame_read(fd, f) == OK && submit_get_begin(f, env) == OK;
}

static void list_dropped(int fd, const char *name, const struct qlist_sink *to)
{
    struct qlist_message m = { .queue = "maildrop", .id = name };
    struct submit_env env;
    struct frame f, begin;
    struct stat st;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & S_IXUSR))
        return;
    frame_init(&f, FRAME_MAX);
    frame_init(&begin, FRAME_MAX);
    m.arrival = (int64_t)st.st_mtime;
    if (submission_begins(fd, &begin, &env)) {
        m.sender = env.sender;
        list_submission(fd, &f, &m, to, false);
        if (to->message)
            to->message(to->arg, &m);
        if (to->recipient && submission_begins(fd, &begin, &env))
            list_submission(fd, &f, &m, to, true);
        if (to->end_message)
            to->end_message(to->arg);
    }
    frame_done(&f);
    frame_done(&begin);
}

static void list_maildrop(const struct qlist_sink *to)
{
    DIR *d = opendir("maildrop");
    struct dirent *e;

    while (d && (e = readdir(d))) {
        int fd = qdir_valid_id(str_of(e->d_name))
                     ? openat(dirfd(d), e->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                     : -1;

        if (fd < 0)
            continue;
        list_dropped(fd, e->d_name, to);
        close(fd);
    }
    if (d)
        closedir(d);
}

/* What lies in incoming is being delivered, or will be in a moment: people know that as active. */
enum result qlist_scan(const struct qlist_sink *to)
{
    static const char *const dirs[][2] = { { "incoming", "active" }, { "deferred", "deferred" }, { "hold", "hold" } };

    list_maildrop(to);
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        struct scan s = { to, dirs[i][0], dirs[i][1] };

        if (qdir_scan(dirs[i][0], list_one, &s) != OK)
            return TEMP;
    }
    return OK;
}
