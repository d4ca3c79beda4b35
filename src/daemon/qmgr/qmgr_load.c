/* qmgr_load.c - recipients from the queue file to their destinations
 *
 * As many as there is room for; each is resolved and given to the scheduler.
 * While some are delivered others take their place.
 * Runs in: qmgr.
 * Parameters: qmgr_message_recipient_limit, qmgr_message_recipient_minimum, default_filter_nexthop,
 * double_bounce_sender, address_verify_pending_request_limit.
 * Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "param/param.h"
#include "route/resolve.h"
#include "route/rewrite.h"

enum { PAGE_MAX = 5000 }; /* recipients of one message in memory */

/* Mail to the sender of our own notices ends here: it bounced twice. */
static bool to_double_bounce(const char *addr)
{
    struct str a = str_of(addr);

    return str_eq_case(addr_local(a), par_double_bounce_sender()) && rewrite_is_local_domain(addr_domain(a)) == OK;
}

/* "transport:destination"; without destination the recipient's own next hop domain is used. */
static void route_by_filter(struct message *m, struct rcpt *r, const char *filter)
{
    struct str f = str_of(filter), nexthop;
    size_t colon = str_find(f, ':');
    char *transport = mem_dup_n(filter, colon);

    nexthop = colon < f.n ? (struct str){ f.p + colon + 1, f.n - colon - 1 } : (struct str){ "", 0 };
    if (!nexthop.n)
        nexthop = *par_default_filter_nexthop() ? str_of(par_default_filter_nexthop()) : addr_domain(str_of(r->text));
    sched_add(m, r, transport_get(transport), nexthop);
    free(transport);
}

static void route(struct message *m, const struct qfile_rcpt *q, uint32_t index)
{
    static struct resolved to;
    static bool ready;
    const struct qfile_env *e = qfile_env(m->q);
    const char *addr = e->redirect[0] ? e->redirect : q->addr;
    enum result r;
    struct transport *t;
    struct rcpt *rcpt;

    if (!ready)
        resolved_init(&to);
    ready = true;
    r = message_is_probe(m) ? resolve_probe(e->sender, addr, &to) : resolve(e->sender, addr, &to);
    rcpt = rcpt_new(q, index, r == OK ? buf_view(&to.recipient) : str_of(addr));
    m->open++;
    if (r == PERM) {
        inside_fail(m, rcpt, PERM, &to.why);
    } else if (r != OK) {
        why_set(&to.why, "4.3.0", "address resolver failure");
        inside_defer(m, rcpt, transport_get("retry"), &to.why);
    } else if (message_is_probe(m) && active_probes > (size_t)par_address_verify_pending_request_limit()) {
        why_set(&to.why, "4.3.2", "Too many address verification requests");
        inside_fail(m, rcpt, TEMP, &to.why);
    } else if (to_double_bounce(rcpt->text)) {
        inside_discard(m, rcpt, "undeliverable postmaster notification discarded");
    } else if (e->filter[0]) {
        route_by_filter(m, rcpt, e->filter);
    } else {
        t = transport_get(to.transport.p);
        m->routed = t;
        sched_add(m, rcpt, t, buf_view(&to.nexthop));
    }
}

/* How many recipients of this message may be in memory now. */
static size_t page_size(void)
{
    size_t limit = (size_t)par_qmgr_message_recipient_limit(), least = (size_t)par_qmgr_message_recipient_minimum();
    size_t room = rcpts_in_memory < limit ? limit - rcpts_in_memory : 0;

    room = room < least ? least : room;
    return room < PAGE_MAX ? room : PAGE_MAX;
}

/* The transport of the recipient routed last has its share of memory. */
static bool transport_full(const struct message *m)
{
    const struct transport *t = m->routed;

    return t && t->in_memory >= t->memory_limit + (sched_is_bulk(m, t) ? 0 : t->memory_extra);
}

static void load_rcpt(struct message *m, const struct qfile_rcpt *q)
{
    if ((q->notify & RCPT_EXPANDED) && m->first)
        rcpt_expanded(m, q);
    if (q->done || (m->redirected && qfile_env(m->q)->redirect[0]))
        return;
    m->redirected = true;
    if (q->notify & DSN_NOTIFY_SUCCESS)
        m->trace = true;
    route(m, q, (uint32_t)m->next_rcpt);
}

/* The recipients that follow in the file, as many as there is room for. */
static void load(struct message *m, size_t room)
{
    struct qfile_rcpt page[PAGE_BATCH];
    size_t least = (size_t)par_qmgr_message_recipient_minimum(), began = m->next_rcpt, n;

    m->freed = 0;
    m->loaded = clock_ms();
    m->open++;
    m->routed = NULL;
    while (room && (n = qfile_rcpts(m->q, m->next_rcpt, page, room < PAGE_BATCH ? room : PAGE_BATCH)))
        for (size_t i = 0; i < n && room; i++) {
            load_rcpt(m, &page[i]);
            m->next_rcpt++;
            room = transport_full(m) && m->next_rcpt - began >= least ? 0 : room - 1;
        }
    if (m->next_rcpt < m->total && room) { /* unreadable now, though it was not when opened: another attempt */
        m->next_rcpt = m->total;
        m->stay = true;
    }
    qfile_trim(m->q);
    m->open--;
}

void message_load(struct message *m)
{
    load(m, page_size());
}

void message_refill(struct message *m)
{
    const struct transport *t = m->routed;
    size_t room = page_size();

    if (!t || !m->freed || m->next_rcpt >= m->total)
        return;
    if ((int64_t)m->freed >= t->refill_limit || clock_ms() - m->loaded >= t->refill_delay * 1000)
        load(m, m->freed < room ? m->freed : room);
}
