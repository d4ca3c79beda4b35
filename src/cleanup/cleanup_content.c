/* cleanup_content.c - the bytes of a message: header lines one by one, the body in one piece
 *
 * Only CRLF ends a line; what else looks like a line end is an ordinary byte, or
 * a blank with cleanup_replace_stray_cr_lf. Nothing is lost or doubled whatever
 * the input: a header is either written as it came, or as cleanup_header.c
 * changed it. Without body checks the body goes to the queue file as it comes;
 * with them cleanup_lines.c sees it line by line.
 * Parameters: header_size_limit, message_size_limit, cleanup_replace_stray_cr_lf,
 * non_empty_end_of_header_action.
 * Tests: tests/unit/cleanup_test.c, tests/fuzz/fuzz_cleanup.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/mime.h"
#include "param/param.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void check_size(struct cleanup *c)
{
    int64_t limit = par_message_size_limit();

    if (limit > 0 && qfile_bytes(c->w) > limit && !(c->flags & CLEANUP_NOTICE) && !c->failed) {
        log_as("cleanup", LOG_LEVEL_WARN, "%s: queue file size limit exceeded", cleanup_id(c));
        cleanup_fail(c, "5.3.4", "message file too big");
    }
}

/* Bare CR and LF in whole lines become blanks. */
static void replace_strays(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((p[i] == '\n' && (i == 0 || p[i - 1] != '\r')) || (p[i] == '\r' && (i + 1 == n || p[i + 1] != '\n')))
            p[i] = ' ';
}

void cleanup_put_header(struct cleanup *c, struct str header)
{
    if (c->failed)
        return;
    c->header_size += (int64_t)header.n + 2;
    buf_reset(&c->out);
    if (header.n && header.p[0] == '.')
        buf_putc(&c->out, '.');
    buf_str(&c->out, header);
    if (par_cleanup_replace_stray_cr_lf())
        replace_strays(c->out.p, c->out.n);
    buf_add(&c->out, "\r\n", 2);
    qfile_write(c->w, c->out.p, c->out.n);
    check_size(c);
}

/* A chunk whose first byte may be the LF of a CR that was written before. */
static void put_replaced(struct cleanup *c, const char *p, size_t n)
{
    bool line_end = p[0] == '\n' && c->cr_written;

    buf_reset(&c->out);
    buf_add(&c->out, p, n);
    replace_strays(c->out.p, c->out.n);
    if (line_end)
        c->out.p[0] = '\n';
}

static void put_scanned(struct cleanup *c, const char *p, size_t n, bool stray)
{
    struct wire_scan before = c->body;
    size_t used;
    bool end;

    c->body.bare_lf = c->body.bare_cr = false;
    end = wire_scan(&c->body, p, n, &used) == OK;
    if ((stray || c->body.bare_lf || c->body.bare_cr) && par_cleanup_replace_stray_cr_lf()) {
        c->body = before;
        put_replaced(c, p, n);
        p = c->out.p;
        end = wire_scan(&c->body, p, n, &used) == OK;
    }
    c->cr_written = p[n - 1] == '\r';
    qfile_write(c->w, p, n);
    if (end) /* no caller of ours does that; a file with two ends must not exist */
        cleanup_fail(c, "4.3.0", "internal protocol error");
    check_size(c);
}

/* A CR at the end of a chunk waits: only the next byte tells whether it is a line end. */
void cleanup_put_body(struct cleanup *c, const char *p, size_t n)
{
    if (c->failed || n == 0)
        return;
    if (c->cr_waits) {
        c->cr_waits = false;
        put_scanned(c, p[0] == '\n' ? "\r" : " ", 1, false);
    }
    if (p[n - 1] == '\r' && par_cleanup_replace_stray_cr_lf()) {
        c->cr_waits = true;
        n--;
    }
    if (n && !c->failed)
        put_scanned(c, p, n, c->cr_waits && p[n - 1] == '\r');
}

void cleanup_header_reset(struct cleanup *c)
{
    buf_reset(&c->header);
    c->header_folds = 0;
    c->header_full = false;
}

static void end_header(struct cleanup *c)
{
    if (c->header.n && !c->failed)
        cleanup_header(c, &c->header);
    cleanup_header_reset(c);
}

/* The header that 8bit and binary have given way to. */
static void put_encoding(struct cleanup *c)
{
    const char *instead = c->convert ? mime_instead(c->mime) : NULL;
    struct buf line;

    if (!instead || c->failed)
        return;
    buf_init(&line, 100);
    buf_printf(&line, "Content-Transfer-Encoding: %s", instead);
    cleanup_put_header(c, buf_view(&line));
    buf_done(&line);
}

static void begin_body(struct cleanup *c)
{
    end_header(c);
    if (!c->failed)
        cleanup_missing(c);
    if (c->mime) {
        put_encoding(c);
        mime_headers_end(c->mime);
        cleanup_mime_check(c);
    }
    c->stage = STAGE_BODY;
}

static void body(struct cleanup *c, const char *p, size_t n)
{
    if (c->by_line)
        cleanup_lines(c, p, n);
    else
        cleanup_put_body(c, p, n);
}

/* Text that is no header follows without a blank line; a message may begin with it. */
static void end_without_blank(struct cleanup *c, bool allowed)
{
    const char *action = allowed ? "fix_quietly" : par_non_empty_end_of_header_action();

    if (str_cmp_case(action, "reject") == 0)
        cleanup_fail(c, "5.5.2", "message header was not terminated by an empty line");
    else if (str_cmp_case(action, "add_header") == 0)
        cleanup_put_header(c, STR("MIME-Error: message header was not terminated by an empty line"));
    cleanup_put_body(c, "\r\n", 2);
}

