/* deliver.c - what became of each recipient of a delivery
 *
 * Each outcome is marked in the queue file and logged, then collected for the
 * reply to the queue manager (deliver_wire.c). A recipient may have parts, each
 * with an outcome of its own.
 * Runs in: smtp, lmtp, local, virtual, pipe, qmgr.
 * Parameters: soft_bounce, *_delivery_status_filter, delay_logging_resolution_limit, info_log_address_format.
 * Tests: tests/unit/deliver_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/deliver.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "map/map.h"
#include "param/param.h"

enum { LOG_ADDR = 3 * ADDR_MAX };

struct deliver_text {
    struct deliver_text *next;
    char text[];
};

static struct maps *status_filter;
static char status_filter_name[64];

/* --- numbers and lines of the log --- */

void deliver_format_delay(char out[32], int64_t ms)
{
    static const int64_t power[] = { 1000, 100, 10, 1 };
    int limit = (int)par_delay_logging_resolution_limit();
    int digits = ms >= 10000 ? 0 : ms >= 1000 ? 1 : ms >= 100 ? 2 : 3;
    int64_t unit;
    int n;

    if (digits > limit)
        digits = limit;
    unit = power[digits];
    ms = ms > 0 ? (ms + unit / 2) / unit * unit : 0;
    n = snprintf(out, 32, "%lld.%03u", (long long)(ms / 1000), (unsigned)(ms % 1000));
    while (n > 1 && out[n - 1] == '0')
        out[--n] = 0;
    if (out[n - 1] == '.')
        out[n - 1] = 0;
}

/* An address as info_log_address_format wants it. */
static void log_addr(struct buf *out, const char *addr)
{
    if (!strcmp(par_info_log_address_format(), "internal"))
        (void)buf_puts(out, addr);
    else
        (void)addr_quote(out, str_of(addr));
}

/* ", delay=1.4, delays=0.2/0.01/0.6/0.59"; an agent without connection set-up has 0 in the third place. */
static void delays(char *out, size_t size, const struct delivery *d)
{
    int64_t now = clock_ms(), began = d->began ? d->began : now, connected = d->connected ? d->connected : began;
    int64_t part[4] = { d->queued_ms, d->picked_ms, connected - began, now - connected };
    char text[5][32];

    deliver_format_delay(text[4], part[0] + part[1] + part[2] + part[3]);
    for (int i = 0; i < 4; i++)
        deliver_format_delay(text[i], part[i]);
    snprintf(out, size, ", delay=%s, delays=%s/%s/%s/%s", text[4], text[0], text[1], text[2], text[3]);
}

static void log_outcome(const struct delivery *d, const struct delivery_rcpt *r, const char *relay, const char *dsn,
                        const char *word)
{
    bool renamed = r->r.orig && r->r.orig[0] && str_cmp_case(r->r.orig, r->r.addr);
    char use[32] = "", times[192];
    struct buf to, orig;

    buf_init(&to, LOG_ADDR);
    buf_init(&orig, LOG_ADDR);
    log_addr(&to, r->r.addr);
    if (renamed)
        log_addr(&orig, r->r.orig);
    if (d->conn_use > 1)
        snprintf(use, sizeof use, ", conn_use=%d", d->conn_use);
    delays(times, sizeof times, d);
    log_info("%s: to=<%s>%s%s%s, relay=%s%s%s%s%s, dsn=%s, status=%s (%s)", d->queue_id, to.p,
             renamed ? ", orig_to=<" : "", orig.p, renamed ? ">" : "", relay, use, times, d->tls ? ", tls=" : "",
             d->tls ? d->tls : "", dsn, word, r->why.text);
    buf_done(&to);
    buf_done(&orig);
}

/* --- outcomes --- */

void deliver_init(const char *program)
{
    static const struct { const char *program; enum par_id id; } filters[] = {
        { "smtp", P_smtp_delivery_status_filter },   { "lmtp", P_lmtp_delivery_status_filter },
        { "local", P_local_delivery_status_filter }, { "virtual", P_virtual_delivery_status_filter },
        { "pipe", P_pipe_delivery_status_filter },
    };
    enum par_id id = P_default_delivery_status_filter;
    struct param_row row;

    for (size_t i = 0; i < ARRAY_LEN(filters); i++)
        if (!strcmp(program, filters[i].program))
            id = filters[i].id;
    if (!*param_str(id))
        return;
    param_row(id, &row);
    snprintf(status_filter_name, sizeof status_filter_name, "%s", row.name);
    status_filter = maps_open(row.name, param_str(id), MAP_BYTES);
}

/* "x.y.z text" looked up as a whole; the answer takes its place. Success stays success, failure stays failure. */
static void filter_status(struct why *why)
{
    char key[WHY_TEXT + 16];
    struct buf out;
    size_t n;

    if (!status_filter)
        return;
    snprintf(key, sizeof key, "%s %s", why->dsn, why->text);
    buf_init(&out, WHY_TEXT);
    if (maps_get(status_filter, str_of(key), &out, NULL) == OK) {
        n = why_dsn_length(out.p);
        if (!n || n >= sizeof why->dsn || !out.p[n] || (out.p[0] == '2') != (why->dsn[0] == '2')) {
            log_warn("%s: bad status code: %s", status_filter_name, out.p);
        } else {
            snprintf(why->dsn, sizeof why->dsn, "%.*s", (int)n, out.p);
            snprintf(why->text, sizeof why->text, "%s", out.p + n + 1);
        }
    }
    buf_done(&out);
}

