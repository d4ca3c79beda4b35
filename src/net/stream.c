/* stream.c - a buffered connection with deadlines, plain or TLS
 *
 * Reads and writes are tried first and waited for only when they would block,
 * so a busy connection costs one system call per buffer. No descriptor flags
 * are changed (other processes may share them), except before sendfile, which
 * knows no "do not wait" of its own.
 * Runs in: every process with a connection.  Parameters: none.  Feature: TLS for the encrypted half.
 * Tests: tests/unit/stream_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "net/tls.h"

/* What one attempt to read or write came to, below 0: as tls_read(). */
enum { IO_ERROR = -1, IO_WAIT_READ = -2, IO_WAIT_WRITE = -3 };

void stream_init(struct stream *s, int fd, size_t in_cap, size_t out_cap, int timeout_ms)
{
    *s = (struct stream){ .fd = fd, .fd_out = fd, .timeout_ms = timeout_ms, .in_cap = in_cap, .out_cap = out_cap };
    s->in = mem_resize(NULL, in_cap);
    s->out = mem_resize(NULL, out_cap);
}

void stream_done(struct stream *s)
{
    if (ENABLE_TLS && s->tls)
        tls_close(s->tls, s->err == STREAM_FINE);
    if (s->fd >= 0)
        close(s->fd);
    if (s->fd_out >= 0 && s->fd_out != s->fd)
        close(s->fd_out);
    free(s->in);
    free(s->out);
    *s = (struct stream){ .fd = -1, .fd_out = -1, .err = STREAM_EOF };
}

/* The moment at which an operation that starts now must be over; -1 = never. */
static int64_t limit(const struct stream *s)
{
    int64_t at = s->timeout_ms < 0 ? -1 : clock_ms() + s->timeout_ms;

    return s->deadline && (at < 0 || s->deadline < at) ? s->deadline : at;
}

static enum result fail(struct stream *s, enum stream_error err)
{
    if (s->err == STREAM_FINE)
        s->err = err;
    return TEMP;
}

/* Progress moves the deadline of the whole request, but never beyond a fresh one. */
static void credit(struct stream *s, size_t bytes)
{
    int64_t most;

    if (!s->deadline || s->min_rate <= 0)
        return;
    most = clock_ms() + s->timeout_ms;
    s->deadline += (int64_t)bytes * 1000 / s->min_rate;
    if (s->deadline > most)
        s->deadline = most;
}

/* Waits for what an attempt asked for. */
static enum result wait_for(struct stream *s, long want, int64_t until)
{
    int fd = want == IO_WAIT_READ ? s->fd : s->fd_out;
    enum result r;

    if (want != IO_WAIT_READ && want != IO_WAIT_WRITE)
        return fail(s, STREAM_BROKEN);
    while ((r = io_wait_or(fd, want == IO_WAIT_WRITE, s->on_wake ? s->wake_fd : -1, until)) == NONE) {
        int64_t at;

        s->on_wake(s->wake_arg);
        at = limit(s);
        if (at >= 0 && (until < 0 || at < until))
            until = at;
    }
    if (r == OK)
        return OK;
    return fail(s, errno == ETIMEDOUT ? STREAM_TIMEOUT : STREAM_BROKEN);
}

/* Pipes and terminals cannot be asked not to wait: look first. */
static bool would_block(int fd, short events)
{
    struct pollfd p = { .fd = fd, .events = events };

    return poll(&p, 1, 0) == 0;
}

static long try_read(struct stream *s, void *p, size_t n)
{
    ssize_t r;

    if (ENABLE_TLS && s->tls)
        return tls_read(s->tls, p, n);
    for (;;) {
        if (!s->not_socket)
            r = recv(s->fd, p, n, MSG_DONTWAIT);
        else if (would_block(s->fd, POLLIN))
            return IO_WAIT_READ;
        else
            r = read(s->fd, p, n);
        if (r >= 0)
            return r;
        if (errno == EAGAIN)
            return IO_WAIT_READ;
        if (errno == ENOTSOCK && !s->not_socket)
            s->not_socket = true;
        else if (errno != EINTR)
            return IO_ERROR;
    }
}