static bool is_from_line(struct str line)
{
    while (line.n && line.p[0] == '>')
        line = (struct str){ line.p + 1, line.n - 1 };
    return line.n >= 5 && memcmp(line.p, "From ", 5) == 0;
}

/* Could this beginning of a line belong to a header? A name that is too long for a line is none. */
static bool may_be_header(const struct cleanup *c, struct str line)
{
    size_t limit = (size_t)(par_line_length_limit() < par_header_size_limit() ? par_line_length_limit()
                                                                                : par_header_size_limit());

    if (line.n == 0)
        return false;
    if (is_blank(line.p[0]))
        return c->header.n > 0;
    if (line.n > limit)
        line.n = limit;
    return header_name_length(line) > 0 || (c->stage == STAGE_FIRST && is_from_line(line));
}

/* A line end counts as one byte; of a further line not less than a line's worth goes in (as in Postfix). */
void cleanup_header_add(struct cleanup *c, struct str text, bool further)
{
    enum { WORTH = 70 };
    size_t name = c->header.n ? 0 : header_name_length(text), colon = str_find(text, ':');
    size_t limit = (size_t)par_header_size_limit(), used, room;

    if (name) { /* without blanks in front of the colon */
        buf_add(&c->header, text.p, name);
        text = (struct str){ text.p + colon, text.n - colon };
    }
    used = c->header.n - c->header_folds + further;
    room = used < limit ? limit - used : 0;
    text.n = strnlen(text.p, text.n); /* a header ends at NUL: checks see no further either */
    if (c->header_full || (further && text.n > room && room < WORTH)) {
        c->header_full = true;
        return;
    }
    if (further)
        buf_add(&c->header, "\r\n", 2);
    c->header_folds += further;
    c->header_full = text.n > room;
    buf_add(&c->header, text.p, text.n < room ? text.n : room);
}

/* A header line without its CRLF, unstuffed; may_be_header() holds. */
static void header_line(struct cleanup *c, struct str line)
{
    bool further = is_blank(line.p[0]);

    if (!further) {
        end_header(c);
        if (header_name_length(line))
            c->stage = STAGE_HEADERS;
        else /* "From " of a mailbox file; others may follow */
            buf_puts(&c->header, "X-Mailbox-Line: ");
    }
    cleanup_header_add(c, line, further);
}

static struct str unstuffed(struct str line)
{
    return line.n && line.p[0] == '.' ? (struct str){ line.p + 1, line.n - 1 } : line;
}

/* The line in c->line, complete. */
static void whole_line(struct cleanup *c)
{
    struct str line = unstuffed(buf_view(&c->line));

    if (c->char_filter)
        line.n = cleanup_filter_chars(c, c->line.p + (line.p - c->line.p), line.n);
    if (may_be_header(c, line)) {
        header_line(c, line);
    } else {
        bool text_first = c->stage == STAGE_FIRST && line.n && is_blank(line.p[0]);

        begin_body(c);
        if (line.n) {
            end_without_blank(c, text_first);
            body(c, c->line.p, c->line.n);
            body(c, "\r\n", 2);
        } else {
            cleanup_put_body(c, "\r\n", 2);
        }
    }
    buf_reset(&c->line);
    c->line_over = false;
}

/* The line does not fit into memory: the rest of a header is dropped, other text is the body. */
static void long_line(struct cleanup *c)
{
    if (may_be_header(c, unstuffed(buf_view(&c->line)))) {
        c->line_over = true;
        return;
    }
    begin_body(c);
    end_without_blank(c, false);
    body(c, c->line.p, c->line.n);
    buf_reset(&c->line);
}

/* Takes bytes up to the end of a line. Returns how many. */
static size_t take_header_bytes(struct cleanup *c, const char *p, size_t n)
{
    const char *lf = memchr(p, '\n', n);
    size_t len = lf ? (size_t)(lf - p) + 1 : n;
    bool cr = lf && (len > 1 ? p[len - 2] == '\r' : c->line_cr);

    if (!c->line_over)
        buf_add(&c->line, p, len);
    c->line_cr = p[len - 1] == '\r';
    if (cr) {
        if (!c->line_over)
            buf_cut(&c->line, c->line.n - 2);
        whole_line(c);
    } else if (!c->line_over && c->line.n > (size_t)par_header_size_limit() + 2) {
        long_line(c);
    }
    return len;
}

void cleanup_content(struct cleanup *c, const char *p, size_t n)
{
    while (n && c->stage != STAGE_BODY && !c->failed) {
        size_t used = take_header_bytes(c, p, n);

        p += used;
        n -= used;
    }
    if (n && !c->failed)
        body(c, p, n);
}

void cleanup_text_begins(struct cleanup *c)
{
    if (c->stage != STAGE_BODY) {
        end_header(c);
        c->stage = STAGE_FIRST;
    }
}

void cleanup_content_end(struct cleanup *c)
{
    if (c->failed)
        return;
    if (c->stage != STAGE_BODY) {
        if (c->line.n)
            whole_line(c); /* the last line had no end */
        if (c->stage != STAGE_BODY)
            begin_body(c);
    }
    if (c->by_line)
        cleanup_lines_end(c);
    if (c->cr_waits && !c->failed) {
        c->cr_waits = false;
        put_scanned(c, " ", 1, false);
    }
}