/* A part, and what another agent passed on to us, has no place of its own in the file. */
void deliver_mark(const struct delivery *d, const struct delivery_rcpt *r)
{
    if (d->fd >= 0 && r->r.offset && !(d->flags & DELIVER_PROBE) && qfile_mark_done(d->fd, r->r.offset) != OK)
        log_warn("%s: cannot mark %s as delivered: %s", d->queue_id, r->r.addr, strerror(errno));
}

void deliver_mark_now(const struct delivery *d, struct delivery_rcpt *r)
{
    deliver_mark(d, r);
    r->r.offset = 0;
}

static void note_relay(struct delivery *d, struct delivery_rcpt *r, const char *relay)
{
    r->relay = strcmp(relay, "none") && deliver_reports(d, r) ? deliver_keep(d, relay) : NULL;
}

void deliver_sent(struct delivery *d, struct delivery_rcpt *r, const char *relay, const char *dsn, const char *fmt, ...)
{
    char text[WHY_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)why_set(&r->why, dsn, "%s", text);
    filter_status(&r->why);
    note_relay(d, r, relay);
    r->outcome = DELIVER_SENT;
    if (!r->relayed)
        r->relayed = 'd';
    if (d->flags & DELIVER_PROBE) {
        log_outcome(d, r, relay, r->why.dsn, "deliverable");
        return;
    }
    deliver_mark(d, r);
    log_outcome(d, r, relay, r->why.dsn, r->relayed == 'e' ? "expanded" : "sent");
}

void deliver_failed(struct delivery *d, struct delivery_rcpt *r, const char *relay, enum result result,
                    const struct why *why)
{
    const char *word;

    if (&r->why != why)
        r->why = *why;
    if (!r->why.dsn[0])
        snprintf(r->why.dsn, sizeof r->why.dsn, "%s", result == PERM ? "5.0.0" : "4.0.0");
    why_class(&r->why, result == PERM ? '5' : '4');
    filter_status(&r->why);
    note_relay(d, r, relay);
    r->outcome = r->why.dsn[0] == '5' ? DELIVER_BOUNCED : DELIVER_DEFERRED;
    word = r->outcome == DELIVER_BOUNCED ? "bounced" : "deferred";
    if (d->flags & DELIVER_PROBE) {
        word = (d->env->flags & QF_PROBE) && !par_address_verify_negative_cache() ? "undeliverable-but-not-cached"
                                                                                 : "undeliverable";
    } else if (r->outcome == DELIVER_BOUNCED && par_soft_bounce()) {
        word = "SOFTBOUNCE";
        r->outcome = DELIVER_DEFERRED;
        why_class(&r->why, '4');
    }
    log_outcome(d, r, relay, r->why.dsn, word);
}

void deliver_failed_all(struct delivery *d, const char *relay, enum result result, const struct why *why)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->rcpts[i].outcome == DELIVER_PENDING)
            deliver_failed(d, &d->rcpts[i], relay, result, why);
}

bool deliver_reports(const struct delivery *d, const struct delivery_rcpt *r)
{
    return (d->flags & (DELIVER_TRACE | DELIVER_PROBE)) || (r->r.notify & DSN_NOTIFY_SUCCESS);
}

const char *deliver_keep(struct delivery *d, const char *text)
{
    size_t n = strlen(text) + 1;
    struct deliver_text *t;

    for (t = d->kept; t; t = t->next)
        if (!strcmp(t->text, text))
            return t->text;
    t = mem_new(sizeof *t + n);
    memcpy(t->text, text, n);
    t->next = d->kept;
    d->kept = t;
    return t->text;
}

void deliver_free_rcpts(struct delivery_rcpt *rcpts, size_t n)
{
    for (size_t i = 0; i < n && rcpts; i++)
        while (rcpts[i].parts) {
            struct deliver_part *next = rcpts[i].parts->next;

            free(rcpts[i].parts);
            rcpts[i].parts = next;
        }
    free(rcpts);
}

void deliver_done(struct delivery *d)
{
    while (d->kept) {
        struct deliver_text *next = d->kept->next;

        free(d->kept);
        d->kept = next;
    }
}

/* --- parts --- */

struct delivery_rcpt *deliver_part(struct delivery_rcpt *r, const char *addr, unsigned notify)
{
    size_t n = strlen(addr) + 1;
    struct deliver_part *part = mem_new(sizeof *part + n);

    memcpy(part->text, addr, n);
    part->how.r = r->r;
    part->how.r.addr = part->text;
    part->how.r.notify = notify;
    part->how.r.offset = 0;
    part->how.diag_type = 'P';
    if (r->last_part)
        r->last_part->next = part;
    else
        r->parts = part;
    r->last_part = part;
    return &part->how;
}

void deliver_parts_done(struct delivery *d, struct delivery_rcpt *r)
{
    const struct delivery_rcpt *worst = NULL;

    for (const struct deliver_part *part = r->parts; part; part = part->next)
        if (!worst || part->how.outcome == DELIVER_PENDING ||
            (part->how.outcome != DELIVER_SENT && worst->outcome == DELIVER_SENT) ||
            (part->how.outcome == DELIVER_DEFERRED && worst->outcome == DELIVER_BOUNCED))
            worst = &part->how;
    if (!worst || worst->outcome == DELIVER_PENDING)
        return;
    r->outcome = worst->outcome;
    r->why = worst->why;
    r->relayed = worst->relayed;
    r->diag_type = worst->diag_type;
    if (worst->outcome == DELIVER_SENT)
        deliver_mark(d, r);
}
