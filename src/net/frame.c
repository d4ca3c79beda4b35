/* frame.c - records between our own processes
 *
 * On the wire, numbers big-endian: u32 payload length, u16 type, payload. A
 * counted text is u32 length, bytes, NUL. A descriptor travels with the first
 * byte (SCM_RIGHTS). The peer may be another user's program: lengths are
 * checked before memory is given, surplus descriptors are closed.
 * Runs in: every process that talks to another one.  Parameters: none.
 * Tests: tests/unit/frame_test.c, tests/fuzz/fuzz_frame.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

enum { HEAD = 6, MAX_FDS = 8 };

static void drop_fd(struct frame *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

void frame_init(struct frame *f, size_t max)
{
    *f = (struct frame){ .fd = -1 };
    buf_init(&f->buf, max < FRAME_MAX ? max : FRAME_MAX);
}

void frame_done(struct frame *f)
{
    drop_fd(f);
    buf_done(&f->buf);
}

void frame_begin(struct frame *f, unsigned type)
{
    drop_fd(f);
    buf_reset(&f->buf);
    f->at = 0;
    f->bad = false;
    f->type = type;
}

static void put_be(uint8_t *to, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, v >>= 8)
        to[i] = (uint8_t)v;
}

static uint64_t get_be(const uint8_t *from, int bytes)
{
    uint64_t v = 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | from[i];
    return v;
}

void frame_put_u32(struct frame *f, uint32_t v)
{
    uint8_t b[4];

    put_be(b, v, 4);
    buf_add(&f->buf, b, 4);
}

void frame_put_u64(struct frame *f, uint64_t v)
{
    uint8_t b[8];

    put_be(b, v, 8);
    buf_add(&f->buf, b, 8);
}

void frame_put_str(struct frame *f, struct str s)
{
    if (s.n > FRAME_MAX || !buf_reserve(&f->buf, s.n + 5)) {
        f->buf.over = true;
        return;
    }
    frame_put_u32(f, (uint32_t)s.n);
    buf_str(&f->buf, s);
    buf_putc(&f->buf, 0);
}

void frame_put_text(struct frame *f, const char *text)
{
    frame_put_str(f, (struct str){ text, text ? strlen(text) : 0 });
}

static int64_t deadline_of(int timeout_ms)
{
    return timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
}

/* Moves the front of two pieces on by n bytes. */
static void advance(struct msghdr *m, size_t n)
{
    while (m->msg_iovlen && n >= m->msg_iov[0].iov_len) {
        n -= m->msg_iov[0].iov_len;
        m->msg_iov++;
        m->msg_iovlen--;
    }
    if (m->msg_iovlen) {
        m->msg_iov[0].iov_base = (char *)m->msg_iov[0].iov_base + n;
        m->msg_iov[0].iov_len -= n;
    }
}

static enum result send_all(int fd, struct msghdr *m, int timeout_ms)
{
    int64_t deadline = 0;

    advance(m, 0);
    while (m->msg_iovlen) {
        ssize_t n = sendmsg(fd, m, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            return TEMP;
        if (n < 0) {
            if (!deadline)
                deadline = deadline_of(timeout_ms);
            if (io_wait(fd, true, deadline) != OK)
                return TEMP;
            continue;
        }
        m->msg_control = NULL; /* the descriptor has gone with the first byte */
        m->msg_controllen = 0;
        advance(m, (size_t)n);
    }
    return OK;
}

enum result frame_send(int fd, struct frame *f, int timeout_ms)
{
    union {
        char raw[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    uint8_t head[HEAD];
    struct iovec iov[2] = { { head, HEAD }, { f->buf.p, f->buf.n } };
    struct msghdr m = { .msg_iov = iov, .msg_iovlen = f->buf.n ? 2 : 1 };
    int pass = f->fd;

    f->fd = -1; /* stays the caller's */
    if (f->buf.over) {
        errno = EMSGSIZE;
        return TEMP;
    }
    put_be(head, f->buf.n, 4);
    put_be(head + 4, f->type, 2);
    if (pass >= 0) {
        memset(&control, 0, sizeof control);
        m.msg_control = control.raw;
        m.msg_controllen = sizeof control.raw;
        CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
        CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
        CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &pass, sizeof pass);
    }
    return send_all(fd, &m, timeout_ms);
}

bool frame_pack(struct buf *out, const struct frame *f)
{
    uint8_t head[HEAD];

    put_be(head, f->buf.n, 4);
    put_be(head + 4, f->type, 2);
    return !f->buf.over && buf_reserve(out, HEAD + f->buf.n) && buf_add(out, head, HEAD) &&
           buf_str(out, buf_view(&f->buf));
}

enum result frame_send_packed(int fd, struct str packed, int timeout_ms)
{
    struct iovec iov = { (char *)(uintptr_t)packed.p, packed.n };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

