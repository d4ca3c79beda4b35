/* qmgr_message.c - a message while it is delivered
 *
 * Its recipients are loaded (qmgr_load.c), as many as there is room for. When
 * each of them has its outcome (qmgr_rcpt.c), steps follow in order: expire,
 * failure notice, success report, delay warning, reasons noted in the file, next
 * page, end. A step that needs the bounce service waits for it; nothing is
 * forgotten before the notice is durable.
 * A message that others (an agent of a former queue manager) still hold is
 * locked and put back for a while.
 * Runs in: qmgr.
 * Parameters: maximal_queue_lifetime, bounce_queue_lifetime, delay_warning_time,
 * dont_remove, info_log_address_format.
 * Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
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
#include "param/param.h"
#include "queue/handover.h"
#include "queue/qdir.h"
#include "queue/qslot.h"

enum {
    BUSY_WAIT = 10,        /* seconds until a message that somebody holds is looked at again */
    YOUNG = 60,            /* a file that makes no sense may still be growing */
    EMPTY_MAX = 86400,     /* an empty file of a writer that never came back */
    NOTICE_BYTES = 768 << 10,
};

size_t active_messages, active_deferred, active_probes;
static struct message *in_slot[QSLOT_MAX];

static int64_t lifetime(const struct message *m)
{
    int64_t any = par_maximal_queue_lifetime(), notice = par_bounce_queue_lifetime();

    return qfile_env(m->q)->sender[0] || notice > any ? any : notice;
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
    active_probes += message_is_probe(m);
    active_deferred += !m->first;
    m->trace = (qfile_env(q)->flags & (QF_VERBOSE | QF_VERIFY)) || message_delay_cleared(m);
    log_active(m);
    message_load(m);
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

/* Somebody who looks for a free slot may have the lock of one that has just been filled, for a moment. */
static bool lock(const struct qfile *q)
{
    enum { TRIES = 4, WAIT_MS = 1 };

    for (int i = 0; flock(qfile_fd(q), LOCK_EX | LOCK_NB) < 0; i++) {
        if (qfile_slot(q) < 0 || i == TRIES)
            return false;
        (void)poll(NULL, 0, WAIT_MS);
    }
    return true;
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
    } else if (!lock(q)) {
        /* At a flush, an agent that has just answered still has it. */
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
    rcpts_move(&m->failed, &m->deferred);
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
        rcpts_free(&m->told);
        return false;
    }
    return ask(m, message_verify_only(m) ? NOTICE_VERIFY : NOTICE_SUCCESS, &m->told);
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
        rcpts_free(&m->deferred);
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
    message_load(m);
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
    active_probes -= message_is_probe(m);
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
            rcpts_move(&m->deferred, &m->failed); /* the notice will be tried again with the next attempt */
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
