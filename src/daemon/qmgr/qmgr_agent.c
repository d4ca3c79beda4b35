/* qmgr_agent.c - connections to delivery agents
 *
 * A connection stays open between requests; the next message for the same
 * destination goes to the process that was there last, which may have kept its
 * session. Nothing here waits: requests leave and replies arrive in pieces. A
 * process that dies without an answer has its recipients tried again, except
 * those it marked in the queue file.
 * Trust: an agent may have fallen to a stranger. Its replies are parsed as
 * hostile; at worst it lies about recipients that it was given.
 * Runs in: qmgr.  Parameters: qmgr_ipc_timeout.  Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "mail/addr.h"
#include "param/param.h"

enum { READ_BUFFER = 65536, BACKLOG_MS = 200, KEEP = 4096 };

struct conn {
    int fd;
    struct transport *t;
    struct dest *dest;           /* last one served, while idle */
    struct request *rq;
    struct conn *prev, *next;    /* idle in the transport */
    struct conn *dest_prev, *dest_next;
    struct frame out, in;
    struct frame_part out_at, in_at;
    bool sending;
    struct loop_timer limit;     /* while sending */
    struct delivery d;           /* the reply so far */
    struct qfile_env env;
};

int requests_open;
static uint8_t *read_buffer;

static void idle_add(struct conn *c, struct dest *d)
{
    struct transport *t = c->t;

    c->prev = t->idle_last;
    c->next = NULL;
    if (t->idle_last)
        t->idle_last->next = c;
    else
        t->idle = c;
    t->idle_last = c;
    c->dest = d;
    c->dest_prev = NULL;
    c->dest_next = d->idle;
    if (d->idle)
        d->idle->dest_prev = c;
    d->idle = c;
    d->idle_n++;
}

static void idle_remove(struct conn *c)
{
    struct transport *t = c->t;
    struct dest *d = c->dest;

    if (c->prev)
        c->prev->next = c->next;
    else
        t->idle = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        t->idle_last = c->prev;
    if (c->dest_prev)
        c->dest_prev->dest_next = c->dest_next;
    else
        d->idle = c->dest_next;
    if (c->dest_next)
        c->dest_next->dest_prev = c->dest_prev;
    d->idle_n--;
    c->dest = NULL;
    dest_release(d);
}

static void conn_free(struct conn *c)
{
    if (c->dest)
        idle_remove(c);
    loop_timer_clear(&c->limit);
    c->t->conns--;
    sched_dirty(c->t);
    loop_forget(c->fd);
    close(c->fd);
    c->out.fd = c->in.fd = -1;
    frame_done(&c->out);
    frame_done(&c->in);
    deliver_free_rcpts(c->d.rcpts, c->d.n);
    free(c);
}

bool agent_available(const struct transport *t)
{
    return t->idle || !t->max_conns || t->conns < t->max_conns;
}

/* What was not tried stays open; what is known is settled. */
static void conn_lost(struct conn *c, const char *what)
{
    struct request *rq = c->rq;
    struct delivery d = c->d;

    if (rq && what)
        log_warn("transport %s: %s", c->t->name, what);
    c->rq = NULL;
    c->d.rcpts = NULL;
    conn_free(c);
    if (rq) {
        requests_open--;
        sched_request_done(rq, d.rcpts, d.rcpts == NULL);
    }
    deliver_free_rcpts(d.rcpts, d.n);
}

static void start_reply(struct conn *c)
{
    size_t i = 0;

    c->d = (struct delivery){ .fd = -1, .env = &c->env, .n = c->rq->rcpts.n };
    c->d.rcpts = mem_new_array(c->d.n, sizeof *c->d.rcpts);
    for (struct rcpt *r = c->rq->rcpts.first; r; r = r->next)
        rcpt_fill(r, &c->d.rcpts[i++].r);
}

