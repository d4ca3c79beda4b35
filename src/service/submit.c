/* submit.c - the submitting side of local mail
 *
 * No set-id program is needed: pickup learns who we are from the socket, or
 * from the owner of the maildrop file. A maildrop name cannot be guessed, and
 * the directory can be neither listed nor changed by others.
 * Runs in: sendmail, smtpd -S.  Parameters: pickup_service_name, trigger_timeout, ipc_timeout.
 * Tests: tests/unit/submit_test.c, tests/smtp/sendmail-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/crypto.h"
#include "net/sock.h"
#include "param/param.h"
#include "queue/qfile.h"
#include "service/service.h"

struct submit {
    int fd;
    bool drop;        /* fd is a maildrop file */
    char path[512];   /* of the maildrop file */
    struct frame f;
    bool failed;
    int failure;      /* errno */
    struct buf chunk;
};

static void put(struct submit *s)
{
    enum result r;

    if (s->failed)
        return;
    r = s->drop ? frame_write(s->fd, &s->f) : frame_send(s->fd, &s->f, (int)par_ipc_timeout() * 1000);
    if (r != OK) {
        s->failed = true;
        s->failure = errno;
    }
}

static void put_begin(struct submit *s, const struct submit_env *env)
{
    frame_begin(&s->f, SUBMIT_BEGIN);
    frame_put_u32(&s->f, env->flags);
    frame_put_u32(&s->f, env->ret);
    frame_put_u32(&s->f, env->qfile_flags);
    frame_put_text(&s->f, env->sender);
    frame_put_text(&s->f, env->full_name);
    frame_put_text(&s->f, env->envid);
    frame_put_text(&s->f, env->verp);
    put(s);
}

enum result submit_get_begin(struct frame *f, struct submit_env *env)
{
    env->flags = frame_get_u32(f);
    env->ret = frame_get_u32(f);
    env->qfile_flags = frame_get_u32(f);
    env->sender = frame_get_text(f);
    env->full_name = frame_get_text(f);
    env->envid = frame_get_text(f);
    env->verp = frame_get_text(f);
    return frame_end(f) && f->type == SUBMIT_BEGIN ? OK : PERM;
}

/* pickup speaks first: a full backlog of a system that hangs must not swallow the message. */
static enum result await_ready(struct submit *s, struct why *why)
{
    enum result said;

    if (frame_recv(s->fd, &s->f, (int)par_trigger_timeout() * 1000) != OK || s->f.type != SUBMIT_READY)
        return TEMP;
    said = (enum result)frame_get_u32(&s->f);
    if (said != OK)
        why_set(why, said == TEMP ? "4.7.1" : "5.7.1", "%s", frame_get_text(&s->f));
    else
        (void)frame_get_text(&s->f);
    return frame_end(&s->f) ? said : TEMP;
}

static enum result open_socket(struct submit *s, struct why *why)
{
    char *path = mem_printf("%s/public/%s", par_queue_directory(), par_pickup_service_name());
    enum result r = NONE;

    why->text[0] = 0;
    s->fd = sock_connect_unix(path, (int)par_trigger_timeout() * 1000);
    free(path);
    if (s->fd >= 0) {
        r = await_ready(s, why);
        if (r == TEMP && !why->text[0])
            r = NONE; /* it does not answer: as if it were not there */
        if (r != OK) {
            close(s->fd);
            s->fd = -1;
        }
    }
    return r;
}

static enum result open_drop(struct submit *s, struct why *why)
{
    unsigned char r[16];
    char name[2 * sizeof r + 1];

    crypto_random(r, sizeof r);
    for (size_t i = 0; i < sizeof r; i++)
        snprintf(name + 2 * i, 3, "%02X", r[i]);
    if (snprintf(s->path, sizeof s->path, "%s/maildrop/%s", par_queue_directory(), name) >= (int)sizeof s->path) {
        why_set(why, "4.3.5", "queue_directory is too long a path");
        return TEMP;
    }
    s->drop = true;
    s->fd = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->fd < 0) {
        why_set(why, "4.3.0", "the mail system is not running and a file in %s/maildrop cannot be made: %s",
                par_queue_directory(), strerror(errno));
        return TEMP;
    }
    return OK;
}

