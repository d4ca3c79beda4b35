/* cleanup_lines.c - the body line by line, for body_checks, MIME header checks and forbidden characters
 *
 * The slow way; only taken when such a thing is configured. A line longer than
 * line_length_limit is looked at in pieces, as header and body checks document.
 * force_mime_input_conversion changes text that is not 7bit here.
 * Parameters: line_length_limit, body_checks_size_limit, message_reject_characters,
 * message_strip_characters, strict_*.  Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/qp.h"
#include "mail/mime.h"
#include "param/param.h"

/* Value of one character of a list in C notation, cut off *s. */
static unsigned char list_char(const char **s)
{
    static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    const char *p = *s, *at;
    unsigned value = 0;
    int digits = 0;

    if (*p != '\\' || !p[1]) {
        *s = p + 1;
        return (unsigned char)*p;
    }
    p++;
    for (; digits < 3 && p[digits] >= '0' && p[digits] <= '7'; digits++)
        value = value * 8 + (unsigned)(p[digits] - '0');
    *s = p + (digits ? digits : 1);
    if (digits)
        return (unsigned char)value;
    at = strchr(names, *p);
    return (unsigned char)(at ? values[at - names] : *p);
}

static bool in_char_list(const char *list, unsigned char c)
{
    while (*list)
        if (list_char(&list) == c)
            return true;
    return false;
}

size_t cleanup_filter_chars(struct cleanup *c, char *p, size_t n)
{
    const char *strip = par_message_strip_characters(), *reject = par_message_reject_characters();
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (*reject && in_char_list(reject, (unsigned char)p[i]) && !c->failed) {
            log_as("cleanup", LOG_LEVEL_INFO, "%s: reject: content disallowed character from %s[%s]; from=<%s>",
                   cleanup_id(c), c->env.client_name, c->env.client_addr, c->env.sender);
            cleanup_fail(c, "5.7.1", "disallowed character");
        }
        if (!*strip || !in_char_list(strip, (unsigned char)p[i]))
            p[kept++] = p[i];
    }
    return kept;
}

static void put_piece(struct cleanup *c, struct str text, bool first, bool last)
{
    if (first && text.n && text.p[0] == '.')
        cleanup_put_body(c, ".", 1);
    cleanup_put_body(c, text.p, text.n);
    if (last)
        cleanup_put_body(c, "\r\n", 2);
}

/* Text of a part; force_mime_input_conversion may have it in quoted-printable. */
static void put_text(struct cleanup *c, struct str text, bool first, bool last)
{
    struct buf quoted;

    if (!c->convert || !c->mime || !mime_converts(c->mime)) {
        put_piece(c, text, first, last);
        return;
    }
    buf_init(&quoted, 4 * text.n + 100);
    (void)qp_line(&quoted, text);
    cleanup_put_body(c, quoted.p, quoted.n);
    cleanup_put_body(c, last ? "\r\n" : "=\r\n", last ? 2 : 3);
    buf_done(&quoted);
}

static void put_lines(struct cleanup *c, struct str text)
{
    while (text.n) {
        size_t n = 0;

        while (n + 1 < text.n && !(text.p[n] == '\r' && text.p[n + 1] == '\n'))
            n++;
        if (n + 1 >= text.n)
            n = text.n;
        put_piece(c, (struct str){ text.p, n }, true, true);
        n = n + 2 < text.n ? n + 2 : text.n;
        text = (struct str){ text.p + n, text.n - n };
    }
}

void cleanup_mime_error(struct cleanup *c, const char *what, struct str text)
{
    const struct qfile_env *e = &c->env;
    bool local = e->flags & QF_LOCAL_ORIGIN;
    struct buf shown;

    if (c->failed)
        return;
    buf_init(&shown, 256);
    buf_add(&shown, text.p, text.n < 100 ? text.n : 100);
    log_as("cleanup", LOG_LEVEL_INFO, "%s: reject: mime-error %s: %s from %s%s%s%s; from=<%s>%s%s%s", cleanup_id(c),
           what, shown.p, local ? "local" : e->client_name, local ? "" : "[", local ? "" : e->client_addr,
           local ? "" : "]", e->sender, c->rcpt_n ? " to=<" : "", c->rcpt_n ? c->rcpts[0].addr : "",
           c->rcpt_n ? ">" : "");
    buf_done(&shown);
    cleanup_fail(c, "5.6.0", "%s", what);
}

void cleanup_mime_header(struct cleanup *c, enum header_id id, struct str header)
{
    size_t colon = str_find(header, ':');

    if (c->mime && colon < header.n)
        mime_header(c->mime, id, (struct str){ header.p + colon + 1, header.n - colon - 1 });
    if (c->mime && mime_too_deep(c->mime))
        cleanup_mime_error(c, "MIME nesting exceeds safety limit", header);
}

void cleanup_mime_check(struct cleanup *c)
{
    const char *wrong = mime_wrong_encoding(c->mime);

    if (wrong && par_strict_mime_encoding_domain())
        cleanup_mime_error(c, "invalid message/* or multipart/* encoding domain", str_of(wrong));
}

/* Looks at text; writes what is left of it. */
static void checked(struct cleanup *c, enum check_kind kind, struct buf *text, bool first, bool last)
{
    struct buf prepend;
    enum result r;

    buf_init(&prepend, 65536);
    r = cleanup_check(c, kind, text, &prepend);
    if (prepend.n)
        put_lines(c, buf_view(&prepend));
    if (r == OK && kind == CHECK_BODY)
        put_text(c, buf_view(text), first, last);
    else if (r == OK)
        put_lines(c, buf_view(text));
    buf_done(&prepend);
}