static void keep_text(struct conn *c, const char **text)
{
    if (*text)
        *text = deliver_keep(&c->d, *text);
}

/* remote_mta and relay point into the frame, which the next frame of the reply overwrites. */
static void keep_texts(struct conn *c)
{
    for (size_t i = 0; i < c->d.n; i++) {
        keep_text(c, &c->d.rcpts[i].remote_mta);
        keep_text(c, &c->d.rcpts[i].relay);
        for (struct deliver_part *p = c->d.rcpts[i].parts; p; p = p->next) {
            keep_text(c, &p->how.remote_mta);
            keep_text(c, &p->how.relay);
        }
    }
}

static void request_answered(struct conn *c)
{
    struct request *rq = c->rq;
    struct dest *d = rq->peer->dest;
    struct delivery reply = c->d;

    c->rq = NULL;
    c->d = (struct delivery){ .fd = -1 };
    buf_shrink(&c->in.buf, KEEP);
    buf_shrink(&c->out.buf, KEEP);
    idle_add(c, d);
    requests_open--;
    dest_feedback(d, reply.dest_failed, &reply.dest_why);
    sched_request_done(rq, reply.rcpts, false);
    deliver_done(&reply);
    deliver_free_rcpts(reply.rcpts, reply.n);
}

/* False when the connection is gone. */
static bool take_frame(struct conn *c)
{
    enum result r;

    if (!c->d.rcpts)
        start_reply(c);
    r = deliver_get_reply(&c->in, &c->d);
    if (r == AGAIN) {
        keep_texts(c);
        return true;
    }
    if (r == OK) {
        request_answered(c);
        return true;
    }
    conn_lost(c, "malformed reply from the delivery agent");
    return false;
}

static void conn_read(struct conn *c)
{
    ssize_t n = recv(c->fd, read_buffer, READ_BUFFER, MSG_DONTWAIT);
    size_t at = 0, used;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || !c->rq) {
        conn_lost(c, NULL);
        return;
    }
    while (at < (size_t)n) {
        enum result r = c->rq ? frame_feed(&c->in, &c->in_at, read_buffer + at, (size_t)n - at, &used) : PERM;

        if (r == PERM || r == TEMP) {
            conn_lost(c, "unexpected data from the delivery agent");
            return;
        }
        at += used;
        if (r != OK)
            return;
        c->in_at = (struct frame_part){ .done = 0 };
        if (!take_frame(c))
            return;
    }
}

/* Goes on sending: AGAIN: more is left; TEMP: the connection is gone. */
static enum result conn_write(struct conn *c)
{
    enum result r = frame_send_part(c->fd, &c->out, &c->out_at);

    c->sending = r == AGAIN;
    if (r == TEMP)
        conn_lost(c, NULL);
    if (r == OK) {
        c->out.fd = -1; /* it is the message's */
        loop_timer_clear(&c->limit);
    }
    return r;
}

static void on_limit(void *arg)
{
    conn_lost(arg, "the delivery agent does not take its request");
}

static void on_conn(int fd, unsigned events, void *arg)
{
    struct conn *c = arg;

    if (!(events & LOOP_WRITE) || !c->sending)
        conn_read(c);
    else if (conn_write(c) == OK)
        loop_watch(c->fd, LOOP_READ, on_conn, c);
}

static void on_backlog_time(void *arg)
{
    struct transport *t = arg;

    t->resting = false;
    sched_dirty(t);
}