static long try_write(struct stream *s, const void *p, size_t n, bool more)
{
    ssize_t r;

    if (ENABLE_TLS && s->tls)
        return tls_write(s->tls, p, n);
    for (;;) {
        if (!s->not_socket)
            r = send(s->fd_out, p, n, MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        else if (would_block(s->fd_out, POLLOUT))
            return IO_WAIT_WRITE;
        else
            r = write(s->fd_out, p, n < PIPE_BUF ? n : PIPE_BUF); /* as much as a writable pipe takes without waiting */
        if (r >= 0)
            return r;
        if (errno == EAGAIN)
            return IO_WAIT_WRITE;
        if (errno == ENOTSOCK && !s->not_socket)
            s->not_socket = true;
        else if (errno != EINTR)
            return IO_ERROR;
    }
}

/* Room at the end of the read buffer; false when unread bytes fill it. */
static bool make_room(struct stream *s)
{
    if (s->in_at == s->in_n)
        s->in_at = s->in_n = 0;
    if (s->in_n < s->in_cap)
        return true;
    if (!s->in_at)
        return false;
    memmove(s->in, s->in + s->in_at, s->in_n - s->in_at);
    s->in_n -= s->in_at;
    s->in_at = 0;
    return true;
}

/* Adds to the read buffer, which has room. Does not wait when block is false: AGAIN. */
static enum result read_more(struct stream *s, bool block)
{
    int64_t until = 0;
    long n;

    if (s->err != STREAM_FINE)
        return TEMP;
    while ((n = try_read(s, s->in + s->in_n, s->in_cap - s->in_n)) < 0) {
        if (!block && n != IO_ERROR)
            return AGAIN;
        if (!until)
            until = limit(s);
        if (wait_for(s, n, until) != OK)
            return TEMP;
    }
    if (n == 0)
        return fail(s, STREAM_EOF);
    s->in_n += (size_t)n;
    credit(s, (size_t)n);
    return OK;
}

enum result stream_fill(struct stream *s)
{
    if (s->in_at < s->in_n)
        return OK;
    (void)make_room(s);
    return read_more(s, true);
}

bool stream_ready(struct stream *s)
{
    if (s->in_at < s->in_n)
        return true;
    (void)make_room(s);
    return read_more(s, false) == OK;
}

enum result stream_line(struct stream *s, struct str *line, bool *crlf)
{
    size_t seen = 0; /* bytes that hold no line feed */
    const char *lf;

    *crlf = false;
    for (;;) {
        size_t n = s->in_n - s->in_at;

        if (n > seen && (lf = memchr(s->in + s->in_at + seen, '\n', n - seen)) != NULL) {
            const char *start = s->in + s->in_at;

            *line = (struct str){ start, (size_t)(lf - start) };
            s->in_at += line->n + 1;
            if (line->n && lf[-1] == '\r') {
                line->n--;
                *crlf = true;
            }
            return OK;
        }
        seen = n;
        if (!make_room(s)) {
            *line = (struct str){ s->in, n };
            if (n > 1 && s->in[n - 1] == '\r')
                line->n--; /* its line feed may follow */
            s->in_at = line->n;
            return NONE;
        }
        if (read_more(s, true) != OK)
            return TEMP;
    }
}

enum result stream_peek(struct stream *s, struct str *view)
{
    enum result r = stream_fill(s);

    *view = (struct str){ s->in + s->in_at, s->in_n - s->in_at };
    return r;
}

void stream_eat(struct stream *s, size_t n)
{
    s->in_at += n < s->in_n - s->in_at ? n : s->in_n - s->in_at;
}

/* All of it, past the buffer. more: further bytes follow at once, do not send a short packet. */
static void write_all(struct stream *s, const char *p, size_t n, bool more)
{
    int64_t until = 0;

    while (n && s->err == STREAM_FINE) {
        long r = try_write(s, p, n, more);

        if (r > 0) {
            p += r;
            n -= (size_t)r;
            until = 0;
            credit(s, (size_t)r);
            continue;
        }
        if (!until)
            until = limit(s);
        if (wait_for(s, r, until) != OK)
            return;
    }
}

/* With more, something must stay to be written later, or a socket would hold the bytes back for a while. */
static void write_out(struct stream *s, bool more)
{
    write_all(s, s->out, s->out_n, more);
    s->out_n = 0;
}

enum result stream_flush(struct stream *s)
{
    write_out(s, false);
    return s->err == STREAM_FINE ? OK : TEMP;
}

void stream_put(struct stream *s, const void *p, size_t n)
{
    const char *from = p;

    while (n && s->err == STREAM_FINE) {
        size_t part;

        if (s->out_n == s->out_cap)
            write_out(s, true);
        if (!s->out_n && n >= s->out_cap) {
            write_all(s, from, n, false);
            return;
        }
        part = s->out_cap - s->out_n;
        part = n < part ? n : part;
        memcpy(s->out + s->out_n, from, part);
        s->out_n += part;
        from += part;
        n -= part;
    }
}

void stream_puts(struct stream *s, const char *text)
{
    stream_put(s, text, strlen(text));
}

void stream_printf(struct stream *s, const char *fmt, ...)
{
    char small[512], *text = small;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if ((size_t)n >= sizeof small) {
        text = mem_new((size_t)n + 1);
        va_start(ap, fmt);
        vsnprintf(text, (size_t)n + 1, fmt, ap);
        va_end(ap);
    }
    stream_put(s, text, (size_t)n);
    if (text != small)
        free(text);
}

/* Through the output buffer: small pieces travel with what is before and after them. */
static enum result copy_file(struct stream *s, int file, int64_t offset, int64_t len)
{
    while (len && s->err == STREAM_FINE) {
        size_t room;

        if (s->out_n == s->out_cap)
            write_out(s, true);
        room = s->out_cap - s->out_n;
        room = len < (int64_t)room ? (size_t)len : room;
        if (io_pread(file, s->out + s->out_n, room, offset) != OK)
            return fail(s, STREAM_BROKEN);
        s->out_n += room;
        offset += (int64_t)room;
        len -= (int64_t)room;
    }
    return s->err == STREAM_FINE ? OK : TEMP;
}

enum result stream_send_file(struct stream *s, int file, int64_t offset, int64_t len)
{
    off_t at = (off_t)offset;
    int64_t until = 0;

    if (s->tls || s->not_socket || len <= (int64_t)(s->out_cap - s->out_n))
        return copy_file(s, file, offset, len);
    write_out(s, true);
    io_nonblock(s->fd_out, true);
    while (len && s->err == STREAM_FINE) {
        ssize_t n = sendfile(s->fd_out, file, &at, len < (1 << 30) ? (size_t)len : (size_t)1 << 30);

        if (n > 0) {
            len -= n;
            until = 0;
            credit(s, (size_t)n);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EINVAL || errno == ENOSYS))
            return copy_file(s, file, (int64_t)at, len); /* this pair of descriptors cannot */
        if (!until)
            until = limit(s);
        (void)wait_for(s, n < 0 && errno == EAGAIN ? IO_WAIT_WRITE : IO_ERROR, until);
    }
    return s->err == STREAM_FINE ? OK : TEMP;
}
