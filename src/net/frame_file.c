/* frame_file.c - the same records in a file (maildrop)
 *
 * Runs in: sendmail, pickup.  Trust: a maildrop file is written by any user.
 * Parameters: none.  Tests: tests/smtp/sendmail-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <unistd.h>

#include "base/io.h"
#include "net/frame.h"

enum { HEAD = 6 };

enum result frame_write(int fd, const struct frame *f)
{
    uint8_t head[HEAD] = { (uint8_t)(f->buf.n >> 24), (uint8_t)(f->buf.n >> 16), (uint8_t)(f->buf.n >> 8),
                           (uint8_t)f->buf.n,         (uint8_t)(f->type >> 8),   (uint8_t)f->type };

    if (f->buf.over) {
        errno = EMSGSIZE;
        return TEMP;
    }
    return io_write(fd, head, HEAD) == OK ? io_write(fd, f->buf.p, f->buf.n) : TEMP;
}

/* Exactly n bytes: OK, NONE at the end of the file before the first, PERM at its end later, TEMP with errno. */
static enum result read_all(int fd, char *to, size_t n)
{
    size_t got = 0;

    while (got < n) {
        ssize_t r = read(fd, to + got, n - got);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return TEMP;
        if (r == 0)
            return got == 0 ? NONE : PERM;
        got += (size_t)r;
    }
    return OK;
}

enum result frame_read(int fd, struct frame *f)
{
    uint8_t head[HEAD];
    enum result r;
    size_t n;

    frame_begin(f, 0);
    r = read_all(fd, (char *)head, HEAD);
    if (r != OK)
        return r;
    n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    f->type = (unsigned)(head[4] << 8 | head[5]);
    if (n > f->buf.max || !buf_reserve(&f->buf, n))
        return PERM;
    if (n && (r = read_all(fd, f->buf.p, n)) != OK)
        return r == TEMP ? TEMP : PERM;
    f->buf.n = n;
    if (n)
        f->buf.p[n] = 0;
    return OK;
}
