/* qmgr_sched.c - which recipients go to which agent, and in which order
 *
 * Destinations take turns at a transport. A message with many recipients is
 * "bulk": such messages take turns at a destination, and others may overtake
 * them, a few at once and then one for so many of their recipients
 * (X_delivery_slot_loan, X_delivery_slot_cost). Others are served in the order
 * of their arrival (with X_delivery_slot_cost 0: all).
 * Every step costs the same however much is queued.
 * Runs in: qmgr.  Parameters: through the transport.  Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/qmgr/qmgr_int.h"
#include "param/param.h"

enum { LOST_MAX = 3 };

static struct transport *dirty_first, *dirty_last;

void sched_dirty(struct transport *t)
{
    if (t->dirty)
        return;
    t->dirty = true;
    t->next_dirty = NULL;
    if (dirty_last)
        dirty_last->next_dirty = t;
    else
        dirty_first = t;
    dirty_last = t;
}

static void turn_add(struct dest *d, int class)
{
    struct turn *q = &d->t->turn[class];

    if (d->in_turn[class] || !d->first[class] || !dest_open(d))
        return;
    d->in_turn[class] = true;
    d->next_turn[class] = NULL;
    if (q->last)
        q->last->next_turn[class] = d;
    else
        q->first = d;
    q->last = d;
    sched_dirty(d->t);
}

static struct dest *turn_take(struct transport *t, int class)
{
    struct turn *q = &t->turn[class];
    struct dest *d = q->first;

    q->first = d->next_turn[class];
    if (!q->first)
        q->last = NULL;
    d->in_turn[class] = false;
    return d;
}

void sched_dest_ready(struct dest *d)
{
    for (int c = 0; c < CLASSES; c++)
        turn_add(d, c);
}

/* Bulk is what has recipients enough to earn delivery slots for others. */
bool sched_is_bulk(const struct message *m, const struct transport *t)
{
    return t->slot_cost && (int64_t)m->total >= t->slot_cost * t->slot_minimum;
}

static int class_of(const struct peer *p)
{
    return sched_is_bulk(p->msg, p->dest->t) ? CLASS_BULK : CLASS_SMALL;
}

static void peer_list(struct peer *p, bool front)
{
    int c = class_of(p);
    struct dest *d = p->dest;

    if (p->listed)
        return;
    p->listed = true;
    if (front || !d->first[c]) {
        p->next = d->first[c];
        d->first[c] = p;
        if (!d->last[c])
            d->last[c] = p;
    } else {
        p->next = NULL;
        d->last[c]->next = p;
        d->last[c] = p;
    }
}

static struct peer *peer_take(struct dest *d, int c)
{
    struct peer *p = d->first[c];

    d->first[c] = p->next;
    if (!d->first[c])
        d->last[c] = NULL;
    p->listed = false;
    return p;
}

static struct peer *peer_get(struct message *m, struct dest *d)
{
    struct peer *p = d->assembling;

    if (p && p->msg == m)
        return p;
    p = mem_new(sizeof *p);
    p->msg = m;
    p->dest = d;
    p->of_msg = m->peers;
    m->peers = p;
    d->assembling = p;
    d->peers++;
    return p;
}

/* A peer goes when the page of its message is done: from then on nothing points to it. */
void peer_release(struct peer *p)
{
    if (p->dest->assembling == p)
        p->dest->assembling = NULL;
    p->dest->peers--;
    dest_release(p->dest);
    free(p);
}

