/* io.c - whole reads and writes on descriptors
 *
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

enum result io_write(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return TEMP;
        at += done;
        n -= (size_t)done;
    }
    return OK;
}

enum result io_pwrite(int fd, const void *p, size_t n, int64_t at)
{
    const char *from = p;

    while (n) {
        ssize_t done = pwrite(fd, from, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return TEMP;
        from += done;
        at += done;
        n -= (size_t)done;
    }
    return OK;
}

enum result io_pread(int fd, void *p, size_t n, int64_t at)
{
    char *to = p;

    while (n) {
        ssize_t done = pread(fd, to, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return TEMP;
        if (done == 0)
            return NONE;
        to += done;
        at += done;
        n -= (size_t)done;
    }
    return OK;
}

static enum result read_all(int fd, struct buf *out)
{
    for (;;) {
        ssize_t n;

        if (!buf_reserve(out, 1)) {
            errno = EFBIG;
            return TEMP;
        }
        (void)buf_reserve(out, out->max - out->n < 4096 ? out->max - out->n : 4096);
        n = read(fd, out->p + out->n, out->cap - out->n - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return TEMP;
        if (n == 0)
            return OK;
        out->n += (size_t)n;
        out->p[out->n] = 0;
    }
}

enum result io_read_file(int dir_fd, const char *path, struct buf *out)
{
    int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
    enum result r;
    int saved;

    if (fd < 0)
        return errno == ENOENT ? NONE : TEMP;
    r = read_all(fd, out);
    saved = errno;
    close(fd);
    if (r == OK)
        buf_fit(out); /* what is read whole is kept for long */
    errno = saved;
    return r;
}

enum result io_wait_or(int fd, bool for_write, int other, int64_t deadline)
{
    struct pollfd pfd[2] = { { .fd = fd, .events = for_write ? POLLOUT : POLLIN }, { .fd = other, .events = POLLIN } };

    for (;;) {
        int64_t left = deadline < 0 ? -1 : deadline - clock_ms();
        int n;

        if (deadline >= 0 && left < 0)
            left = 0;
        n = poll(pfd, 2, left > 1000000000 ? 1000000000 : (int)left);
        if (n > 0)
            return pfd[0].revents ? OK : NONE;
        if (n == 0) {
            errno = ETIMEDOUT;
            return TEMP;
        }
        if (errno != EINTR)
            return TEMP;
    }
}

enum result io_wait(int fd, bool for_write, int64_t deadline)
{
    return io_wait_or(fd, for_write, -1, deadline);
}

static void set_flag(int fd, int get, int set, int flag, bool on)
{
    int flags = fcntl(fd, get);

    if (flags >= 0)
        (void)fcntl(fd, set, on ? flags | flag : flags & ~flag);
}

void io_nonblock(int fd, bool on)
{
    set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, on);
}

void io_cloexec(int fd, bool on)
{
    set_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, on);
}
