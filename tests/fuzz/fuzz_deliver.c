/* fuzz_deliver.c - delivery requests and replies as a hostile process may send them; the first byte chooses which */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "deliver/deliver.h"
#include "net/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static void request(struct frame *f)
{
    struct delivery d;
    struct qfile_env env;

    f->fd = 0;
    if (deliver_get_request(f, &d, &env) == OK) {
        MUST_HOLD(d.n > 0 && d.n <= DELIVER_MAX_RCPTS && strlen(d.queue_id) > 0 && env.content_len >= 0);
        for (size_t i = 0; i < d.n; i++)
            MUST_HOLD(strlen(d.rcpts[i].r.addr) < FRAME_MAX);
        free(d.rcpts);
    }
    f->fd = -1;
}

static void reply(struct frame *f)
{
    struct delivery_rcpt *rcpts = calloc(3, sizeof *rcpts);
    struct delivery d = { .fd = -1, .rcpts = rcpts, .n = 3 };

    if (!rcpts)
        return;
    (void)!deliver_get_reply(f, &d);
    for (size_t i = 0; i < d.n; i++) {
        MUST_HOLD(rcpts[i].outcome <= DELIVER_BOUNCED);
        MUST_HOLD(!rcpts[i].why.dsn[0] || why_dsn_length(rcpts[i].why.dsn) == strlen(rcpts[i].why.dsn));
        for (const struct deliver_part *p = rcpts[i].parts; p; p = p->next)
            MUST_HOLD(p->how.outcome <= DELIVER_BOUNCED && strlen(p->how.r.addr) < FRAME_MAX);
    }
    deliver_free_rcpts(rcpts, 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame f;

    if (size < 1)
        return 0;
    frame_init(&f, FRAME_MAX);
    frame_begin(&f, 0x4401u + data[0] % 3);
    buf_add(&f.buf, data + 1, size - 1);
    if (data[0] % 3 == 0)
        request(&f);
    else
        reply(&f);
    frame_done(&f);
    return 0;
}
