/* wire.c - message content in wire form: CRLF line ends, dot-stuffed
 *
 * wire_scan() sees every byte that smtpd receives: it looks for line ends with
 * memchr() and tests eight bytes at a time for the rest. Only CRLF is a line end
 * (RFC 5321 section 2.3.8); a bare LF or CR is noted and stays an ordinary byte,
 * so that "LF . LF" and its relatives never end a message here that another
 * system sees as going on.
 * Runs in: every process that touches content.  Parameters: none.
 * Tests: tests/unit/wire_test.c, tests/fuzz/fuzz_wire.c
 */
/* SPDX-License-Identifier: ISC */
#include "mail/wire.h"

#include <string.h>

enum { AT_START, IN_LINE, AFTER_CR, AFTER_DOT, AFTER_DOT_CR };

/* A line ends whose last part has n bytes. */
static void end_line(struct wire_scan *w, size_t n)
{
    w->line_len += n;
    if (w->line_len > w->longest)
        w->longest = w->line_len;
    w->line_len = 0;
    w->lines++;
    w->state = AT_START;
}

static void note_cr(struct wire_scan *w, const char *p, size_t n)
{
    if (n && !w->bare_cr && memchr(p, '\r', n))
        w->bare_cr = true;
}

/* Goes on inside a line up to and including the next LF or the end. Returns how far. */
static size_t scan_line(struct wire_scan *w, const char *p, size_t n)
{
    const char *lf = memchr(p, '\n', n);
    size_t len = lf ? (size_t)(lf - p) : n;

    if (lf && len && p[len - 1] == '\r') {
        note_cr(w, p, len - 1);
        end_line(w, len - 1);
        return len + 1;
    }
    if (lf) {
        note_cr(w, p, len);
        w->bare_lf = true;
        w->line_len += len + 1;
        return len + 1;
    }
    if (p[n - 1] == '\r') {
        note_cr(w, p, n - 1);
        w->state = AFTER_CR;
    } else {
        note_cr(w, p, n);
    }
    w->line_len += n;
    return n;
}

/* Notes NUL and 8-bit bytes; whole words first, then what is left. */
static void scan_bytes(struct wire_scan *w, const char *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t v, high = 0, zero = 0;

    if (w->has_nul && w->has_8bit)
        return;
    for (; n >= sizeof(v); p += sizeof(v), n -= sizeof(v)) {
        memcpy(&v, p, sizeof(v));
        high |= v;
        zero |= (v - ones) & ~v;
    }
    for (; n; p++, n--) {
        high |= (unsigned char)*p;
        zero |= *p == 0 ? tops : 0;
    }
    w->has_8bit |= (high & tops) != 0;
    w->has_nul |= (zero & tops) != 0;
}

/* One step at a place where single bytes matter. Returns how many were used. */
static size_t scan_step(struct wire_scan *w, char c)
{
    switch (w->state) {
    case AT_START:
        w->state = c == '.' ? AFTER_DOT : IN_LINE;
        return c == '.';
    case AFTER_DOT:
        if (c != '\r')
            w->stuffed++;
        w->state = c == '\r' ? AFTER_DOT_CR : IN_LINE;
        return c == '\r';
    case AFTER_DOT_CR: /* and not the LF that ends the data */
        w->stuffed++;
        w->bare_cr = true;
        w->line_len++;
        w->state = IN_LINE;
        return 0;
    default: /* AFTER_CR */
        if (c == '\n') {
            w->line_len--;
            end_line(w, 0);
            return 1;
        }
        w->bare_cr = true;
        w->state = IN_LINE;
        return 0;
    }
}

enum result wire_scan(struct wire_scan *w, const char *p, size_t n, size_t *used)
{
    size_t i = 0;