struct submit *submit_begin(const struct submit_env *env, struct why *why)
{
    struct submit *s = mem_new(sizeof *s);
    enum result r;

    frame_init(&s->f, FRAME_MAX);
    buf_init(&s->chunk, SUBMIT_CHUNK);
    r = open_socket(s, why);
    if (r == NONE)
        r = open_drop(s, why);
    if (r != OK) {
        frame_done(&s->f);
        free(s);
        return NULL;
    }
    put_begin(s, env);
    return s;
}

void submit_rcpt(struct submit *s, const char *addr, const char *orcpt, unsigned notify)
{
    frame_begin(&s->f, SUBMIT_RCPT);
    frame_put_text(&s->f, addr);
    frame_put_text(&s->f, orcpt);
    frame_put_u32(&s->f, notify);
    put(s);
}

static void flush_chunk(struct submit *s)
{
    if (!s->chunk.n)
        return;
    frame_begin(&s->f, SUBMIT_DATA);
    frame_put_str(&s->f, buf_view(&s->chunk));
    put(s);
    buf_reset(&s->chunk);
}

void submit_data(struct submit *s, const char *p, size_t n)
{
    while (n) {
        size_t room = SUBMIT_CHUNK - s->chunk.n, now = n < room ? n : room;

        buf_add(&s->chunk, p, now);
        p += now;
        n -= now;
        if (s->chunk.n == SUBMIT_CHUNK)
            flush_chunk(s);
    }
}

static void done(struct submit *s)
{
    if (s->fd >= 0)
        close(s->fd);
    frame_done(&s->f);
    buf_done(&s->chunk);
    free(s);
}

void submit_abort(struct submit *s)
{
    if (s->drop)
        (void)unlink(s->path);
    done(s);
}

static enum result sync_directory(void)
{
    char *path = mem_printf("%s/maildrop", par_queue_directory());
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum result r = OK;

    /* The directory cannot be read by its users; where that forbids the sync, fsync of the file has to do. */
    if (fd >= 0) {
        r = fsync(fd) == 0 ? OK : TEMP;
        close(fd);
    }
    free(path);
    return r;
}

/* Mode 0700 says complete, as in Postfix; 0744 lets pickup read it. */
static enum result end_drop(struct submit *s, struct why *why)
{
    if (!s->failed && fsync(s->fd) == 0 && fchmod(s->fd, 0744) == 0 && fsync(s->fd) == 0 && sync_directory() == OK)
        return OK;
    why_set(why, s->failure == ENOSPC ? "4.3.1" : "4.3.0", "cannot write to maildrop: %s",
            strerror(s->failed ? s->failure : errno));
    (void)unlink(s->path);
    return TEMP;
}

static enum result end_socket(struct submit *s, char *id, struct why *why)
{
    enum result said;
    const char *dsn, *text, *queue_id;

    /* Even after a failed write the other side may have told why. */
    if (frame_recv(s->fd, &s->f, (int)par_ipc_timeout() * 1000) != OK || s->f.type != SUBMIT_RESULT)
        return why_set(why, "4.3.0", "lost connection with the mail system");
    said = (enum result)frame_get_u32(&s->f);
    dsn = frame_get_text(&s->f);
    text = frame_get_text(&s->f);
    queue_id = frame_get_text(&s->f);
    if (!frame_end(&s->f))
        return why_set(why, "4.3.0", "the mail system gave a malformed answer");
    if (said != OK) {
        why_set(why, *dsn ? dsn : "4.3.0", "%s", text);
        return said == PERM ? PERM : TEMP;
    }
    if (id)
        snprintf(id, QUEUE_ID_MAX, "%s", queue_id);
    return OK;
}

enum result submit_end(struct submit *s, char *id, struct why *why)
{
    enum result r;

    if (id)
        id[0] = 0;
    flush_chunk(s);
    frame_begin(&s->f, SUBMIT_END);
    put(s);
    r = s->drop ? end_drop(s, why) : end_socket(s, id, why);
    done(s);
    return r;
}
