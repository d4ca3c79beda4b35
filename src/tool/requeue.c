/* requeue.c - a queued message becomes a new submission, as pickup knows it
 *
 * Runs in: postsuper, as the queue's owner.  Parameters: none.
 * Tests: tests/smtp/postsuper-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "tool/requeue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "mail/wire.h"
#include "net/frame.h"
#include "queue/qdir.h"
#include "queue/qfile.h"
#include "service/submit.h"

enum { PAGE = 64, FINAL_DOT = 3 };

struct out {
    int fd;
    struct frame f;
    enum result r;
};

static void put(struct out *o)
{
    if (o->r == OK)
        o->r = frame_write(o->fd, &o->f);
}

static void put_envelope(struct out *o, struct qfile *q)
{
    const struct qfile_env *e = qfile_env(q);
    struct qfile_rcpt r[PAGE];
    size_t at = 0, n;

    frame_begin(&o->f, SUBMIT_BEGIN);
    frame_put_u32(&o->f, strcmp(e->rewrite_context, "remote") == 0 ? SUBMIT_REMOTE : 0);
    frame_put_u32(&o->f, e->ret);
    frame_put_u32(&o->f, e->flags);
    frame_put_text(&o->f, e->sender);
    frame_put_text(&o->f, "");
    frame_put_text(&o->f, e->envid);
    frame_put_text(&o->f, e->verp);
    put(o);
    for (; (n = qfile_rcpts(q, at, r, PAGE)); at += n)
        for (size_t i = 0; i < n; i++) {
            if (r[i].done)
                continue;
            frame_begin(&o->f, SUBMIT_RCPT);
            frame_put_text(&o->f, r[i].addr);
            frame_put_text(&o->f, r[i].orcpt);
            frame_put_u32(&o->f, r[i].notify);
            put(o);
        }
}

static void put_content(struct out *o, struct qfile *q)
{
    int64_t len = qfile_env(q)->content_len - FINAL_DOT;
    struct wire_out w = { 0 };
    char chunk[SUBMIT_CHUNK];
    struct buf text;

    buf_init(&text, 2 * SUBMIT_CHUNK);
    for (int64_t at = 0; at < len && o->r == OK; at += SUBMIT_CHUNK) {
        size_t n = len - at < SUBMIT_CHUNK ? (size_t)(len - at) : SUBMIT_CHUNK;

        if (io_pread(qfile_fd(q), chunk, n, qfile_env(q)->content_offset + at) != OK) {
            o->r = TEMP;
            break;
        }
        buf_reset(&text);
        wire_to_text(&w, &text, chunk, n, "\n");
        frame_begin(&o->f, SUBMIT_DATA);
        frame_put_str(&o->f, buf_view(&text));
        put(o);
    }
    buf_done(&text);
}

/* The mode says that it is complete. */
static enum result finish(struct out *o, const char *path)
{
    frame_begin(&o->f, SUBMIT_END);
    put(o);
    if (o->r == OK && (fchmod(o->fd, 0700) < 0 || fsync(o->fd) < 0 || qdir_sync_always(path) != OK))
        o->r = TEMP;
    return o->r;
}

static enum result write_submission(struct qfile *q, const char *id)
{
    struct out o = { .r = OK };
    char path[QDIR_PATH];
    int saved;

    snprintf(path, sizeof path, "maildrop/%s", id);
    (void)unlink(path); /* of an earlier try that was cut short */
    o.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (o.fd < 0)
        return TEMP;
    frame_init(&o.f, FRAME_MAX);
    put_envelope(&o, q);
    put_content(&o, q);
    if (finish(&o, path) != OK) {
        saved = errno;
        (void)unlink(path);
        errno = saved;
    }
    frame_done(&o.f);
    close(o.fd);
    return o.r;
}

enum result requeue_message(const char *dir, const char *id)
{
    struct qfile *q;
    enum result r = qfile_open(dir, id, false, true, &q);

    if (r == AGAIN || r == PERM)
        return NONE; /* nothing that was ever accepted */
    if (r != OK)
        return r;
    r = write_submission(q, id);
    qfile_close(q);
    return r;
}
