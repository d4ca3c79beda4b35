/* qmgr_notice.c - asking the bounce service
 *
 * A few notices at a time, each over a connection of its own, without waiting.
 * When the service cannot be had the answer is TEMP, and the recipients stay in
 * the queue.
 * Runs in: qmgr.  Parameters: bounce_service_name, defer_service_name,
 * trace_service_name.  Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/qmgr/qmgr_int.h"
#include "param/param.h"

enum { PARALLEL = 8, LIMIT_MS = 300000, REPLY_BYTES = 4096 };

struct asking {
    struct message *m;
    int fd;                   /* -1 until connected */
    struct frame out, in;
    struct frame_part out_at, in_at;
    bool sending;
    struct loop_timer timer;
    struct asking *next;      /* waiting for its turn */
};

static struct asking *first, *last;
static int running;

static void start(struct asking *a);

static void run_next(void)
{
    while (first && running < PARALLEL) {
        struct asking *a = first;

        first = a->next;
        if (!first)
            last = NULL;
        start(a);
    }
}

static void done(struct asking *a, enum result r)
{
    struct message *m = a->m;

    loop_timer_clear(&a->timer);
    if (a->fd >= 0) {
        loop_forget(a->fd);
        close(a->fd);
    }
    a->out.fd = -1; /* it is the message's */
    frame_done(&a->out);
    frame_done(&a->in);
    free(a);
    running--;
    message_notice_done(m, r);
    run_next();
}

static void on_limit(void *arg)
{
    struct asking *a = arg;

    log_warn("%s: the notification service does not answer", a->m->item->id);
    done(a, TEMP);
}

static void on_failed(void *arg)
{
    done(arg, TEMP);
}

static void take_reply(struct asking *a)
{
    struct why why;
    enum result r = notice_get_reply(&a->in, &why);

    if (r != OK)
        log_warn("%s: notification failed: %s", a->m->item->id, why.text);
    done(a, r);
}

static void on_readable(struct asking *a)
{
    char bytes[REPLY_BYTES];
    ssize_t n = recv(a->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    size_t used;
    enum result r;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    r = n > 0 ? frame_feed(&a->in, &a->in_at, bytes, (size_t)n, &used) : TEMP;
    if (r == OK)
        take_reply(a);
    else if (r != AGAIN) {
        log_warn("%s: lost connection with the notification service", a->m->item->id);
        done(a, TEMP);
    }
}

static void on_event(int fd, unsigned events, void *arg)
{
    struct asking *a = arg;
    enum result r;

    if (!(events & LOOP_WRITE) || !a->sending) {
        on_readable(a);
        return;
    }
    r = frame_send_part(a->fd, &a->out, &a->out_at);
    a->sending = r == AGAIN;
    if (r == TEMP)
        done(a, TEMP);
    else if (r == OK)
        loop_watch(a->fd, LOOP_READ, on_event, a);
}

static const char *service_for(enum notice_kind kind)
{
    return kind == NOTICE_FAILURE ? par_bounce_service_name() : kind == NOTICE_DELAY ? par_defer_service_name()
                                                                                     : par_trace_service_name();
}

/* The answer never comes before notice_ask has returned, not even a failure. */
static void start(struct asking *a)
{
    const char *service = service_for(a->m->notice.kind);
    enum result r;

    running++;
    a->fd = agent_connect(service);
    if (a->fd < 0) {
        log_warn("connect to private/%s: %s", service, strerror(errno));
        loop_timer_set(&a->timer, 0, on_failed, a);
        return;
    }
    notice_put(&a->out, &a->m->notice);
    a->out.fd = qfile_fd(a->m->q);
    r = frame_send_part(a->fd, &a->out, &a->out_at);
    if (r == TEMP) {
        log_warn("%s: ask for a notification: %s", a->m->item->id, strerror(errno));
        loop_timer_set(&a->timer, 0, on_failed, a);
        return;
    }
    a->sending = r == AGAIN;
    loop_watch(a->fd, LOOP_READ | (a->sending ? LOOP_WRITE : 0), on_event, a);
    loop_timer_set(&a->timer, LIMIT_MS, on_limit, a);
}

void notice_ask(struct message *m)
{
    struct asking *a = mem_new(sizeof *a);

    a->m = m;
    a->fd = -1;
    frame_init(&a->out, FRAME_MAX);
    frame_init(&a->in, FRAME_MAX);
    if (last)
        last->next = a;
    else
        first = a;
    last = a;
    run_next();
}

bool notices_open(void)
{
    return running > 0 || first;
}