void sched_add(struct message *m, struct rcpt *r, struct transport *t, struct str nexthop)
{
    struct qfile_rcpt q;
    struct why why;
    struct dest *d;
    struct peer *p;

    if (t->inside != AGENT && t->inside != INSIDE_MISSING) {
        inside_deliver(m, r, t, nexthop);
        return;
    }
    if (m->flush) {
        transport_revive(t);
    } else if (t->deferred_by_config) {
        why_set(&why, "4.3.2", "deferred transport");
        inside_defer(m, r, t, &why);
        return;
    }
    if (t->dead) {
        inside_defer(m, r, t, &t->why);
        return;
    }
    rcpt_fill(r, &q);
    d = dest_get(t, nexthop, (struct str){ q.addr, strlen(q.addr) });
    if (m->flush)
        dest_revive(d);
    if (d->dead) {
        why_suspended(&why, &d->why);
        inside_defer(m, r, t, &why);
        return;
    }
    p = peer_get(m, d);
    r->counted = t;
    t->in_memory++;
    rcpts_add(&p->todo, r);
    peer_list(p, false);
    sched_dest_ready(d);
}

/* A small message goes ahead of bulk when bulk has earned a slot, or can borrow one. */
static int choose_class(struct transport *t)
{
    if (!t->turn[CLASS_BULK].first) {
        t->slots = 0;
        return CLASS_SMALL;
    }
    if (!t->turn[CLASS_SMALL].first || t->slots + t->slot_loan * t->slot_price < t->slot_price)
        return CLASS_BULK;
    t->slots -= t->slot_price;
    return CLASS_SMALL;
}

static struct request *cut(struct peer *p)
{
    struct request *rq = mem_new(sizeof *rq);
    int64_t limit = p->dest->t->rcpt_limit;

    if (limit <= 0 || limit > DELIVER_MAX_RCPTS)
        limit = DELIVER_MAX_RCPTS;
    if (message_verp(p->msg))
        limit = 1; /* each recipient has a sender of its own */
    rq->peer = p;
    while (p->todo.n && limit-- > 0)
        rcpts_add(&rq->rcpts, rcpts_take(&p->todo));
    p->busy++;
    p->dest->busy++;
    if (class_of(p) == CLASS_BULK && p->dest->t->slots < p->dest->t->slot_price)
        p->dest->t->slots += 100 * (int64_t)rq->rcpts.n;
    return rq;
}

/* Puts recipients back where they came from. */
static void uncut(struct request *rq)
{
    struct peer *p = rq->peer;

    while (rq->rcpts.n) {
        struct rcpt *r = rcpts_take(&rq->rcpts);

        rcpts_add(&p->todo, r);
    }
    p->busy--;
    p->dest->busy--;
    if (p->todo.n)
        peer_list(p, true);
    free(rq);
}

static void start_one(struct transport *t)
{
    int class = choose_class(t);
    struct dest *d = turn_take(t, class);
    struct request *rq;
    struct peer *p;
    struct why why;
    enum result r;

    if (!dest_open(d) || !d->first[class]) {
        dest_release(d);
        return;
    }
    p = peer_take(d, class);
    rq = cut(p);
    if (p->todo.n)
        peer_list(p, class == CLASS_SMALL);
    r = agent_send(t, rq, &why);
    if (r == OK) {
        if (t->transport_rate_delay)
            transport_rest(t);
        sched_dest_ready(d);
        return;
    }
    uncut(rq);
    if (r == AGAIN)
        sched_dest_ready(d);
    else
        transport_kill(t, &why);
}

static void run_transport(struct transport *t)
{
    while (!t->dead && !t->resting && agent_available(t) && (t->turn[CLASS_SMALL].first || t->turn[CLASS_BULK].first))
        start_one(t);
}

void sched_run(void)
{
    while (dirty_first) {
        struct transport *t = dirty_first;

        dirty_first = t->next_dirty;
        if (!dirty_first)
            dirty_last = NULL;
        t->dirty = false;
        run_transport(t);
    }
}

static void defer_peer(struct peer *p, const struct why *why)
{
    while (p->todo.n)
        inside_defer(p->msg, rcpts_take(&p->todo), p->dest->t, why);
}

/* The last recipient of a message may free its peers, and with them the dest: keep hold of it. */
void sched_defer_dest(struct dest *d, const struct why *why)
{
    d->busy++;
    for (int c = 0; c < CLASSES; c++)
        while (d->first[c]) {
            struct peer *p = peer_take(d, c);
            struct message *m = p->msg;

            m->open++;
            defer_peer(p, why);
            m->open--;
            message_check(m);
        }
    d->busy--;
}

