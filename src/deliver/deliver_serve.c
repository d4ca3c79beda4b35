/* deliver_serve.c - the loop of a delivery agent
 *
 * One request at a time on a connection from the queue manager. A delivery of
 * one recipient costs five system calls here: wait, receive, mark, log, reply.
 * Runs in: smtp, lmtp, local, virtual, pipe.
 * Parameters: max_idle (in service.c).
 * Tests: tests/unit/deliver_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/deliver.h"
#include "map/map.h"
#include "net/frame.h"
#include "service/service.h"

enum {
    REQUEST_MS = 60000,      /* for the queue manager to send a record it has begun */
    REQUEST_KEEP = 64 * 1024, /* of the buffer, between requests */
    CHANGE_CHECK_MS = 1000,  /* how often replaced tables are looked for */
};

static struct {
    void (*idle)(struct service *s);
    int idle_ms;
    int64_t checked;
} loop;

void deliver_on_idle(int ms, void (*idle)(struct service *s))
{
    loop.idle_ms = ms;
    loop.idle = idle;
}

static bool should_end(struct service *s)
{
    int64_t now = clock_ms();
    const char *table;

    if (now - loop.checked < CHANGE_CHECK_MS)
        return false;
    loop.checked = now;
    if (service_stopping())
        return true;
    table = map_changed();
    if (!table)
        return false;
    log_info("table %s has changed -- restarting", table);
    s->max_use = 1; /* this was the last client: a fresh process reads the table anew */
    return true;
}

/* Waits for the next request: OK, NONE after ms, TEMP when the process should end. */
static enum result wait_request(const struct service *s, int fd, int64_t ms)
{
    struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
                           { .fd = s->listeners ? SERVICE_STATUS_FD : -1, .events = POLLIN } };
    int64_t deadline = clock_ms() + ms;

    for (;;) {
        int64_t left = deadline - clock_ms();
        int n = poll(p, 2, left > 0 ? (int)left : 0);

        if (n == 0)
            return NONE;
        if (n < 0 && (errno != EINTR || service_stopping()))
            return TEMP;
        if (n > 0)
            return p[1].revents ? TEMP : OK;
    }
}

static enum result next_request(struct service *s, int fd, struct frame *f)
{
    int64_t ms = s->max_idle > 0 ? (int64_t)s->max_idle * 1000 : 1000;
    enum result r = NONE;

    if (ms > INT32_MAX)
        ms = INT32_MAX;
    if (loop.idle && loop.idle_ms < ms) {
        r = wait_request(s, fd, loop.idle_ms);
        ms -= loop.idle_ms;
        if (r == NONE)
            loop.idle(s);
    }
    if (r == NONE)
        r = wait_request(s, fd, ms);
    return r == OK ? frame_recv(fd, f, REQUEST_MS) : r;
}

static bool serve_request(struct service *s, int fd, struct frame *in, struct frame *out,
                          void (*handle)(struct service *s, struct delivery *d))
{
    struct why forgotten;
    struct delivery d;
    struct qfile_env env;
    bool ok;

    if (deliver_get_request(in, &d, &env) != OK) {
        log_warn("malformed delivery request");
        return false;
    }
    d.began = clock_ms();
    handle(s, &d);
    (void)why_set(&forgotten, "4.3.0", "delivery agent gave no status");
    deliver_failed_all(&d, "none", TEMP, &forgotten);
    ok = deliver_send_reply(fd, out, &d) == OK;
    if (!ok)
        log_warn("%s: cannot tell the queue manager the outcome: %s", d.queue_id, strerror(errno));
    deliver_done(&d);
    deliver_free_rcpts(d.rcpts, d.n);
    close(in->fd);
    in->fd = -1;
    buf_shrink(&in->buf, REQUEST_KEEP);
    return ok;
}

void deliver_serve(struct service *s, int fd, void (*handle)(struct service *s, struct delivery *d))
{
    struct frame in, out;

    frame_init(&in, FRAME_MAX);
    frame_init(&out, FRAME_MAX);
    /* Looked at with the request in hand: the queue manager gives it to another agent when we end without a reply. */
    while (next_request(s, fd, &in) == OK && !should_end(s) && serve_request(s, fd, &in, &out, handle))
        ;
    if (loop.idle)
        loop.idle(s);
    frame_done(&in);
    frame_done(&out);
    close(fd);
}
