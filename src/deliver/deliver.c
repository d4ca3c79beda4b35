/* deliver.c - between the queue manager and a delivery agent
 *
 * Agent side: one request at a time on a connection from the queue manager;
 * each outcome is marked in the queue file, logged and collected for the reply.
 * A delivery of one recipient costs five system calls here: wait, receive,
 * mark, log, reply.
 * Records (net/frame.h), all fields in this order:
 *   DELIVER_REQUEST  delivery, envelope, recipients; with the queue file's descriptor
 *   DELIVER_REPLY    outcomes of some recipients; DELIVER_REPLY_LAST: the rest, and the destination's health
 * The peer is one of our own processes, but either may be under a stranger's control: every number is checked.
 * Runs in: smtp, lmtp, local, virtual, pipe, qmgr.
 * Parameters: soft_bounce, *_delivery_status_filter, delay_logging_resolution_limit, info_log_address_format.
 * Tests: tests/unit/deliver_test.c, tests/fuzz/fuzz_deliver.c
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/deliver.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "map/map.h"
#include "net/frame.h"
#include "param/param.h"
#include "service/service.h"

enum {
    DELIVER_REQUEST = 0x4401,
    DELIVER_REPLY,
    DELIVER_REPLY_LAST,
};

enum {
    REPLY_CHUNK = 64 * 1024, /* bytes after which a reply frame is sent */
    REPLY_MS = 60000,        /* for the queue manager to take or send a record it has begun */
    CHANGE_CHECK_MS = 1000,  /* how often replaced tables are looked for */
    LOG_ADDR = 3 * ADDR_MAX,
};

struct deliver_text {
    struct deliver_text *next;
    char text[];
};

static struct {
    struct maps *filter;
    void (*idle)(struct service *s);
    int idle_ms;
    int64_t checked;
} dl;

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
    dl.filter = maps_open(row.name, param_str(id), 0);
}

