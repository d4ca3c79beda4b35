/* notice.c - between the queue manager and the bounce service
 *
 * Records (net/frame.h):
 *   NOTICE_ASK    kind, queue id, recipients; with the queue file's descriptor
 *   NOTICE_REPLY  result, reason
 * Runs in: qmgr, bounce.  Parameters: none.  Tests: tests/unit/notice_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { NOTICE_ASK = 0x4e01, NOTICE_REPLY };

static void put_why(struct frame *f, const struct why *why)
{
    frame_put_text(f, why->dsn);
    frame_put_text(f, why->text);
}

static void get_why(struct frame *f, struct why *why)
{
    const char *dsn = frame_get_text(f), *text = frame_get_text(f);

    if (dsn[0] && why_dsn_length(dsn) != strlen(dsn))
        f->bad = true;
    snprintf(why->dsn, sizeof why->dsn, "%s", dsn);
    snprintf(why->text, sizeof why->text, "%s", text);
    str_printable(why->text, true);
}

void notice_put(struct frame *f, const struct notice *n)
{
    frame_begin(f, NOTICE_ASK);
    frame_put_u32(f, n->kind);
    frame_put_text(f, n->queue_id);
    frame_put_u32(f, (uint32_t)n->n);
    for (size_t i = 0; i < n->n; i++) {
        const struct delivery_rcpt *r = &n->rcpts[i];

        frame_put_text(f, r->r.addr);
        frame_put_text(f, r->r.orig);
        frame_put_text(f, r->r.orcpt);
        frame_put_u32(f, r->r.notify);
        frame_put_u32(f, r->r.offset);
        frame_put_u32(f, r->outcome);
        frame_put_u32(f, (uint32_t)(unsigned char)r->relayed << 8 | (unsigned char)r->diag_type);
        put_why(f, &r->why);
        frame_put_text(f, r->remote_mta);
        frame_put_text(f, r->relay);
    }
}

static void get_rcpt(struct frame *f, struct delivery_rcpt *r)
{
    uint32_t kind, outcome;

    r->r.addr = frame_get_text(f);
    r->r.orig = frame_get_text(f);
    r->r.orcpt = frame_get_text(f);
    r->r.notify = frame_get_u32(f);
    r->r.offset = frame_get_u32(f);
    outcome = frame_get_u32(f);
    r->outcome = outcome > DELIVER_BOUNCED ? DELIVER_PENDING : (enum deliver_outcome)outcome;
    kind = frame_get_u32(f);
    r->relayed = (char)(kind >> 8 & 0xff);
    r->diag_type = (char)(kind & 0xff);
    get_why(f, &r->why);
    r->remote_mta = deliver_or_null(frame_get_text(f));
    r->relay = deliver_or_null(frame_get_text(f));
    if (outcome > DELIVER_BOUNCED)
        f->bad = true;
}

enum result notice_get(struct frame *f, struct notice *n)
{
    uint32_t kind, count;

    *n = (struct notice){ .queue_id = "" };
    if (f->type != NOTICE_ASK)
        return TEMP;
    kind = frame_get_u32(f);
    n->queue_id = frame_get_text(f);
    count = frame_get_u32(f);
    if (f->bad || kind >= NOTICE_KINDS || count < 1 || count > NOTICE_MAX_RCPTS)
        return TEMP;
    n->kind = (enum notice_kind)kind;
    n->rcpts = mem_new_array(count, sizeof *n->rcpts);
    n->n = count;
    for (size_t i = 0; i < count && !f->bad; i++)
        get_rcpt(f, &n->rcpts[i]);
    if (frame_end(f) && n->queue_id[0] && f->fd >= 0)
        return OK;
    notice_done(n);
    return TEMP;
}

void notice_done(struct notice *n)
{
    free(n->rcpts);
    n->rcpts = NULL;
    n->n = n->cap = 0;
}

void notice_put_reply(struct frame *f, enum result r, const struct why *why)
{
    frame_begin(f, NOTICE_REPLY);
    frame_put_u32(f, r == OK ? 0 : 1);
    put_why(f, why);
}

enum result notice_get_reply(struct frame *f, struct why *why)
{
    uint32_t status;

    if (f->type != NOTICE_REPLY)
        return TEMP;
    status = frame_get_u32(f);
    get_why(f, why);
    return frame_end(f) && status == 0 ? OK : TEMP;
}
