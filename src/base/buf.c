/* buf.c - text that grows up to a limit its owner chose
 *
 * No peer decides how much memory we use: every buf is given its maximum.
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BUF_FIRST = 64 };

static char buf_nothing[1];

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){ .p = buf_nothing, .max = max };
}

void buf_done(struct buf *b)
{
    if (b->cap)
        free(b->p);
    buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->over = false;
    if (b->cap)
        b->p[0] = 0;
}

void buf_shrink(struct buf *b, size_t keep)
{
    if (b->cap > keep)
        buf_done(b);
    else
        buf_reset(b);
}

void buf_fit(struct buf *b)
{
    if (!b->cap)
        return;
    b->cap = b->n + 1;
    b->p = mem_resize(b->p, b->cap);
}

bool buf_reserve(struct buf *b, size_t n)
{
    size_t want, cap;

    if (n > b->max - b->n) {
        b->over = true;
        return false;
    }
    want = b->n + n + 1;
    if (want <= b->cap)
        return true;
    cap = b->cap ? b->cap : BUF_FIRST;
    while (cap < want)
        cap *= 2;
    if (cap > b->max + 1)
        cap = b->max + 1;
    b->p = mem_resize(b->cap ? b->p : NULL, cap);
    b->cap = cap;
    b->p[b->n] = 0;
    return true;
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
    if (!buf_reserve(b, n))
        return false;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
    return true;
}

bool buf_str(struct buf *b, struct str s)
{
    return buf_add(b, s.p, s.n);
}

bool buf_puts(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

bool buf_putc(struct buf *b, int c)
{
    char ch = (char)c;

    return buf_add(b, &ch, 1);
}

bool buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    if (n < 0 || !buf_reserve(b, (size_t)n)) {
        va_end(again);
        return false;
    }
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += (size_t)n;
    return true;
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    bool fits;

    va_start(ap, fmt);
    fits = buf_vprintf(b, fmt, ap);
    va_end(ap);
    return fits;
}

void buf_cut(struct buf *b, size_t n)
{
    if (n < b->n) {
        b->n = n;
        b->p[n] = 0;
    }
}

void buf_drop(struct buf *b, size_t n)
{
    if (n >= b->n) {
        buf_cut(b, 0);
        return;
    }
    if (n == 0)
        return;
    memmove(b->p, b->p + n, b->n - n + 1);
    b->n -= n;
}

bool buf_splice(struct buf *b, size_t at, size_t len, struct str with)
{
    if (at > b->n)
        at = b->n;
    if (len > b->n - at)
        len = b->n - at;
    if (with.n > len && !buf_reserve(b, with.n - len))
        return false;
    if (!b->cap)
        return true; /* empty into empty */
    memmove(b->p + at + with.n, b->p + at + len, b->n - at - len);
    if (with.n)
        memcpy(b->p + at, with.p, with.n);
    b->n = b->n - len + with.n;
    b->p[b->n] = 0;
    return true;
}

struct str buf_view(const struct buf *b)
{
    return (struct str){ b->p, b->n };
}

char *buf_take(struct buf *b)
{
    char *p = b->cap ? b->p : mem_dup("");

    buf_init(b, b->max);
    return p;
}