    while (i < n) {
        if (w->state == IN_LINE) {
            i += scan_line(w, p + i, n - i);
        } else if (w->state == AFTER_DOT_CR && p[i] == '\n') {
            *used = ++i;
            scan_bytes(w, p, i);
            w->wire_bytes += (int64_t)i - 3;
            w->state = AT_START;
            return OK;
        } else {
            i += scan_step(w, p[i]);
        }
    }
    scan_bytes(w, p, n);
    w->wire_bytes += (int64_t)n;
    *used = n;
    return AGAIN;
}

bool wire_put_line(struct buf *out, struct str line)
{
    bool fits = line.n && line.p[0] == '.' ? buf_putc(out, '.') : true;
    size_t at = out->n;

    fits = fits && buf_str(out, line);
    if (fits && line.n && (memchr(line.p, '\n', line.n) || memchr(line.p, '\r', line.n)))
        for (size_t i = at; i < out->n; i++)
            if (out->p[i] == '\r' || out->p[i] == '\n')
                out->p[i] = ' ';
    return fits && buf_add(out, "\r\n", 2);
}

bool wire_from_text(struct wire_in *w, struct buf *out, const char *p, size_t n, bool lf)
{
    while (n) {
        const char *end = memchr(p, '\n', n);
        size_t len = end ? (size_t)(end - p) : n;
        bool after_cr = len ? p[len - 1] == '\r' : w->state == AFTER_CR;

        if (w->state == AT_START && p[0] == '.' && !buf_putc(out, '.'))
            return false;
        if (len && !buf_add(out, p, len))
            return false;
        w->state = after_cr ? AFTER_CR : IN_LINE;
        if (end) {
            bool line_end = after_cr || lf;

            if (!(after_cr || !lf ? buf_putc(out, '\n') : buf_add(out, "\r\n", 2)))
                return false;
            w->state = line_end ? AT_START : IN_LINE;
            len++;
        }
        p += len;
        n -= len;
    }
    return true;
}

bool wire_end_text(struct wire_in *w, struct buf *out)
{
    unsigned state = w->state;

    w->state = AT_START;
    if (state == AFTER_CR)
        return buf_putc(out, '\n');
    return state == AT_START || buf_add(out, "\r\n", 2);
}

/* Copies from inside a line to its end or the end of the chunk. Returns how many bytes, 0 = does not fit. */
static size_t copy_line(struct wire_out *w, struct buf *out, const char *p, size_t n, const char *eol)
{
    const char *lf = memchr(p, '\n', n);
    size_t len = lf ? (size_t)(lf - p) : n;

    if (lf && len && p[len - 1] == '\r') {
        w->state = AT_START;
        return buf_add(out, p, len - 1) && buf_puts(out, eol) ? len + 1 : 0;
    }
    if (lf)
        return buf_add(out, p, len + 1) ? len + 1 : 0;
    if (p[n - 1] == '\r') {
        w->state = AFTER_CR;
        return buf_add(out, p, n - 1) ? n : 0;
    }
    return buf_add(out, p, n) ? n : 0;
}

bool wire_to_text(struct wire_out *w, struct buf *out, const char *p, size_t n, const char *eol)
{
    for (size_t i = 0; i < n && !w->done;) {
        unsigned was = w->state;
        size_t len;

        switch (was) {
        case AT_START:
            w->state = p[i] == '.' ? AFTER_DOT : IN_LINE;
            i += p[i] == '.';
            break;
        case AFTER_DOT:
            w->state = p[i] == '\r' ? AFTER_DOT_CR : IN_LINE;
            i += p[i] == '\r';
            break;
        case AFTER_CR:
        case AFTER_DOT_CR:
            if (p[i] != '\n') { /* the CR was a byte like any other */
                w->state = IN_LINE;
                if (!buf_putc(out, '\r'))
                    return false;
                break;
            }
            i++;
            w->done = was == AFTER_DOT_CR;
            w->state = AT_START;
            if (!w->done && !buf_puts(out, eol))
                return false;
            break;
        default:
            len = copy_line(w, out, p + i, n - i, eol);
            if (!len)
                return false;
            i += len;
        }
    }
    return true;
}