void cleanup_check_8bit_header(struct cleanup *c, struct str header)
{
    if ((par_strict_7bit_headers() || par_strict_8bitmime()) && !(c->env.flags & QF_SMTPUTF8) && !str_is_ascii(header))
        cleanup_mime_error(c, "improper use of 8-bit data in message header", header);
}

/* The header of a part or of an attached message. */
static void end_part_header(struct cleanup *c)
{
    enum check_kind kind = mime_place(c->mime) == MIME_HEADER ? CHECK_MIME_HEADER : CHECK_NESTED_HEADER;
    struct str header = buf_view(&c->header);
    enum header_id id = header_id((struct str){ header.p, header_name_length(header) });

    if (!header.n)
        return;
    cleanup_check_8bit_header(c, header);
    cleanup_mime_header(c, id, header);
    if (c->convert && id == HDR_CONTENT_TRANSFER_ENCODING && mime_instead(c->mime)) {
        cleanup_header_reset(c); /* end_part_headers() says what takes its place */
        return;
    }
    if (header_flags(id) & HDR_MIME)
        kind = CHECK_MIME_HEADER;
    if (cleanup_checks_header(c, kind))
        checked(c, kind, &c->header, true, true);
    else
        put_lines(c, header);
    cleanup_header_reset(c);
}

static void end_part_headers(struct cleanup *c)
{
    const char *instead;

    end_part_header(c);
    instead = c->convert ? mime_instead(c->mime) : NULL;
    if (instead) {
        put_piece(c, STR("Content-Transfer-Encoding: "), true, false);
        put_piece(c, str_of(instead), false, true);
    }
    mime_headers_end(c->mime);
}

/* What is in c->body_line, while headers of a part go by. False: it belongs to the text. */
static bool part_header_piece(struct cleanup *c, bool first)
{
    struct str line = buf_view(&c->body_line);

    if (!first) {
        if (c->header.n)
            cleanup_header_add(c, line, false);
        return c->header.n > 0;
    }
    if (line.n && (line.p[0] == ' ' || line.p[0] == '\t') && c->header.n) {
        cleanup_header_add(c, line, true);
    } else if (header_name_length(line)) {
        end_part_header(c);
        cleanup_header_add(c, line, false);
    } else {
        end_part_headers(c);
        cleanup_mime_check(c);
        c->body_checked = 1;
        if (line.n == 0)
            put_piece(c, line, true, true);
        return line.n == 0;
    }
    return true;
}

static void text_piece(struct cleanup *c, bool first, bool last)
{
    int64_t limit = par_body_checks_size_limit();

    if (c->mime && mime_is_7bit(c->mime) && (par_strict_8bitmime() || par_strict_8bitmime_body()) &&
        !str_is_ascii(buf_view(&c->body_line)))
        cleanup_mime_error(c, "improper use of 8-bit data in message body", buf_view(&c->body_line));

    if (cleanup_checks_body(c) && c->body_checked < limit)
        checked(c, CHECK_BODY, &c->body_line, first, last);
    else
        put_text(c, buf_view(&c->body_line), first, last);
    c->body_checked += (int64_t)c->body_line.n + 1;
}

/* What is in c->body_line; first and last: of its line. */
static void piece(struct cleanup *c, bool first, bool last)
{
    bool in_header = c->mime && mime_place(c->mime) != MIME_BODY;

    if (first && c->body_line.n && c->body_line.p[0] == '.')
        buf_drop(&c->body_line, 1);
    if (c->char_filter)
        buf_cut(&c->body_line, cleanup_filter_chars(c, c->body_line.p, c->body_line.n));
    if (c->mime && first && mime_boundary(c->mime, buf_view(&c->body_line))) {
        end_part_header(c);
        if (mime_place(c->mime) == MIME_BODY)
            c->body_checked = 0;
        text_piece(c, first, last);
    } else if (!in_header || !part_header_piece(c, first)) {
        text_piece(c, first, last);
    }
    buf_reset(&c->body_line);
}

void cleanup_lines(struct cleanup *c, const char *p, size_t n)
{
    size_t limit = (size_t)par_line_length_limit();

    while (n && !c->failed) {
        const char *lf = memchr(p, '\n', n);
        size_t len = lf ? (size_t)(lf - p) + 1 : n;
        bool whole =
            lf && (len > 1 ? p[len - 2] == '\r' : c->body_line.n && c->body_line.p[c->body_line.n - 1] == '\r');

        size_t room = c->body_line.n < limit ? limit - c->body_line.n : 1; /* 1: after a CR at the limit */

        if (len > room) {
            len = room;
            whole = false;
        }
        buf_add(&c->body_line, p, len);
        if (whole) {
            buf_cut(&c->body_line, c->body_line.n - 2);
            piece(c, !c->in_line, true);
            c->in_line = false;
        } else if (c->body_line.n >= limit && c->body_line.p[c->body_line.n - 1] != '\r') {
            piece(c, !c->in_line, false);
            c->in_line = true;
        }
        p += len;
        n -= len;
    }
}

void cleanup_lines_end(struct cleanup *c)
{
    if (c->body_line.n && !c->failed)
        piece(c, !c->in_line, false);
    if (c->mime && !c->failed)
        end_part_header(c);
}
