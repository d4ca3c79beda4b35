/* submit.c - the submitting side of local mail
 *
 * No set-id program is needed: pickup learns who we are from the socket, or
 * from the owner of the maildrop file. A maildrop name cannot be guessed, and
 * the directory can be neither listed nor changed by others.
 * Runs in: sendmail, smtpd -S.  Parameters: pickup_service_name, trigger_timeout, ipc_timeout.
 * Tests: tests/smtp/sendmail-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/submit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/crypto.h"
#include "net/frame_in.h"
#include "net/sock.h"
#include "param/param.h"
#include "queue/qfile.h"
#include "service/service.h"

struct submit {
    int fd;           /* -1 = nothing has been sent yet */
    bool drop;        /* fd is a maildrop file */
    char path[512];   /* of the maildrop file */
    struct frame f;
    struct frame_in in;
    struct buf out;   /* records that are to be sent */
    struct buf chunk; /* content that is to be a record */
    bool failed;
    struct why why;   /* when it has failed */
};

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

/* A full backlog of a system that hangs must not swallow the message: pickup says that it is there. */
static enum result await_ready(struct submit *s, struct why *why)
{
    enum result said;

    if (frame_in_next(&s->in, &s->f, (int)par_trigger_timeout() * 1000) != OK || s->f.type != SUBMIT_READY)
        return TEMP;
    said = (enum result)frame_get_u32(&s->f);
    if (said != OK)
        why_set(why, said == TEMP ? "4.7.1" : "5.7.0", "%s", frame_get_text(&s->f));
    else
        (void)frame_get_text(&s->f);
    return frame_end(&s->f) ? said : TEMP;
}

static int send_timeout(void)
{
    return (int)par_ipc_timeout() * 1000;
}

/* It does not answer: as if it were not there. It sees that nobody listens when it says that it is ready, and takes
 * nothing; if it has just said so, the message may be queued. */
static enum result give_up(struct submit *s, struct why *why)
{
    char byte;

    (void)shutdown(s->fd, SHUT_RDWR);
    if (recv(s->fd, &byte, 1, MSG_DONTWAIT) > 0)
        return why_set(why, "4.3.0", "lost connection with the mail system");
    return NONE;
}

/* The first records go out at once; pickup's word is awaited after them. */
static enum result open_socket(struct submit *s, struct why *why)
{
    char *path = mem_printf("%s/public/%s", par_queue_directory(), par_pickup_service_name());
    enum result r;

    why->text[0] = 0;
    s->fd = sock_connect_unix(path, (int)par_trigger_timeout() * 1000);
    free(path);
    if (s->fd < 0)
        return NONE;
    frame_in_init(&s->in, s->fd);
    /* Even after a failed write it may have told why. */
    r = frame_send_packed(s->fd, buf_view(&s->out), send_timeout());
    if (await_ready(s, why) == OK && r == OK)
        return OK;
    r = why->text[0] ? why->dsn[0] == '5' ? PERM : TEMP : give_up(s, why);
    close(s->fd);
    s->fd = -1;
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

static void fail(struct submit *s, int error)
{
    s->failed = true;
    why_set(&s->why, error == ENOSPC ? "4.3.1" : "4.3.0", s->drop ? "cannot write to maildrop: %s" :
            "lost connection with the mail system: %s", strerror(error));
}

static void open_first(struct submit *s)
{
    enum result r = open_socket(s, &s->why);

    if (r == OK)
        return;
    if (r == NONE)
        r = open_drop(s, &s->why);
    s->failed = r != OK;
    if (!s->failed && io_write(s->fd, s->out.p, s->out.n) != OK)
        fail(s, errno);
}

static void flush(struct submit *s)
{
    if (s->failed)
        return;
    if (s->fd < 0)
        open_first(s);
    else if (s->drop ? io_write(s->fd, s->out.p, s->out.n) != OK :
             frame_send_packed(s->fd, buf_view(&s->out), send_timeout()) != OK)
        fail(s, errno);
    buf_reset(&s->out);
}

static void put(struct submit *s)
{
    if (s->failed)
        return;
    if (!frame_pack(&s->out, &s->f)) {
        s->failed = true;
        why_set(&s->why, "5.5.0", "an address or option is too long");
    } else if (s->out.n >= SUBMIT_CHUNK) {
        flush(s);
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

struct submit *submit_begin(const struct submit_env *env)
{
    struct submit *s = mem_new(sizeof *s);

    s->fd = -1;
    frame_init(&s->f, FRAME_MAX);
    buf_init(&s->out, SUBMIT_CHUNK + 2 * FRAME_MAX);
    buf_init(&s->chunk, SUBMIT_CHUNK);
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
    frame_in_done(&s->in);
    buf_done(&s->out);
    buf_done(&s->chunk);
    free(s);
}

void submit_abort(struct submit *s)
{
    if (s->drop && s->fd >= 0)
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
    if (!s->failed && (fsync(s->fd) != 0 || fchmod(s->fd, 0744) != 0 || fsync(s->fd) != 0 || sync_directory() != OK))
        fail(s, errno);
    if (!s->failed)
        return OK;
    *why = s->why;
    (void)unlink(s->path);
    return TEMP;
}

static enum result end_socket(struct submit *s, char *id, struct why *why)
{
    enum result said;
    const char *dsn, *text, *queue_id;

    /* Even after a failed write the other side may have told why. */
    if (frame_in_next(&s->in, &s->f, send_timeout()) != OK || s->f.type != SUBMIT_RESULT)
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
    flush(s);
    if (s->fd >= 0) {
        r = s->drop ? end_drop(s, why) : end_socket(s, id, why);
    } else {
        *why = s->why;
        r = why->dsn[0] == '5' ? PERM : TEMP;
    }
    done(s);
    return r;
}
