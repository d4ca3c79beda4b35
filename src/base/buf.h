/* buf.h - text that grows up to a limit its owner chose
 *
 * Always followed by a NUL that does not count, so .p may be used as a C
 * string when no NUL was added. Adding more than the limit changes nothing and
 * returns false; .over then stays set until buf_reset().
 */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/base.h"

struct buf {
    char *p;     /* never NULL after buf_init */
    size_t n;    /* bytes in use, without the NUL */
    size_t cap;  /* bytes allocated; 0 = nothing allocated yet */
    size_t max;  /* never holds more than this */
    bool over;   /* something did not fit */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
/* Empties; keeps the memory. */
void buf_reset(struct buf *b);
/* Empties and gives the memory back when more than keep bytes are held. */
void buf_shrink(struct buf *b, size_t keep);
/* Lets go of the room that the text does not fill. */
void buf_fit(struct buf *b);
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_str(struct buf *b, struct str s);
bool buf_puts(struct buf *b, const char *text);
bool buf_putc(struct buf *b, int c);
bool buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
bool buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* Room for n more bytes at .p + .n; the caller fills and adds to .n. */
bool buf_reserve(struct buf *b, size_t n);
/* Removes n bytes at the front. */
void buf_drop(struct buf *b, size_t n);
/* Cuts to n bytes. */
void buf_cut(struct buf *b, size_t n);
/* Replaces the bytes [at, at+len) by new text. */
bool buf_splice(struct buf *b, size_t at, size_t len, struct str with);
struct str buf_view(const struct buf *b);
/* Hands the text over; the caller frees. The buf is empty afterwards. */
char *buf_take(struct buf *b) MUST;

#endif
