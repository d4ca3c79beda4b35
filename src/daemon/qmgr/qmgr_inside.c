/* qmgr_inside.c - what the error, retry and discard services do, without a process
 *
 * The lines and outcomes are those of error(8) and discard(8); their entries in
 * master.cf decide whether they exist and under which name they log.
 * Runs in: qmgr.  Parameters: syslog_name (also with -o in master.cf).
 * Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "param/param.h"

/* The request as an agent would see it, with one recipient. */
static void as_delivery(const struct message *m, const struct rcpt *r, struct delivery *d, struct delivery_rcpt *how)
{
    *how = (struct delivery_rcpt){ .diag_type = 'P' };
    rcpt_fill(r, &how->r);
    *d = (struct delivery){
        .queue_id = m->item->id,
        .fd = qfile_fd(m->q),
        .flags = message_deliver_flags(m),
        .env = qfile_env(m->q),
        .rcpts = how,
        .n = 1,
        .queued_ms = m->queued_ms,
        .picked_ms = clock_ms() - m->taken,
        .began = clock_ms(),
    };
}

static void own_tag(void)
{
    static char *tag;

    if (!tag)
        tag = mem_printf("%s/qmgr", par_syslog_name());
    log_tag(tag);
}

static void fail(struct message *m, struct rcpt *r, const char *tag, enum result result, const struct why *why)
{
    struct delivery_rcpt how;
    struct delivery d;

    as_delivery(m, r, &d, &how);
    log_tag(tag);
    deliver_failed(&d, &how, "none", result, why);
    own_tag();
    rcpt_settle(m, r, &how);
}

void inside_defer(struct message *m, struct rcpt *r, const struct transport *t, const struct why *why)
{
    fail(m, r, t->log_tag, TEMP, why);
}

void inside_fail(struct message *m, struct rcpt *r, enum result result, const struct why *why)
{
    fail(m, r, transport_get(par_error_service_name())->log_tag, result, why);
}

static void discard(struct message *m, struct rcpt *r, const struct transport *t, const struct why *why)
{
    struct delivery_rcpt how;
    struct delivery d;

    as_delivery(m, r, &d, &how);
    log_tag(t->log_tag);
    deliver_sent(&d, &how, "none", why->dsn, "%s", why->text);
    own_tag();
    rcpt_settle(m, r, &how);
}

void inside_discard(struct message *m, struct rcpt *r, const char *text)
{
    struct delivery_rcpt how;
    struct delivery d;

    as_delivery(m, r, &d, &how);
    deliver_sent(&d, &how, "none", "2.0.0", "%s", text);
    rcpt_settle(m, r, &how);
}

void inside_deliver(struct message *m, struct rcpt *r, const struct transport *t, struct str nexthop)
{
    struct why why;
    enum result result = inside_why(nexthop, t->inside, &why);

    if (result == OK)
        discard(m, r, t, &why);
    else
        fail(m, r, t->log_tag, result, &why);
}