    return send_all(fd, &m, timeout_ms);
}

/* Keeps the first descriptor that came and closes the others. False when there were others. */
static bool take_fds(struct frame *f, struct msghdr *m)
{
    bool fine = !(m->msg_flags & MSG_CTRUNC);
    struct cmsghdr *c;
    int fd;

    for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; CMSG_LEN((i + 1) * sizeof fd) <= c->cmsg_len; i++) {
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (f->fd < 0) {
                f->fd = fd;
            } else {
                close(fd);
                fine = false;
            }
        }
    }
    return fine;
}

/* Exactly n bytes: OK; NONE at the end of file before the first; TEMP. */
static enum result receive(int fd, struct frame *f, void *to, size_t n, int64_t deadline)
{
    union {
        char raw[CMSG_SPACE(MAX_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    size_t got = 0;

    while (got < n) {
        struct iovec iov = { (char *)to + got, n - got };
        struct msghdr m = {
            .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.raw, .msg_controllen = sizeof control.raw
        };
        ssize_t r = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0 && errno == EAGAIN) {
            if (io_wait(fd, false, deadline) != OK)
                return TEMP;
            continue;
        }
        if (r < 0)
            return errno == ECONNRESET && !got ? NONE : TEMP;
        if (m.msg_controllen && !take_fds(f, &m)) {
            errno = EPROTO;
            return TEMP;
        }
        if (r == 0) {
            errno = EPROTO;
            return got ? TEMP : NONE;
        }
        got += (size_t)r;
    }
    return OK;
}

enum result frame_recv(int fd, struct frame *f, int timeout_ms)
{
    int64_t deadline = deadline_of(timeout_ms);
    uint8_t head[HEAD];
    enum result r;
    size_t n;

    frame_begin(f, 0);
    r = receive(fd, f, head, HEAD, deadline);
    if (r != OK)
        return r;
    n = (size_t)get_be(head, 4);
    f->type = (unsigned)get_be(head + 4, 2);
    if (n > f->buf.max || !buf_reserve(&f->buf, n)) {
        errno = EMSGSIZE;
        return TEMP;
    }
    r = receive(fd, f, f->buf.p, n, deadline);
    if (r != OK) {
        errno = r == NONE ? EPROTO : errno;
        return TEMP;
    }
    if (f->buf.cap) {
        f->buf.n = n;
        f->buf.p[n] = 0;
    }
    return OK;
}

static const uint8_t *get(struct frame *f, size_t n)
{
    const uint8_t *p = (const uint8_t *)f->buf.p + f->at;

    if (f->bad || n > f->buf.n - f->at) {
        f->bad = true;
        return NULL;
    }
    f->at += n;
    return p;
}

uint32_t frame_get_u32(struct frame *f)
{
    const uint8_t *p = get(f, 4);

    return p ? (uint32_t)get_be(p, 4) : 0;
}

uint64_t frame_get_u64(struct frame *f)
{
    const uint8_t *p = get(f, 8);

    return p ? get_be(p, 8) : 0;
}

struct str frame_get_str(struct frame *f)
{
    uint32_t n = frame_get_u32(f);
    const uint8_t *p = f->bad ? NULL : get(f, (size_t)n + 1);

    if (p && p[n] != 0) {
        f->bad = true;
        p = NULL;
    }
    return p ? (struct str){ (const char *)p, n } : (struct str){ "", 0 };
}

const char *frame_get_text(struct frame *f)
{
    struct str s = frame_get_str(f);

    if (memchr(s.p, 0, s.n)) {
        f->bad = true;
        return "";
    }
    return s.p;
}

bool frame_end(struct frame *f)
{
    return !f->bad && f->at == f->buf.n;
}