/* "x.y.z text" looked up as a whole; the answer takes its place. Success stays success, failure stays failure. */
static void filter_status(struct why *why)
{
    char key[WHY_TEXT + 16];
    struct buf out;
    const char *from = NULL;
    size_t n;

    if (!dl.filter)
        return;
    snprintf(key, sizeof key, "%s %s", why->dsn, why->text);
    buf_init(&out, WHY_TEXT);
    if (maps_get(dl.filter, str_of(key), &out, &from) == OK) {
        n = why_dsn_length(out.p);
        if (!n || n >= sizeof why->dsn || !out.p[n])
            log_warn("%s: malformed delivery status \"%s\" for \"%s\"", from ? from : "delivery status filter", out.p,
                     key);
        else if ((out.p[0] == '2') != (why->dsn[0] == '2'))
            log_warn("%s: bad class change \"%s\" for \"%s\": success and failure are not exchanged",
                     from ? from : "delivery status filter", out.p, key);
        else {
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

/* --- records --- */

static void put_env(struct frame *f, const struct qfile_env *e)
{
    const char *const text[] = { e->sender, e->envid, e->verp, e->message_id, e->client_name, e->client_addr,
                                 e->client_port, e->client_helo, e->client_proto, e->sasl_method, e->sasl_user,
                                 e->sasl_sender, e->ident,
                                 e->rewrite_context };

    frame_put_u64(f, (uint64_t)e->arrival.tv_sec);
    frame_put_u32(f, (uint32_t)e->arrival.tv_usec);
    frame_put_u64(f, (uint64_t)e->size);
    frame_put_u32(f, e->flags);
    frame_put_u32(f, e->ret);
    frame_put_u64(f, (uint64_t)e->content_offset);
    frame_put_u64(f, (uint64_t)e->content_len);
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        frame_put_text(f, text[i]);
}

static void get_env(struct frame *f, struct qfile_env *e)
{
    const char **const text[] = { &e->sender, &e->envid, &e->verp, &e->message_id, &e->client_name, &e->client_addr,
                                  &e->client_port, &e->client_helo, &e->client_proto, &e->sasl_method, &e->sasl_user,
                                  &e->sasl_sender, &e->ident, &e->rewrite_context };

    *e = (struct qfile_env){ .filter = "", .redirect = "" };
    e->arrival.tv_sec = (time_t)frame_get_u64(f);
    e->arrival.tv_usec = (suseconds_t)frame_get_u32(f);
    e->size = (int64_t)frame_get_u64(f);
    e->flags = frame_get_u32(f);
    e->ret = frame_get_u32(f);
    e->content_offset = (int64_t)frame_get_u64(f);
    e->content_len = (int64_t)frame_get_u64(f);
    for (size_t i = 0; i < ARRAY_LEN(text); i++)
        *text[i] = frame_get_text(f);
    if (e->content_offset < 0 || e->content_len < 0 || e->size < 0 || e->arrival.tv_usec >= 1000000)
        f->bad = true;
}

void deliver_put_request(struct frame *f, const struct delivery *d)
{
    frame_begin(f, DELIVER_REQUEST);
    f->fd = d->fd;
    frame_put_text(f, d->queue_id);
    frame_put_u32(f, d->flags);
    frame_put_text(f, d->transport);
    frame_put_text(f, d->nexthop);
    frame_put_u64(f, (uint64_t)d->queued_ms);
    frame_put_u64(f, (uint64_t)d->picked_ms);
    put_env(f, d->env);
    frame_put_u32(f, (uint32_t)d->n);
    for (size_t i = 0; i < d->n; i++) {
        const struct qfile_rcpt *r = &d->rcpts[i].r;

        frame_put_text(f, r->addr);
        frame_put_text(f, r->orig);
        frame_put_text(f, r->orcpt);
        frame_put_u32(f, r->notify);
        frame_put_u32(f, r->offset);
    }
}

static void get_rcpts(struct frame *f, struct delivery *d)
{
    uint32_t n = frame_get_u32(f);

    if (f->bad || n < 1 || n > DELIVER_MAX_RCPTS) {
        f->bad = true;
        return;
    }
    d->rcpts = mem_new_array(n, sizeof *d->rcpts);
    d->n = n;
    for (size_t i = 0; i < n; i++) {
        struct delivery_rcpt *r = &d->rcpts[i];

        r->r.addr = frame_get_text(f);
        r->r.orig = frame_get_text(f);
        r->r.orcpt = frame_get_text(f);
        r->r.notify = frame_get_u32(f);
        r->r.offset = frame_get_u32(f);
        r->diag_type = 'P';
    }
}

enum result deliver_get_request(struct frame *f, struct delivery *d, struct qfile_env *env)
{
    *d = (struct delivery){ .fd = -1, .env = env };
    if (f->type != DELIVER_REQUEST)
        return TEMP;
    d->queue_id = frame_get_text(f);
    d->flags = frame_get_u32(f);
    d->transport = frame_get_text(f);
    d->nexthop = frame_get_text(f);
    d->queued_ms = (int64_t)frame_get_u64(f);
    d->picked_ms = (int64_t)frame_get_u64(f);
    get_env(f, env);
    get_rcpts(f, d);
    if (d->queued_ms < 0 || d->picked_ms < 0)
        f->bad = true;
    if (frame_end(f) && !f->bad && d->queue_id[0] && f->fd >= 0) {
        d->fd = f->fd;
        return OK;
    }
    free(d->rcpts);
    *d = (struct delivery){ .fd = -1, .env = env };
    return TEMP;
}

static void put_why(struct frame *f, const struct why *why, bool text)
{
    frame_put_text(f, why->dsn);
    frame_put_text(f, text ? why->text : "");
}

static void get_why(struct frame *f, struct why *why)
{
    const char *dsn = frame_get_text(f), *text = frame_get_text(f);

    if (dsn[0] && (why_dsn_length(dsn) != strlen(dsn) || strlen(dsn) >= sizeof why->dsn)) {
        f->bad = true;
        dsn = "";
    }
    snprintf(why->dsn, sizeof why->dsn, "%s", dsn);
    snprintf(why->text, sizeof why->text, "%s", text);
    str_printable(why->text, true);
}

const char *deliver_or_null(const char *text)
{
    return *text ? text : NULL;
}

enum { NO_MORE = 0xffffffff, PART = 0x80000000, PARTS_MAX = 20000 };

static void put_outcome(struct frame *f, const struct delivery *d, size_t i, const struct delivery_rcpt *r)
{
    bool text = r->outcome != DELIVER_SENT || deliver_reports(d, r);

    frame_put_u32(f, (uint32_t)i);
    if (i & PART) {
        frame_put_text(f, r->r.addr);
        frame_put_u32(f, r->r.notify);
    }
    frame_put_u32(f, r->outcome);
    frame_put_u32(f, (uint32_t)(unsigned char)r->relayed << 8 | (unsigned char)r->diag_type);
    put_why(f, &r->why, text);
    frame_put_text(f, text ? r->remote_mta : NULL);
    frame_put_text(f, r->relay);
}

/* Only parts that somebody may have to be told of: failures, and successes where they are reported. */
static bool part_matters(const struct delivery *d, const struct delivery_rcpt *part)
{
    return part->outcome == DELIVER_SENT ? deliver_reports(d, part) : part->outcome != DELIVER_PENDING;
}

/* The recipient, or the new part, that the next outcome in f belongs to; NULL when there is none. */
static struct delivery_rcpt *outcome_of(struct frame *f, struct delivery *d)
{
    uint32_t i = frame_get_u32(f);
    const char *addr;

    if (f->bad || i == NO_MORE)
        return NULL;
    if ((i & ~PART) >= d->n || (!(i & PART) && d->rcpts[i].outcome != DELIVER_PENDING) ||
        ((i & PART) && d->parts++ >= PARTS_MAX)) {
        f->bad = true;
        return NULL;
    }
    if (!(i & PART))
        return &d->rcpts[i];
    addr = frame_get_text(f);
    if (strlen(addr) > LOG_ADDR) {
        f->bad = true;
        return NULL;
    }
    return deliver_part(&d->rcpts[i & ~PART], addr, frame_get_u32(f));
}

static bool get_outcome(struct frame *f, struct delivery *d)
{
    struct delivery_rcpt *r = outcome_of(f, d);
    uint32_t outcome, kind;

    if (!r)
        return false;
    outcome = frame_get_u32(f);
    kind = frame_get_u32(f);
    if (f->bad || outcome > DELIVER_BOUNCED) {
        f->bad = true;
        return false;
    }
    get_why(f, &r->why);
    r->remote_mta = deliver_or_null(frame_get_text(f));
    r->relay = deliver_or_null(frame_get_text(f));
    r->relayed = (char)(kind >> 8 & 0xff);
    r->diag_type = (char)(kind & 0xff);
    if (f->bad || !strchr("derp", r->relayed) || !r->diag_type || !strchr("suP", r->diag_type))
        f->bad = true;
    else
        r->outcome = (enum deliver_outcome)outcome;
    return !f->bad;
}

enum result deliver_get_reply(struct frame *f, struct delivery *d)
{
    if (f->type != DELIVER_REPLY && f->type != DELIVER_REPLY_LAST)
        return TEMP;
    while (get_outcome(f, d))
        ;
    if (f->type == DELIVER_REPLY_LAST) {
        d->dest_failed = frame_get_u32(f) != 0;
        get_why(f, &d->dest_why);
    }
    if (!frame_end(f) || f->bad)
        return TEMP;
    return f->type == DELIVER_REPLY ? AGAIN : OK;
}

static enum result put_in_chunks(int fd, struct frame *f, const struct delivery *d, size_t i,
                                 const struct delivery_rcpt *r)
{
    if (f->buf.n > REPLY_CHUNK) {
        frame_put_u32(f, NO_MORE);
        if (frame_send(fd, f, REPLY_MS) != OK)
            return TEMP;
        frame_begin(f, DELIVER_REPLY);
    }
    put_outcome(f, d, i, r);
    return OK;
}

static enum result send_reply(int fd, struct frame *f, const struct delivery *d)
{
    size_t parts = 0;

    frame_begin(f, DELIVER_REPLY);
    for (size_t i = 0; i < d->n; i++) {
        if (put_in_chunks(fd, f, d, i, &d->rcpts[i]) != OK)
            return TEMP;
        for (const struct deliver_part *p = d->rcpts[i].parts; p && parts < PARTS_MAX; p = p->next)
            if (part_matters(d, &p->how) && ++parts && put_in_chunks(fd, f, d, i | PART, &p->how) != OK)
                return TEMP;
    }
    f->type = DELIVER_REPLY_LAST;
    frame_put_u32(f, NO_MORE);
    frame_put_u32(f, d->dest_failed);
    put_why(f, &d->dest_why, true);
    return frame_send(fd, f, REPLY_MS);
}

/* --- the agent's loop --- */

void deliver_on_idle(int ms, void (*idle)(struct service *s))
{
    dl.idle_ms = ms;
    dl.idle = idle;
}

static bool should_end(struct service *s)
{
    int64_t now = clock_ms();
    const char *table;

    if (now - dl.checked < CHANGE_CHECK_MS)
        return false;
    dl.checked = now;
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
    if (dl.idle && dl.idle_ms < ms) {
        r = wait_request(s, fd, dl.idle_ms);
        ms -= dl.idle_ms;
        if (r == NONE)
            dl.idle(s);
    }
    if (r == NONE)
        r = wait_request(s, fd, ms);
    return r == OK ? frame_recv(fd, f, REPLY_MS) : r;
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
    ok = send_reply(fd, out, &d) == OK;
    if (!ok)
        log_warn("%s: cannot tell the queue manager the outcome: %s", d.queue_id, strerror(errno));
    deliver_done(&d);
    deliver_free_rcpts(d.rcpts, d.n);
    close(in->fd);
    in->fd = -1;
    buf_shrink(&in->buf, REPLY_CHUNK);
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
    if (dl.idle)
        dl.idle(s);
    frame_done(&in);
    frame_done(&out);
    close(fd);
}