int agent_connect(const char *name)
{
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    int fd, n = snprintf(un.sun_path, sizeof un.sun_path, "private/%s", name);

    if (n < 0 || (size_t)n >= sizeof un.sun_path || strchr(name, '/')) {
        errno = ENOENT;
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof un) < 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static enum result open_conn(struct transport *t, struct why *why, struct conn **out)
{
    struct conn *c;
    int fd = t->inside == INSIDE_MISSING ? (errno = ENOENT, -1) : agent_connect(t->name);

    if (fd < 0 && (errno == EAGAIN || errno == EMFILE || errno == ENFILE)) {
        t->resting = true; /* master is busy starting processes; ask again in a moment */
        loop_timer_set(&t->timer, BACKLOG_MS, on_backlog_time, t);
        return AGAIN;
    }
    if (fd < 0) {
        log_warn("connect to transport private/%s: %s", t->name, strerror(errno));
        why_set(why, "4.3.0", "mail transport unavailable");
        return TEMP;
    }
    if (!read_buffer)
        read_buffer = mem_new(READ_BUFFER);
    c = mem_new(sizeof *c);
    c->fd = fd;
    c->t = t;
    c->d.fd = -1;
    frame_init(&c->out, FRAME_MAX);
    frame_init(&c->in, FRAME_MAX);
    t->conns++;
    loop_watch(fd, LOOP_READ, on_conn, c);
    *out = c;
    return OK;
}

/* One that served this destination last; else the one that has been idle longest. */
static struct conn *take_idle(struct transport *t, const struct dest *d)
{
    struct conn *c = d->idle ? d->idle : t->idle;

    if (c)
        idle_remove(c);
    return c;
}

static void build_request(struct conn *c)
{
    static struct delivery_rcpt *rcpts;
    static size_t cap;
    struct request *rq = c->rq;
    struct message *m = rq->peer->msg;
    struct qfile_env env = *qfile_env(m->q);
    struct buf sender;
    struct delivery d = {
        .queue_id = m->item->id, .fd = qfile_fd(m->q), .flags = message_deliver_flags(m), .env = &env,
        .transport = c->t->name, .nexthop = rq->peer->dest->nexthop, .n = rq->rcpts.n, .queued_ms = m->queued_ms,
        .picked_ms = clock_ms() - m->taken,
    };
    size_t i = 0;

    if (cap < d.n) {
        cap = d.n;
        rcpts = mem_resize(rcpts, cap * sizeof *rcpts);
    }
    for (struct rcpt *r = rq->rcpts.first; r; r = r->next)
        rcpt_fill(r, &rcpts[i++].r);
    d.rcpts = rcpts;
    buf_init(&sender, 3 * ADDR_MAX);
    if (message_verp(m) && addr_verp(&sender, str_of(env.sender), env.verp,
                                     str_of(*rcpts->r.orig ? rcpts->r.orig : rcpts->r.addr)))
        env.sender = sender.p;
    deliver_put_request(&c->out, &d);
    buf_done(&sender);
}

/* An idle agent that has just gone costs another try; a new one that does not listen is a broken transport. */
static enum result send_failed(struct conn *c, bool fresh, struct why *why)
{
    if (fresh)
        log_warn("transport %s: send request: %s", c->t->name, strerror(errno));
    why_set(why, "4.3.0", "mail transport unavailable");
    c->rq = NULL;
    conn_free(c);
    requests_open--;
    return fresh ? TEMP : AGAIN;
}

enum result agent_send(struct transport *t, struct request *rq, struct why *why)
{
    struct conn *c = take_idle(t, rq->peer->dest);
    bool fresh = !c;
    enum result r = fresh ? open_conn(t, why, &c) : OK;

    if (r != OK)
        return r;
    requests_open++;
    c->rq = rq;
    c->in_at = c->out_at = (struct frame_part){ .done = 0 };
    build_request(c);
    r = frame_send_part(c->fd, &c->out, &c->out_at);
    if (r == TEMP)
        return send_failed(c, fresh || errno == EMSGSIZE, why);
    c->sending = r == AGAIN;
    if (c->sending) {
        loop_watch(c->fd, LOOP_READ | LOOP_WRITE, on_conn, c);
        loop_timer_set(&c->limit, par_qmgr_ipc_timeout() * 1000, on_limit, c);
    } else {
        c->out.fd = -1;
    }
    return OK;
}
