/* qlist_wire.c - the listing of the queue between showq and postqueue
 *
 * Runs in: showq, postqueue.  Parameters: none.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/frame.h"
#include "service/qlist.h"

enum { LIST_PART = 0x5101, LIST_END, LIST_DENIED };
enum { REC_MESSAGE = 1, REC_RECIPIENT, REC_END };
enum { PART_BYTES = 60000, WIRE_MS = 60000 };

struct sender {
    int fd;
    struct frame f;
    bool failed;
};

static void flush_part(struct sender *s)
{
    if (!s->failed && frame_send(s->fd, &s->f, WIRE_MS) != OK)
        s->failed = true;
    frame_begin(&s->f, LIST_PART);
}

static void put_message(void *arg, const struct qlist_message *m)
{
    struct sender *s = arg;

    frame_put_u32(&s->f, REC_MESSAGE);
    frame_put_text(&s->f, m->queue);
    frame_put_text(&s->f, m->id);
    frame_put_u64(&s->f, (uint64_t)m->arrival);
    frame_put_u64(&s->f, (uint64_t)m->size);
    frame_put_u32(&s->f, m->forced);
    frame_put_text(&s->f, m->sender);
}

static void put_recipient(void *arg, const char *addr, const char *orig, const char *reason)
{
    struct sender *s = arg;

    frame_put_u32(&s->f, REC_RECIPIENT);
    frame_put_text(&s->f, addr);
    frame_put_text(&s->f, orig);
    frame_put_text(&s->f, reason);
    if (s->f.buf.n > PART_BYTES)
        flush_part(s);
}

static void put_end(void *arg)
{
    struct sender *s = arg;

    frame_put_u32(&s->f, REC_END);
    if (s->f.buf.n > PART_BYTES)
        flush_part(s);
}

enum result qlist_send(int fd)
{
    struct sender s = { .fd = fd };
    struct qlist_sink to = { put_message, put_recipient, put_end, &s };
    enum result r;

    frame_init(&s.f, FRAME_MAX);
    frame_begin(&s.f, LIST_PART);
    r = qlist_scan(&to);
    if (s.f.buf.n)
        flush_part(&s);
    frame_begin(&s.f, LIST_END);
    if (r == OK && !s.failed)
        flush_part(&s);
    frame_done(&s.f);
    return s.failed ? TEMP : r;
}

void qlist_send_denied(int fd)
{
    struct frame f;

    frame_init(&f, 64);
    frame_begin(&f, LIST_DENIED);
    (void)(frame_send(fd, &f, WIRE_MS) == OK);
    frame_done(&f);
}

static void take_message(struct frame *f, const struct qlist_sink *to)
{
    struct qlist_message m;

    m.queue = frame_get_text(f);
    m.id = frame_get_text(f);
    m.arrival = (int64_t)frame_get_u64(f);
    m.size = (int64_t)frame_get_u64(f);
    m.forced = frame_get_u32(f) != 0;
    m.sender = frame_get_text(f);
    if (!f->bad)
        to->message(to->arg, &m);
}

static void take_recipient(struct frame *f, const struct qlist_sink *to)
{
    const char *addr = frame_get_text(f), *orig = frame_get_text(f), *reason = frame_get_text(f);

    if (!f->bad)
        to->recipient(to->arg, addr, orig, reason);
}

static enum result take_part(struct frame *f, const struct qlist_sink *to)
{
    while (!f->bad && f->at < f->buf.n) {
        switch (frame_get_u32(f)) {
        case REC_MESSAGE: take_message(f, to); break;
        case REC_RECIPIENT: take_recipient(f, to); break;
        case REC_END: to->end_message(to->arg); break;
        default: return TEMP;
        }
    }
    return frame_end(f) ? OK : TEMP;
}

enum result qlist_receive(int fd, const struct qlist_sink *to)
{
    enum result r = OK;
    struct frame f;

    frame_init(&f, FRAME_MAX);
    while (r == OK) {
        r = frame_recv(fd, &f, WIRE_MS);
        if (r != OK || f.type == LIST_END || f.type == LIST_DENIED)
            break;
        r = f.type == LIST_PART ? take_part(&f, to) : TEMP;
    }
    r = r != OK ? TEMP : f.type == LIST_DENIED ? NONE : OK;
    frame_done(&f);
    return r;
}
