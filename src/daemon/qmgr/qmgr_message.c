/* qmgr_message.c - a message while it is delivered
 *
 * Loading reads a page of recipients, resolves each and gives it to its
 * destination. When every recipient of the page has its outcome, steps follow in
 * order: expire, failure notice, success report, delay warning, reasons noted in
 * the file, next page, end. A step that needs the bounce service waits for it;
 * nothing is forgotten before the notice is durable.
 * A message that others (an agent of a former queue manager) still hold is
 * locked and put back for a while.
 * Runs in: qmgr.
 * Parameters: maximal_queue_lifetime, bounce_queue_lifetime, delay_warning_time,
 * confirm_delay_cleared, qmgr_message_recipient_limit, qmgr_message_recipient_minimum,
 * double_bounce_sender, dont_remove, address_verify_pending_request_limit, address_verify_negative_cache.
 * Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "param/param.h"
#include "queue/handover.h"
#include "queue/qdir.h"
#include "queue/qslot.h"
#include "route/resolve.h"
#include "route/rewrite.h"
#include "service/verify.h"

enum {
    PAGE_BATCH = 64,
    PAGE_MAX = 5000,       /* recipients of one message in memory */
    BUSY_WAIT = 10,        /* seconds until a message that somebody holds is looked at again */
    YOUNG = 60,            /* a file that makes no sense may still be growing */
    EMPTY_MAX = 86400,     /* an empty file of a writer that never came back */
    NOTICE_BYTES = 768 << 10,
};

size_t active_messages, active_deferred, rcpts_in_memory;
static struct message *in_slot[QSLOT_MAX];
static size_t active_probes;

/* --- recipients --- */

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

static struct rcpt *rcpt_new(const struct qfile_rcpt *q, uint32_t index, struct str addr)
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

static bool verify_only(const struct message *m)
{
    return qfile_env(m->q)->flags & QF_VERIFY;
}

