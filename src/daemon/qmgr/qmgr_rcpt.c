/* qmgr_rcpt.c - the recipients of a message, and what became of each
 *
 * A recipient leaves memory when it is delivered, unless somebody wants to hear
 * of it. Others wait in the message's lists, with the reason, for the steps that
 * follow. An agent may say that a recipient had several parts (the members of an
 * alias), each with an outcome of its own.
 * Runs in: qmgr.
 * Parameters: confirm_delay_cleared, address_verify_negative_cache, address_verify_service_name.
 * Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "mail/smtp_text.h"
#include "param/param.h"
#include "service/verify.h"

size_t rcpts_in_memory;

void rcpts_add(struct rcpts *l, struct rcpt *r)
{
    r->next = NULL;
    if (l->last)
        l->last->next = r;
    else
        l->first = r;
    l->last = r;
    l->n++;
}

struct rcpt *rcpts_take(struct rcpts *l)
{
    struct rcpt *r = l->first;

    if (!r)
        return NULL;
    l->first = r->next;
    if (!l->first)
        l->last = NULL;
    l->n--;
    r->next = NULL;
    return r;
}

void rcpt_free(struct rcpt *r)
{
    rcpts_in_memory--;
    if (r->counted)
        r->counted->in_memory--;
    free(r->outcome);
    free(r);
}

void rcpt_fill(const struct rcpt *r, struct qfile_rcpt *out)
{
    *out = (struct qfile_rcpt){ .addr = r->text,
                                .orig = r->text + r->orig,
                                .orcpt = r->text + r->orcpt,
                                .notify = r->notify,
                                .offset = r->offset };
}

struct rcpt *rcpt_new(const struct qfile_rcpt *q, uint32_t index, struct str addr)
{
    size_t orig = strlen(q->orig) + 1, orcpt = strlen(q->orcpt) + 1;
    struct rcpt *r = mem_new(sizeof *r + addr.n + 1 + orig + orcpt);

    r->index = index;
    r->offset = q->offset;
    r->notify = (uint8_t)q->notify;
    memcpy(r->text, addr.p, addr.n);
    r->orig = (uint16_t)(addr.n + 1);
    memcpy(r->text + r->orig, q->orig, orig);
    r->orcpt = (uint16_t)(r->orig + orig);
    memcpy(r->text + r->orcpt, q->orcpt, orcpt);
    rcpts_in_memory++;
    return r;
}

void rcpts_free(struct rcpts *l)
{
    while (l->n)
        rcpt_free(rcpts_take(l));
}

void rcpts_move(struct rcpts *to, struct rcpts *from)
{
    while (from->n)
        rcpts_add(to, rcpts_take(from));
}

/* --- outcomes --- */

