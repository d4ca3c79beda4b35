/* copy.c - message content from the queue file to a mailbox, a command or a stream
 *
 * Reads wire form in blocks, writes text. The order of the lines in front is
 * that of Postfix: From_, Return-Path, X-Original-To, Delivered-To.
 * Runs in: local, virtual, pipe, after identity changed.  Trust: the content is
 * anybody's; only line starts are looked at.
 * Parameters: enable_original_recipient.  Tests: tests/unit/deliver_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/copy.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "mail/addr.h"
#include "mail/header.h"
#include "mail/wire.h"
#include "param/param.h"

enum { BLOCK = 16 * 1024, OUT_MAX = 4 * BLOCK, HEADER_LINE = 8 * 1024 };

struct copy {
    const struct delivery *d;
    int fd;
    unsigned flags;
    const char *eol;
    struct wire_out wire;
    struct buf text, out;
    bool line_start;
};

static void add_address_line(struct buf *out, const char *name, const char *addr, const char *eol)
{
    buf_puts(out, name);
    (void)addr_quote(out, str_of(addr));
    buf_puts(out, eol);
}

static void add_from_line(struct buf *out, const char *sender, const char *eol)
{
    time_t now = time(NULL);
    char date[32];
    struct tm tm;

    localtime_r(&now, &tm);
    strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm);
    buf_puts(out, "From ");
    if (*sender)
        (void)addr_quote(out, str_of(sender));
    else
        buf_puts(out, "MAILER-DAEMON");
    buf_printf(out, "  %s%s", date, eol);
}

static void add_front(struct copy *c, const struct delivery_rcpt *r)
{
    const char *sender = c->d->env->sender;

    if (c->flags & COPY_FROM_LINE)
        add_from_line(&c->out, sender, c->eol);
    if (c->flags & COPY_RETURN_PATH) {
        buf_puts(&c->out, "Return-Path: <");
        (void)addr_quote(&c->out, str_of(sender));
        buf_printf(&c->out, ">%s", c->eol);
    }
    if ((c->flags & COPY_ORIGINAL_TO) && r && *r->r.orig && par_enable_original_recipient())
        add_address_line(&c->out, "X-Original-To: ", r->r.orig, c->eol);
    if ((c->flags & COPY_DELIVERED_TO) && r)
        add_address_line(&c->out, "Delivered-To: ", r->r.addr, c->eol);
}

static enum result flush(struct copy *c, bool *write_failed)
{
    if (c->out.n && io_write(c->fd, c->out.p, c->out.n) != OK) {
        *write_failed = true;
        return TEMP;
    }
    buf_reset(&c->out);
    return OK;
}

/* Moves whole lines from text to out; ">" goes before "From " and, with COPY_DOT, "." before ".". */
static void move_lines(struct copy *c, bool last)
{
    struct str rest = buf_view(&c->text);

    while (rest.n) {
        size_t n = str_find(rest, '\n');
        bool whole = n < rest.n;

        if (!whole && !last && rest.n < BLOCK)
            break; /* the rest of the line comes with the next block */
        n += whole;
        if (c->line_start && (c->flags & COPY_QUOTE_FROM) && rest.n >= 5 && memcmp(rest.p, "From ", 5) == 0)
            buf_putc(&c->out, '>');
        if (c->line_start && (c->flags & COPY_DOT) && rest.p[0] == '.')
            buf_putc(&c->out, '.');
        buf_add(&c->out, rest.p, n);
        c->line_start = whole;
        rest.p += n;
        rest.n -= n;
    }
    buf_drop(&c->text, c->text.n - rest.n);
}

static enum result copy_all(struct copy *c, bool *write_failed)
{
    const struct qfile_env *env = c->d->env;
    int64_t at = env->content_offset, end = at + env->content_len;
    char block[BLOCK];

    while (at < end && !c->wire.done) {
        size_t n = end - at < BLOCK ? (size_t)(end - at) : BLOCK;

        if (io_pread(c->d->fd, block, n, at) != OK)
            return TEMP;
        at += (int64_t)n;
        if (!wire_to_text(&c->wire, &c->text, block, n, c->eol)) {
            errno = EMSGSIZE;
            return TEMP;
        }
        move_lines(c, false);
        if (flush(c, write_failed) != OK)
            return TEMP;
    }
    move_lines(c, true);
    if (c->flags & COPY_BLANK_END)
        buf_puts(&c->out, c->eol);
    return flush(c, write_failed);
}

enum result copy_content(const struct delivery *d, const struct delivery_rcpt *r, int fd, unsigned flags,
                         const char *eol, bool *write_failed)
{
    struct copy c = { .d = d, .fd = fd, .flags = flags, .eol = eol ? eol : "\n", .line_start = true };
    enum result result;
    int error;

    *write_failed = false;
    buf_init(&c.text, OUT_MAX);
    buf_init(&c.out, 2 * OUT_MAX);
    add_front(&c, r);
    result = copy_all(&c, write_failed);
    error = errno;
    buf_done(&c.text);
    buf_done(&c.out);
    errno = error;
    return result;
}

/* Gives the address of one Delivered-To: line to each. */
static bool give(struct str line, bool (*each)(struct str addr, void *arg), void *arg)
{
    struct buf internal;
    bool more;
    size_t colon = str_find(line, ':');

    buf_init(&internal, ADDR_MAX);
    line = str_trim((struct str){ line.p + colon + 1, line.n - colon - 1 });
    if (addr_unquote(&internal, line) != OK) {
        buf_reset(&internal);
        buf_str(&internal, line);
    }
    more = each(buf_view(&internal), arg);
    buf_done(&internal);
    return more;
}

enum result copy_each_delivered_to(const struct delivery *d, bool (*each)(struct str addr, void *arg), void *arg)
{
    int64_t at = d->env->content_offset, end = at + d->env->content_len;
    struct buf text;
    enum result found = NONE;

    buf_init(&text, BLOCK + HEADER_LINE);
    while (found == NONE && at < end) {
        size_t n = end - at < BLOCK ? (size_t)(end - at) : BLOCK;
        struct str rest;

        if (!buf_reserve(&text, n))
            buf_reset(&text); /* no header line of interest is this long */
        if (io_pread(d->fd, text.p + text.n, n, at) != OK) {
            found = TEMP;
            break;
        }
        text.n += n;
        at += (int64_t)n;
        rest = buf_view(&text);
        while (found == NONE) {
            size_t eol = str_find(rest, '\n');
            struct str line = str_trim((struct str){ rest.p, eol });

            if (eol == rest.n)
                break;
            if (!line.n || (!chr_is_space((unsigned char)rest.p[0]) && !header_name_length(line)))
                end = at; /* headers are over */
            if (!line.n)
                break;
            if (header_id((struct str){ line.p, header_name_length(line) }) == HDR_DELIVERED_TO &&
                !give(line, each, arg))
                found = OK;
            rest.p += eol + 1;
            rest.n -= eol + 1;
        }
        buf_drop(&text, text.n - rest.n);
    }
    buf_done(&text);
    return found;
}

static bool differs(struct str addr, void *arg)
{
    return !str_eq_case(addr, arg);
}

enum result copy_delivered_to(const struct delivery *d, const char *addr)
{
    return copy_each_delivered_to(d, differs, (void *)(uintptr_t)addr);
}
