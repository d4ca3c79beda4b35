/* deliver_wire.c - the records between the queue manager and a delivery agent
 *
 * Records (net/frame.h), all fields in this order:
 *   DELIVER_REQUEST  delivery, envelope, recipients; with the queue file's descriptor
 *   DELIVER_REPLY    outcomes of some recipients; DELIVER_REPLY_LAST: the rest, and the destination's health
 * The peer is one of our own processes, but either may be under a stranger's control: every number is checked.
 * Runs in: smtp, lmtp, local, virtual, pipe, qmgr.
 * Tests: tests/unit/deliver_test.c, tests/fuzz/fuzz_deliver.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "deliver/deliver.h"
#include "mail/addr.h"
#include "net/frame.h"

enum {
    DELIVER_REQUEST = 0x4401,
    DELIVER_REPLY,
    DELIVER_REPLY_LAST,
};

enum {
    REPLY_CHUNK = 64 * 1024, /* bytes after which a reply frame is sent */
    REPLY_MS = 60000,        /* for the queue manager to take one */
    PARTS_MAX = 20000,       /* of all recipients of a reply */
    PART_ADDR = 3 * ADDR_MAX,
};

enum { NO_MORE = 0xffffffff, PART = 0x80000000 }; /* instead of, and with, a recipient's number */

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
    if (e->flags & QF_LOCAL_ORIGIN)
        e->client_name = e->client_addr = ""; /* that is for filters; there was no client */
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
    if (strlen(addr) > PART_ADDR) {
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

enum result deliver_send_reply(int fd, struct frame *f, const struct delivery *d)
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
