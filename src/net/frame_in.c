/* frame_in.c - records out of a buffer that one system call fills
 *
 * The peer may be another user's program: a record longer than its reader
 * allows ends the conversation, and descriptors that come along are closed by
 * the kernel, because nobody asks for them.
 * Runs in: sendmail, pickup.  Parameters: none.  Tests: tests/unit/frame_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/frame_in.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

enum { AT_ONCE = 8 * 1024 };

void frame_in_init(struct frame_in *in, int fd)
{
    *in = (struct frame_in){ .fd = fd };
    buf_init(&in->bytes, AT_ONCE);
}

void frame_in_done(struct frame_in *in)
{
    buf_done(&in->bytes);
}

static ssize_t receive(const struct frame_in *in)
{
    ssize_t n = recv(in->fd, in->bytes.p, AT_ONCE, MSG_DONTWAIT);

    return n < 0 && errno == ENOTSOCK ? read(in->fd, in->bytes.p, AT_ONCE) : n;
}

/* OK: there is more; NONE at the end; TEMP. */
static enum result fill(struct frame_in *in, int64_t deadline)
{
    buf_reset(&in->bytes);
    in->used = 0;
    if (!buf_reserve(&in->bytes, AT_ONCE))
        return TEMP;
    for (;;) {
        ssize_t n = receive(in);

        if (n > 0) {
            in->bytes.n = (size_t)n;
            return OK;
        }
        if (n == 0 || errno == ECONNRESET)
            return NONE;
        if (errno == EAGAIN ? io_wait(in->fd, false, deadline) != OK : errno != EINTR)
            return TEMP;
    }
}

enum result frame_in_next(struct frame_in *in, struct frame *f, int timeout_ms)
{
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    enum result r;

    frame_begin(f, 0);
    in->at = (struct frame_part){ .done = 0 };
    for (;;) {
        size_t used;

        r = frame_feed(f, &in->at, in->bytes.p + in->used, in->bytes.n - in->used, &used);
        in->used += used;
        if (r == OK)
            return OK;
        if (r == AGAIN)
            r = fill(in, deadline);
        if (r != OK)
            return r == NONE && in->at.done ? PERM : r;
    }
}