/* An address probe: the verify service wants to know, and that is all. */
static bool is_probe(const struct message *m)
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
static bool delay_cleared(const struct message *m)
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
    return delay_cleared(m) || ((notify & DSN_NOTIFY_SUCCESS) && how->relayed && how->relayed != 'p');
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
    if (is_probe(m)) {
        settle_probe(r, how);
        rcpt_free(r);
    } else if (verify_only(m)) {
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

/* --- loading --- */

static int64_t lifetime(const struct message *m)
{
    return qfile_env(m->q)->sender[0] ? par_maximal_queue_lifetime() : par_bounce_queue_lifetime();
}

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
    r = is_probe(m) ? resolve_probe(e->sender, addr, &to) : resolve(e->sender, addr, &to);
    rcpt = rcpt_new(q, index, r == OK ? buf_view(&to.recipient) : str_of(addr));
    m->open++;
    if (r == PERM) {
        inside_fail(m, rcpt, PERM, &to.why);
    } else if (r != OK) {
        why_set(&to.why, "4.3.0", "address resolver failure");
        inside_defer(m, rcpt, transport_get("retry"), &to.why);
    } else if (is_probe(m) && active_probes > (size_t)par_address_verify_pending_request_limit()) {
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

static void tell_expanded(struct message *m, const struct qfile_rcpt *q)
{
    struct rcpt *r = rcpt_new(q, 0, str_of(q->addr));
    struct delivery_rcpt how = { .outcome = DELIVER_SENT, .relayed = 'e', .why = { "2.0.0", "alias expanded" } };

    keep_outcome(r, &how);
    rcpts_add(&m->told, r);
}

static void load_rcpt(struct message *m, const struct qfile_rcpt *q)
{
    if ((q->notify & RCPT_EXPANDED) && m->first)
        tell_expanded(m, q);
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

void message_refill(struct message *m)
{
    const struct transport *t = m->routed;
    size_t room = page_size();

    if (!t || !m->freed || m->next_rcpt >= m->total)
        return;
    if ((int64_t)m->freed >= t->refill_limit || clock_ms() - m->loaded >= t->refill_delay * 1000)
        load(m, m->freed < room ? m->freed : room);
}

/* Recipients that are still to be delivered to. */
static size_t count_open(const struct message *m)
{
    struct qfile_rcpt page[PAGE_BATCH];
    size_t open = 0, n;

    if (m->first && !(qfile_env(m->q)->flags & QF_EXPANDED))
        return m->total;
    for (size_t at = 0; (n = qfile_rcpts(m->q, at, page, PAGE_BATCH)); at += n)
        for (size_t i = 0; i < n; i++)
            open += !page[i].done;
    return open;
}

static void log_active(const struct message *m)
{
    const struct qfile_env *e = qfile_env(m->q);
    struct buf sender;

    buf_init(&sender, 3 * ADDR_MAX);
    if (strcmp(par_info_log_address_format(), "internal") == 0)
        buf_puts(&sender, e->sender);
    else
        addr_quote(&sender, str_of(e->sender));
    log_info("%s: from=<%s>, size=%lld, nrcpt=%zu (queue active)", m->item->id, sender.p, (long long)e->size,
             count_open(m));
    buf_done(&sender);
}

static void begin(struct item *it, struct qfile *q)
{
    struct message *m = mem_new(sizeof *m);

    m->item = it;
    m->q = q;
    m->total = qfile_rcpt_count(q);
    m->first = it->place == IN_INCOMING;
    m->flush = it->flush;
    m->taken = clock_ms();
    m->queued_ms = qfile_age_ms(qfile_env(q));
    m->last_try = m->queued_ms / 1000 >= lifetime(m) || (qfile_marks(q) & QMARK_EXPIRE_NOW);
    m->slot = qfile_slot(q);
    if (m->slot >= 0)
        in_slot[m->slot] = m;
    it->msg = m;
    it->flush = false;
    active_messages++;
    active_probes += is_probe(m);
    active_deferred += !m->first;
    m->trace = (qfile_env(q)->flags & (QF_VERBOSE | QF_VERIFY)) || delay_cleared(m);
    log_active(m);
    load(m, page_size());
    message_check(m);
}

/* A damaged file is kept for its owner to look at. */
static void to_corrupt(struct item *it)
{
    const char *dir = place_dir((enum item_place)it->place);

    if (qdir_move(dir, "corrupt", it->id, false) == OK)
        log_warn("%s: damaged queue file moved from \"%s\" to \"corrupt\"", it->id, dir);
    else
        log_warn("%s: damaged queue file in \"%s\" cannot be moved to \"corrupt\": %s", it->id, dir, strerror(errno));
}

/* Its content makes no sense (PERM) or it was never committed (AGAIN): the writer may be at it, or gone for good. */
static void not_a_message(struct item *it, enum result r)
{
    char path[QDIR_PATH];
    struct stat st;
    int64_t age;
    bool gone = false;

    qdir_find(place_dir((enum item_place)it->place), it->id, path);
    if (stat(path, &st) == 0) {
        age = (int64_t)time(NULL) - (int64_t)st.st_mtime;
        if (r == PERM && (age > YOUNG || age < -YOUNG))
            to_corrupt(it);
        else if (r == AGAIN && st.st_size == 0)
            gone = age > EMPTY_MAX;
        else if (r == AGAIN && age > YOUNG)
            gone = qfile_abandoned(path);
        if (gone && unlink(path) == 0)
            log_info("%s: removed (never completed)", it->id);
    }
    item_free(it);
}

void message_start(struct item *it)
{
    struct qfile *q;
    enum result r;

    item_untime(it);
    r = qfile_open(place_dir((enum item_place)it->place), it->id, true, it->scanned, &q);
    it->scanned = false;
    if (r == NONE) {
        item_free(it); /* delivered meanwhile, deleted or moved by postsuper */
    } else if (r == PERM || r == AGAIN) {
        not_a_message(it, r);
    } else if (r != OK) {
        log_warn("%s: open queue file: %s", it->id, strerror(errno));
        item_set_due(it, qfile_uptime() + BUSY_WAIT);
    } else if (flock(qfile_fd(q), LOCK_EX | LOCK_NB) < 0) {
        /* In a slot, somebody who looks for a free one had the lock for a moment; at a flush, an agent that has just
         * answered still has it. */
        item_set_due(it, qfile_uptime() + (qfile_slot(q) >= 0 || it->flush ? 1 : BUSY_WAIT));
        qfile_close(q);
    } else if (qfile_slot(q) >= 0 && !qslot_holds(qfile_fd(q), it->id)) {
        qfile_close(q); /* delivered since we opened it */
        item_free(it);
    } else {
        begin(it, q);
    }
}

/* Delivered, or it stays: its writer may wait for the one or the other. */
static void left_slot(struct message *m)
{
    in_slot[m->slot] = NULL;
    m->slot = QSLOT_NONE;
    handover_wake(qfile_fd(m->q));
}

void message_leave_slots(int64_t taken_before)
{
    for (int i = 0; i < QSLOT_MAX; i++) {
        struct message *m = in_slot[i];

        if (m && m->taken <= taken_before) {
            if (qdir_move("incoming", "incoming", m->item->id, false) == TEMP)
                log_warn("%s: move to \"incoming\": %s", m->item->id, strerror(errno));
            left_slot(m);
        }
    }
}

/* --- steps after a page --- */

static void free_rcpts(struct rcpts *l)
{
    while (l->n)
        rcpt_free(rcpts_take(l));
}

static void move_rcpts(struct rcpts *to, struct rcpts *from)
{
    while (from->n)
        rcpts_add(to, rcpts_take(from));
}

static void log_expired(const struct message *m, bool forced)
{
    struct buf sender;

    buf_init(&sender, 3 * ADDR_MAX);
    addr_quote(&sender, str_of(qfile_env(m->q)->sender));
    log_info("%s: from=<%s>, status=%s, returned to sender", m->item->id, sender.p,
             forced ? "force-expired" : "expired");
    buf_done(&sender);
}

static bool step_expire(struct message *m)
{
    bool forced = qfile_marks(m->q) & QMARK_EXPIRE_NOW;

    if (!m->deferred.n || (!forced && qfile_age(qfile_env(m->q)) < lifetime(m)))
        return false;
    if (!m->expired)
        log_expired(m, forced);
    m->expired = true;
    move_rcpts(&m->failed, &m->deferred);
    return false;
}

/* After a failure notice a recipient is done with, when this is its last part. */
static size_t put_notice(struct notice *n, const struct rcpt *r)
{
    bool last = n->kind == NOTICE_FAILURE && !(r->next && r->next->offset == r->offset);
    struct delivery_rcpt *d;

    if (n->n == n->cap) {
        n->cap = n->cap ? n->cap * 2 : 4;
        n->rcpts = mem_resize(n->rcpts, n->cap * sizeof *n->rcpts);
    }
    d = &n->rcpts[n->n++];
    *d = (struct delivery_rcpt){ .outcome = r->outcome->what, .relayed = r->outcome->relayed,
                                 .diag_type = r->outcome->diag_type, .remote_mta = r->outcome->remote_mta,
                                 .relay = r->outcome->relay };
    rcpt_fill(r, &d->r);
    d->r.offset = last ? r->offset : 0;
    snprintf(d->why.dsn, sizeof d->why.dsn, "%s", r->outcome->dsn);
    snprintf(d->why.text, sizeof d->why.text, "%s", r->outcome->text);
    return strlen(d->r.addr) + strlen(d->r.orig) + strlen(d->r.orcpt) + strlen(d->why.text) + 128;
}

/* As many recipients as one notice can carry; the rest follows in another. */
static bool ask(struct message *m, enum notice_kind kind, const struct rcpts *l)
{
    size_t bytes = 0;

    m->notice.kind = kind;
    m->notice.queue_id = m->item->id;
    m->notice.n = 0;
    for (const struct rcpt *r = l->first; r && bytes < NOTICE_BYTES && m->notice.n < NOTICE_MAX_RCPTS; r = r->next)
        bytes += put_notice(&m->notice, r);
    notice_ask(m);
    return true;
}

static bool step_failure(struct message *m)
{
    return m->failed.n && ask(m, NOTICE_FAILURE, &m->failed);
}

static bool step_success(struct message *m)
{
    if (!m->told.n)
        return false;
    if (!qfile_env(m->q)->sender[0]) {
        free_rcpts(&m->told);
        return false;
    }
    return ask(m, verify_only(m) ? NOTICE_VERIFY : NOTICE_SUCCESS, &m->told);
}

static bool step_delay(struct message *m)
{
    int64_t after = par_delay_warning_time();

    if (!after || !m->deferred.n || m->delay_told || !qfile_env(m->q)->sender[0] ||
        (qfile_marks(m->q) & QMARK_DELAY_WARNED) || qfile_age(qfile_env(m->q)) < after)
        return false;
    return ask(m, NOTICE_DELAY, &m->deferred);
}

/* Once, when the file is about to leave incoming: the listing shows the first reason. */
static void note_reasons(struct message *m)
{
    struct qfile_status *list = mem_new_array(m->deferred.n, sizeof *list);
    size_t n = 0;

    for (const struct rcpt *r = m->deferred.first; r; r = r->next, n++) {
        struct str text = str_trim(str_of(r->outcome->text)); /* a command's output ends with a blank */

        list[n].rcpt = r->index;
        list[n].when = (int64_t)clock_wall().tv_sec;
        snprintf(list[n].why.dsn, sizeof list[n].why.dsn, "%s", r->outcome->dsn);
        snprintf(list[n].why.text, sizeof list[n].why.text, "%.*s", (int)text.n, text.p);
    }
    if (qfile_add_status(m->q, list, n) != OK)
        log_warn("%s: note reasons of deferral: %s", m->item->id, strerror(errno));
    free(list);
}

static bool step_status(struct message *m)
{
    if (m->deferred.n) {
        m->stay = true;
        if (m->first)
            note_reasons(m);
        free_rcpts(&m->deferred);
    }
    return false;
}

static void free_peers(struct message *m)
{
    while (m->peers) {
        struct peer *p = m->peers;

        m->peers = p->of_msg;
        peer_release(p);
    }
}

static bool step_next_page(struct message *m)
{
    free_peers(m);
    if (m->next_rcpt >= m->total)
        return false;
    m->step = STEP_EXPIRE;
    load(m, page_size());
    return m->open > 0;
}

/* --- the end --- */

static void defer(struct message *m, struct item *it)
{
    int64_t age = qfile_age(qfile_env(m->q));
    enum result r = OK;

    if (it->place == IN_INCOMING) {
        r = qdir_move("incoming", "deferred", it->id, false);
        if (r == TEMP)
            log_warn("%s: move from \"incoming\" to \"deferred\": %s", it->id, strerror(errno));
    }
    if (r == NONE) {
        item_free(it);
        return;
    }
    if (r == OK)
        it->place = IN_DEFERRED;
    item_set_due(it, it->flush ? qfile_uptime() : retry_after_attempt(age, qfile_uptime()));
}

static void finish(struct message *m, struct item *it)
{
    const char *dir = place_dir((enum item_place)it->place);
    enum result r;

    if (par_dont_remove())
        r = qdir_move(dir, "saved", it->id, false);
    else if (m->slot >= 0)
        r = qslot_spend(qfile_fd(m->q), m->slot);
    else
        r = qdir_remove(dir, it->id);
    if (r == TEMP)
        log_warn("%s: remove queue file from \"%s\": %s", it->id, dir, strerror(errno));
    log_info("%s: removed", it->id);
    item_free(it);
}

static void end(struct message *m)
{
    struct item *it = m->item;

    it->msg = NULL;
    active_messages--;
    active_probes -= is_probe(m);
    active_deferred -= !m->first;
    if (m->stay)
        defer(m, it);
    else
        finish(m, it);
    if (m->slot >= 0)
        left_slot(m);
    notice_done(&m->notice);
    qfile_close(m->q);
    free(m);
}

/* Runs steps until one has to wait. */
static void advance(struct message *m)
{
    static bool (*const steps[])(struct message *m) = {
        [STEP_EXPIRE] = step_expire, [STEP_FAILURE] = step_failure, [STEP_SUCCESS] = step_success,
        [STEP_DELAY] = step_delay,   [STEP_STATUS] = step_status,   [STEP_NEXT_PAGE] = step_next_page,
    };

    while (m->step != STEP_END) {
        enum step now = m->step;

        if (steps[now](m))
            return;
        if (m->step == now)
            m->step = (enum step)(now + 1);
    }
    end(m);
}

void message_check(struct message *m)
{
    if (!m->open && !m->notice.n)
        advance(m);
}

/* The first n recipients of the list have been reported, and marked where they had to be. */
static void reported(struct rcpts *l, size_t n)
{
    while (n-- && l->n)
        rcpt_free(rcpts_take(l));
}

void message_notice_done(struct message *m, enum result r)
{
    size_t n = m->notice.n;

    m->notice.n = 0;
    switch (m->notice.kind) {
    case NOTICE_FAILURE:
        if (r == OK)
            reported(&m->failed, n);
        else
            move_rcpts(&m->deferred, &m->failed); /* the notice will be tried again with the next attempt */
        break;
    case NOTICE_SUCCESS:
    case NOTICE_VERIFY:
        reported(&m->told, n);
        if (r != OK && m->notice.kind == NOTICE_VERIFY)
            m->stay = true; /* probe again later; a lost success report is not lost mail */
        break;
    default:
        m->delay_told = true;
        break;
    }
    message_check(m);
}