void sched_defer_transport(struct transport *t, const struct why *why)
{
    const char *key;
    void *value;
    bool again = true;

    while (again) { /* an emptied dest is freed, so the walk starts anew after each */
        again = false;
        for (size_t at = 0; !again && htab_each(t->dests, &at, &key, &value);) {
            struct dest *d = value;

            if (!d->first[CLASS_SMALL] && !d->first[CLASS_BULK])
                continue;
            sched_defer_dest(d, why);
            dest_release(d);
            again = true;
        }
    }
}

/* Entries are messages that wait for a dest, as far as it matters here. */
static size_t waiting_for(const struct dest *d)
{
    size_t n = (size_t)d->busy;

    for (int c = 0; c < CLASSES; c++)
        for (const struct peer *p = d->first[c]; p; p = p->next)
            n++;
    return n;
}

void sched_warn_clogged(size_t limit)
{
    static int64_t warned;
    int64_t now = clock_ms(), every = par_qmgr_clog_warn_time() * 1000;
    const struct dest *worst;
    size_t most;

    if (!every || (warned && now - warned < every))
        return;
    warned = now;
    worst = transports_worst(waiting_for, &most);
    if (!worst || most < limit / 5)
        return;
    log_warn("mail for %s is using up %zu of %zu active queue entries", worst->nexthop, most, limit);
    log_warn("this may slow down other mail deliveries");
    log_warn("you may need to increase the main.cf %s_destination_concurrency_limit from %lld", worst->t->name,
             (long long)worst->t->concurrency_limit);
    log_warn("please avoid flushing the whole queue when you have lots of deferred mail, that is bad for performance");
    log_warn("to turn off these warnings specify: qmgr_clog_warn_time = 0");
}

static bool marked_done(const struct message *m, const struct rcpt *r)
{
    char state;

    return io_pread(qfile_fd(m->q), &state, 1, r->offset) == OK && state == 'D';
}

/* The agent died; what it delivered it has marked. */
static void take_back(struct request *rq)
{
    struct peer *p = rq->peer;
    struct rcpts todo = { NULL, NULL, 0 };
    struct delivery_rcpt sent = { .outcome = DELIVER_SENT }; /* static, it would be 1 kB of the program */

    while (rq->rcpts.n) {
        struct rcpt *r = rcpts_take(&rq->rcpts);

        if (marked_done(p->msg, r))
            rcpt_settle(p->msg, r, &sent);
        else
            rcpts_add(&todo, r);
    }
    rq->rcpts = todo;
}

static void lost_agent(struct request *rq)
{
    struct peer *p = rq->peer;
    struct transport *t = p->dest->t;
    struct why why;

    take_back(rq);
    if (!rq->rcpts.n || ++p->lost < LOST_MAX) {
        uncut(rq);
        return;
    }
    log_warn("transport %s failure -- see a previous warning/fatal/panic logfile record for the problem description",
             t->name);
    why_set(&why, "4.3.0", "unknown mail transport error");
    uncut(rq);
    transport_kill(t, &why);
}

static void settle_all(struct request *rq, struct delivery_rcpt *how)
{
    struct peer *p = rq->peer;

    for (size_t i = 0; rq->rcpts.n; i++)
        rcpt_settle(p->msg, rcpts_take(&rq->rcpts), &how[i]);
    p->busy--;
    p->dest->busy--;
    free(rq);
}

void sched_request_done(struct request *rq, struct delivery_rcpt *how, bool lost)
{
    struct peer *p = rq->peer;
    struct message *m = p->msg;
    struct dest *d = p->dest;

    m->open++;
    d->busy++; /* neither may vanish below */
    if (lost)
        lost_agent(rq);
    else
        settle_all(rq, how);
    message_refill(m);
    m->open--;
    message_check(m);
    d->busy--;
    sched_dest_ready(d);
    sched_dirty(d->t);
    dest_release(d);
}
