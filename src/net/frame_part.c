/* frame_part.c - records in pieces, for a process that must not wait for its peer
 *
 * The same bytes as frame.c sends and receives; descriptors are sent, never
 * received here.
 * Runs in: qmgr.  Parameters: none.  Tests: tests/unit/notice_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/frame_part.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static void put_head(uint8_t head[FRAME_HEAD], const struct frame *f)
{
    for (int i = 0; i < 4; i++)
        head[i] = (uint8_t)(f->buf.n >> 8 * (3 - i));
    head[4] = (uint8_t)(f->type >> 8);
    head[5] = (uint8_t)f->type;
}

static void attach(struct msghdr *m, void *control, size_t size, int pass)
{
    memset(control, 0, size);
    m->msg_control = control;
    m->msg_controllen = size;
    CMSG_FIRSTHDR(m)->cmsg_level = SOL_SOCKET;
    CMSG_FIRSTHDR(m)->cmsg_type = SCM_RIGHTS;
    CMSG_FIRSTHDR(m)->cmsg_len = CMSG_LEN(sizeof pass);
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(m)), &pass, sizeof pass);
}

enum result frame_send_part(int fd, struct frame *f, struct frame_part *at)
{
    union {
        char raw[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;

    if (f->buf.over) {
        errno = EMSGSIZE;
        return TEMP;
    }
    put_head(at->head, f);
    while (at->done < FRAME_HEAD + f->buf.n) {
        size_t head = at->done < FRAME_HEAD ? at->done : FRAME_HEAD, body = at->done - head;
        struct iovec v[2] = { { at->head + head, FRAME_HEAD - head }, { f->buf.p + body, f->buf.n - body } };
        struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
        ssize_t n;

        if (!at->done && f->fd >= 0) /* it travels with the first byte */
            attach(&m, control.raw, sizeof control.raw, f->fd);
        n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? AGAIN : TEMP;
        at->done += (size_t)n;
    }
    return OK;
}

enum result frame_feed(struct frame *f, struct frame_part *at, const void *p, size_t n, size_t *used)
{
    const uint8_t *from = p;
    size_t len, want;

    *used = 0;
    while (at->done < FRAME_HEAD && *used < n)
        at->head[at->done++] = from[(*used)++];
    if (at->done < FRAME_HEAD)
        return AGAIN;
    len = (size_t)at->head[0] << 24 | (size_t)at->head[1] << 16 | (size_t)at->head[2] << 8 | at->head[3];
    if (at->done == FRAME_HEAD)
        frame_begin(f, (unsigned)at->head[4] << 8 | at->head[5]);
    if (len > f->buf.max)
        return PERM;
    want = len - (at->done - FRAME_HEAD);
    want = want < n - *used ? want : n - *used;
    if (!buf_add(&f->buf, from + *used, want))
        return PERM;
    at->done += want;
    *used += want;
    return at->done == FRAME_HEAD + len ? OK : AGAIN;
}
