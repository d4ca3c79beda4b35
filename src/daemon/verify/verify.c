/* verify.c - what is known of addresses: asks by a probe, remembers the answer
 *
 * Who connects: smtpd with questions, the queue manager with what probes found,
 * on private/verify. A probe is an empty message that goes the way of any other
 * up to the last step before delivery. The process comes and goes with the
 * questions; what it knows is in a file meanwhile (verify_cache.c).
 * Trust: our own services; records are bounded and typed.
 * Runs in: its own process, on demand, unprivileged, in the jail.
 * Parameters: address_verify_*.  Feature: VERIFY.  Tests: tests/smtp/verify-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "cleanup/cleanup.h"
#include "daemon/verify/verify_cache.h"
#include "mail/addr.h"
#include "net/frame_part.h"
#include "param/param.h"
#include "service/service.h"

enum {
    PROBE_TTL = 1000,  /* seconds until a probe that does not answer is lost */
    CLIENT_MS = 5000,
    CLIENTS_MAX = 500,
};

struct client {
    int fd;
    struct frame f;
    struct frame_part at;
    struct loop_timer timer;
};

static const char in_progress[] = "Address verification in progress";
static int clients;
static int64_t last_use;
static volatile sig_atomic_t terminated;

/* --- probes --- */

static enum result put_probe(const char *addr, struct why *why)
{
    struct buf sender;
    char id[QUEUE_ID_MAX];
    enum result r;

    buf_init(&sender, ADDR_MAX);
    verify_sender(&sender);
    r = cleanup_post(sender.n ? sender.p : "", addr, QF_PROBE, STR("Subject: probe\r\n\r\n"), id, why);
    buf_done(&sender);
    return r;
}

static void probe(const char *addr)
{
    struct why why = { "", "" };

    if (put_probe(addr, &why) != OK)
        log_warn("cannot probe <%s>: %s", addr, why.text);
}

/* --- questions and answers --- */

static bool refresh_due(const struct verify_entry *e, int64_t now)
{
    int64_t after = e->status == VERIFY_OK ? par_address_verify_positive_refresh_time()
                                           : par_address_verify_negative_refresh_time();

    return e->status == VERIFY_TODO || now - e->updated > after;
}

/* The answer at hand; when it is old another one is on its way. */
static void query(const char *addr, struct frame *reply)
{
    struct verify_entry *e = verify_cache_get(addr);
    int64_t now = (int64_t)time(NULL), updated = e ? e->updated : 0;
    enum verify_status status = e ? e->status : VERIFY_TODO;
    bool ask = !e || (refresh_due(e, now) && now - e->probed > PROBE_TTL);
    char text[WHY_TEXT];

    snprintf(text, sizeof text, "%s", e ? e->text : in_progress);
    frame_begin(reply, VERIFY_ANSWER);
    frame_put_u32(reply, (uint32_t)status);
    frame_put_text(reply, text);
    if (!ask)
        return;
    if (updated || par_address_verify_negative_cache())
        verify_cache_put(addr, status, now, updated, text);
    probe(addr);
}

/* One failure does not undo what is known to be good; it is asked again, and good answers expire. */
static void update(const char *addr, enum verify_status status, const char *text)
{
    struct verify_entry *e = verify_cache_get(addr);

    if (status == VERIFY_OK || !e || e->status != VERIFY_OK)
        verify_cache_put(addr, status, 0, (int64_t)time(NULL), text);
}

/* --- connections --- */

static void client_end(struct client *c)
{
    loop_timer_clear(&c->timer);
    loop_forget(c->fd);
    close(c->fd);
    frame_done(&c->f);
    free(c);
    clients--;
    last_use = clock_ms();
}

static void on_client_time(void *arg)
{
    client_end(arg);
}

static void act(struct client *c)
{
    struct frame *f = &c->f, reply;
    char *addr = mem_dup(frame_get_text(f));
    uint32_t status = 0;
    char *text = NULL;

    if (f->type == VERIFY_UPDATE) {
        status = frame_get_u32(f);
        text = mem_dup(frame_get_text(f));
    }
    if (!frame_end(f) || !*addr || status > VERIFY_BOUNCE) {
        log_warn("malformed request");
    } else if (f->type == VERIFY_UPDATE) {
        update(addr, (enum verify_status)status, text);
    } else if (f->type == VERIFY_QUERY) {
        frame_init(&reply, VERIFY_FRAME);
        query(addr, &reply);
        if (frame_send(c->fd, &reply, 0) != OK)
            log_debug("client has gone");
        frame_done(&reply);
    }
    free(addr);
    free(text);
}

static void on_client(int fd, unsigned events, void *arg)
{
    struct client *c = arg;
    char bytes[VERIFY_FRAME];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    size_t used;
    enum result r;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    r = n > 0 ? frame_feed(&c->f, &c->at, bytes, (size_t)n, &used) : TEMP;
    if (r == AGAIN)
        return;
    if (r == OK)
        act(c);
    client_end(c);
}

static void on_listener(int fd, unsigned events, void *arg)
{
    struct client *c;
    int got = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (got < 0)
        return;
    if (clients >= CLIENTS_MAX) {
        close(got);
        return;
    }
    c = mem_new(sizeof *c);
    c->fd = got;
    frame_init(&c->f, VERIFY_FRAME);
    clients++;
    loop_watch(got, LOOP_READ, on_client, c);
    loop_timer_set(&c->timer, CLIENT_MS, on_client_time, c);
}

/* --- life --- */

static void on_term(int sig)
{
    terminated = 1;
}

static void on_master(int fd, unsigned events, void *arg)
{
    if (service_stopping())
        terminated = 1;
}

static void on_cleanup(void *arg)
{
    struct loop_timer *t = arg;

    verify_cache_clean();
    verify_cache_save();
    loop_timer_set(t, par_address_verify_cache_cleanup_interval() * 1000, on_cleanup, t);
}

static void before_jail(struct service *s)
{
    cleanup_init();
    verify_cache_open();
}

static void run(struct service *s)
{
    struct sigaction act = { .sa_handler = on_term };
    struct loop_timer cleanup = { .at = 0 };

    sigaction(SIGTERM, &act, NULL); /* what was learnt is written first */
    verify_cache_load();
    for (int i = 0; i < s->listeners; i++)
        loop_watch(SERVICE_LISTEN_FD + i, LOOP_READ, on_listener, NULL);
    loop_watch(SERVICE_STATUS_FD, LOOP_READ, on_master, NULL);
    if (par_address_verify_cache_cleanup_interval() > 0)
        loop_timer_set(&cleanup, par_address_verify_cache_cleanup_interval() * 1000, on_cleanup, &cleanup);
    last_use = clock_ms();
    while (!terminated) {
        int64_t left = last_use + s->max_idle * (int64_t)1000 - clock_ms();

        if (left <= 0 && !clients && !verify_cache_needed())
            break;
        loop_once(left > 0 ? left : s->max_idle * (int64_t)1000);
    }
    verify_cache_clean();
    verify_cache_save();
}

int verify_main(int argc, char **argv);

int verify_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "verify", .model = SERVICE_EVENT, .before_jail = before_jail, .run = run
    };

    return service_main(&d, argc, argv);
}