static size_t room_for(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static void keep_outcome(struct rcpt *r, const struct delivery_rcpt *how)
{
    size_t text = room_for(how->why.text), mta = room_for(how->remote_mta), relay = room_for(how->relay);
    struct outcome *o = mem_new(sizeof *o + text + mta + relay);

    o->what = how->outcome;
    snprintf(o->dsn, sizeof o->dsn, "%s", how->why.dsn);
    o->relayed = how->relayed;
    o->diag_type = how->diag_type ? how->diag_type : 'P';
    memcpy(o->text, how->why.text, text);
    if (mta)
        o->remote_mta = memcpy(o->text + text, how->remote_mta, mta);
    if (relay)
        o->relay = memcpy(o->text + text + mta, how->relay, relay);
    free(r->outcome);
    r->outcome = o;
}

static struct rcpt *rcpt_copy(const struct rcpt *r)
{
    struct qfile_rcpt q;

    rcpt_fill(r, &q);
    return rcpt_new(&q, r->index, str_of(q.addr));
}

bool message_verify_only(const struct message *m)
{
    return qfile_env(m->q)->flags & QF_VERIFY;
}

/* An address probe: the verify service wants to know, and that is all. */
bool message_is_probe(const struct message *m)
{
    return ENABLE_VERIFY && (qfile_env(m->q)->flags & QF_PROBE);
}

#if ENABLE_VERIFY
static void probe_told(const char *addr, const struct delivery_rcpt *how)
{
    enum verify_status status = how->outcome == DELIVER_SENT      ? VERIFY_OK
                                : how->outcome == DELIVER_BOUNCED ? VERIFY_BOUNCE
                                                                  : VERIFY_DEFER;

    if (*addr && verify_update(addr, status, how->why.text) != OK)
        log_warn("%s service failure", par_address_verify_service_name());
}

/* The address that was asked about, and the one that it was rewritten to. */
static void settle_probe(const struct rcpt *r, const struct delivery_rcpt *how)
{
    const char *orig = r->text + r->orig;

    if (how->outcome != DELIVER_SENT && !par_address_verify_negative_cache())
        return;
    probe_told(*orig ? orig : r->text, how);
    if (*orig && strcmp(orig, r->text) != 0)
        probe_told(r->text, how);
}
#else
static void settle_probe(const struct rcpt *r, const struct delivery_rcpt *how)
{
}
#endif

/* sendmail -v: what became of everybody at the first attempt. */
static bool report_all(const struct message *m)
{
    return m->first && (qfile_env(m->q)->flags & QF_VERBOSE);
}

/* The sender has been told that this is late. */
bool message_delay_cleared(const struct message *m)
{
    return par_confirm_delay_cleared() && (qfile_marks(m->q) & QMARK_DELAY_WARNED);
}

static void tell(struct message *m, const struct rcpt *r, const struct delivery_rcpt *how)
{
    struct rcpt *copy = rcpt_copy(r);

    keep_outcome(copy, how);
    rcpts_add(&m->told, copy);
}

/* 'p': the next server promised to tell of success. */
static bool success_wanted(const struct message *m, unsigned notify, const struct delivery_rcpt *how)
{
    if (report_all(m) || !how->why.dsn[0])
        return false;
    return message_delay_cleared(m) || ((notify & DSN_NOTIFY_SUCCESS) && how->relayed && how->relayed != 'p');
}

static void settle_sent(struct message *m, struct rcpt *r, const struct delivery_rcpt *how)
{
    if (success_wanted(m, r->notify, how)) {
        keep_outcome(r, how);
        rcpts_add(&m->told, r);
        return;
    }
    m->freed++;
    rcpt_free(r);
}

static struct rcpt *rcpt_part(const struct rcpt *r, const struct delivery_rcpt *part)
{
    struct qfile_rcpt q;
    struct rcpt *copy;

    rcpt_fill(r, &q);
    q.notify = part->r.notify;
    copy = rcpt_new(&q, r->index, str_of(part->r.addr));
    keep_outcome(copy, part);
    return copy;
}

/* The parts of a recipient take its place, each with its own outcome. False: it has none that could. While something
 * will be tried again, the whole recipient will be, and nothing is told. */
static bool settle_parts(struct message *m, struct rcpt *r, const struct delivery_rcpt *how)
{
    bool later = how->outcome == DELIVER_DEFERRED && !m->last_try, replaced = how->outcome == DELIVER_SENT;

    for (const struct deliver_part *p = how->parts; p && !later; p = p->next) {
        if (report_all(m))
            rcpts_add(&m->told, rcpt_part(r, &p->how));
        if (p->how.outcome == DELIVER_SENT) {
            if (success_wanted(m, p->how.r.notify, &p->how))
                rcpts_add(&m->told, rcpt_part(r, &p->how));
        } else {
            rcpts_add(how->outcome == DELIVER_BOUNCED ? &m->failed : &m->deferred, rcpt_part(r, &p->how));
            replaced = true;
        }
    }
    if (replaced && !later)
        rcpt_free(r);
    return replaced && !later;
}

void rcpt_settle(struct message *m, struct rcpt *r, const struct delivery_rcpt *how)
{
    struct delivery_rcpt untried;

    if (how->outcome == DELIVER_PENDING) {
        memset(&untried, 0, sizeof untried);
        untried.outcome = DELIVER_DEFERRED;
        (void)why_set(&untried.why, "4.3.0", "unknown mail transport error");
        how = &untried;
    }
    if (message_is_probe(m)) {
        settle_probe(r, how);
        rcpt_free(r);
    } else if (message_verify_only(m)) {
        for (const struct deliver_part *p = how->parts; p; p = p->next)
            rcpts_add(&m->told, rcpt_part(r, &p->how));
        keep_outcome(r, how);
        if (how->parts)
            rcpt_free(r);
        else
            rcpts_add(&m->told, r);
    } else if (!how->parts || !settle_parts(m, r, how)) {
        if (report_all(m))
            tell(m, r, how);
        if (how->outcome == DELIVER_SENT) {
            settle_sent(m, r, how);
        } else {
            keep_outcome(r, how);
            rcpts_add(how->outcome == DELIVER_BOUNCED ? &m->failed : &m->deferred, r);
        }
    }
    m->open--;
    message_check(m);
}

bool message_verp(const struct message *m)
{
    const struct qfile_env *e = qfile_env(m->q);

    return strlen(e->verp) == 2 && *e->sender;
}

unsigned message_deliver_flags(const struct message *m)
{
    const struct qfile_env *e = qfile_env(m->q);

    /* Success text is needed for reports only; every request of such a message asks for it. */
    return (e->flags & (QF_VERIFY | QF_PROBE) ? DELIVER_PROBE : 0) | (m->trace ? DELIVER_TRACE : 0) |
           (m->last_try ? DELIVER_LAST_TRY : 0);
}

void rcpt_expanded(struct message *m, const struct qfile_rcpt *q)
{
    struct rcpt *r = rcpt_new(q, 0, str_of(q->addr));
    struct delivery_rcpt how = { .outcome = DELIVER_SENT, .relayed = 'e', .why = { "2.0.0", "alias expanded" } };

    keep_outcome(r, &how);
    rcpts_add(&m->told, r);
}
