/* smtp_content.c - content that must change on its way out
 *
 * Used only when something asks for it: lines that are too long, 8-bit data for
 * a server without 8BITMIME, smtp_generic_maps, smtp_header_checks and relatives.
 * All other mail goes from the queue file to the socket untouched (smtp_tx.c).
 * Reads wire form line by line, writes wire form. RFC 5321 section 4.5.3.1.6, 5322, 6152.
 * Input: hostile (message content).  Runs in: smtp, lmtp.
 * Parameters: mime_nesting_limit, mime_boundary_length_limit, smtp_line_length_limit, smtp_generic_maps,
 * smtp_header_checks, smtp_mime_header_checks,
 * smtp_nested_header_checks, smtp_body_checks, body_checks_size_limit, header_size_limit,
 * disable_mime_output_conversion.
 * Tests: tests/unit/smtp_content_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "mail/addr.h"
#include "mail/header.h"
#include "mail/mime.h"
#include "mail/qp.h"
#include "route/rewrite.h"

enum {
    LINE_PIECE = 65536,  /* a longer line is broken here, whatever the limit says */
    READ_CHUNK = 16384,
};

#define CTE "Content-Transfer-Encoding: "

enum check_class { CHECK_HEADER, CHECK_MIME, CHECK_NESTED, CHECK_BODY, CHECK_COUNT };

static struct maps *checks[CHECK_COUNT];
static const enum par_id check_ids[] = { P_smtp_header_checks, P_smtp_mime_header_checks, P_smtp_nested_header_checks,
                                         P_smtp_body_checks };

struct content {
    struct smtp_session *ss;
    struct delivery *d;
    const struct smtp_content *how;
    struct mime *mime;
    bool in_headers, primary; /* headers; of the message */
    struct buf header;   /* the header that is being collected: lines joined by LF */
    struct buf work;
    int64_t body_seen;   /* bytes of this body that body checks have looked at */
};

void smtp_content_init(void)
{
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        const char *list = smtp_str(check_ids[i]);

        checks[i] = *list ? maps_open(smtp_par_name(check_ids[i]), list, MAP_BYTES) : NULL;
    }
}

void smtp_content_needs(const struct delivery *d, const struct smtp_session *ss, struct smtp_content *out)
{
    size_t limit = (size_t)smtp_num(P_smtp_line_length_limit);

    *out = (struct smtp_content){ .generic = smtp_agent->generic != NULL };
    for (size_t i = 0; i < CHECK_COUNT; i++)
        out->checks = out->checks || checks[i];
    /* A limit below that of RFC 5321 is not known to be kept: every message is looked at. */
    if (limit && ((d->env->flags & QF_LONG_LINES) || limit < 998))
        out->line_limit = limit;
    out->to_7bit = (d->env->flags & QF_BODY_8BIT) && !(ss->features & SMTP_8BITMIME) &&
                   !par_disable_mime_output_conversion();
}

/* --- output --- */

/* One text line, broken where it is too long. */
static void put_line(struct content *c, struct str line)
{
    struct stream *s = &c->ss->s;
    size_t limit = c->how->line_limit;

    if (limit && line.n > limit)
        log_info("%s: breaking line > %zu bytes with <CR><LF>SPACE", c->d->queue_id, limit);
    for (bool first = true; first || line.n; first = false) {
        size_t n = limit && line.n > limit ? limit : line.n;

        if (!first)
            stream_puts(s, " ");
        else if (line.n && line.p[0] == '.')
            stream_puts(s, ".");
        stream_put(s, line.p, n);
        stream_puts(s, "\r\n");
        line = (struct str){ line.p + n, line.n - n };
    }
}

/* Text lines that LF separates; the last one has its LF. */
static void put_lines(struct content *c, struct str text)
{
    while (text.n) {
        size_t n = str_find(text, '\n');

        put_line(c, (struct str){ text.p, n });
        text = n < text.n ? (struct str){ text.p + n + 1, text.n - n - 1 } : (struct str){ text.p + n, 0 };
    }
}

/* --- generic addresses --- */

static bool is_local(struct str domain)
{
    return str_eq_case(domain, rewrite_origin());
}

/* addr in external form, and so is the answer. An unmatched extension is carried over. */
enum result smtp_generic(struct str addr, struct buf *out)
{
    struct buf found, ext;
    enum result r;

    buf_init(&found, 3 * ADDR_MAX);
    buf_init(&ext, 256);
    r = maps_find_address(smtp_agent->generic, addr, MAPS_EXT | MAPS_BARE | MAPS_DOMAIN, is_local, &found, &ext, NULL);
    if (r == OK) {
        struct str result = str_trim(buf_view(&found)), local = addr_local(result), domain = addr_domain(result);
        struct str old_local = addr_local(addr);
        struct buf next;

        buf_init(&next, 3 * ADDR_MAX);
        buf_str(&next, local.n || !domain.n ? local : old_local); /* "@domain": only the domain changes */
        if (!domain.n && !memchr(result.p, '@', result.n))
            domain = str_of(rewrite_origin());
        if (ext.n && strstr(par_propagate_unmatched_extensions(), "generic"))
            buf_str(&next, buf_view(&ext));
        buf_putc(&next, '@');
        buf_str(&next, domain);
        buf_reset(out);
        buf_str(out, buf_view(&next));
        buf_done(&next);
    }
    buf_done(&found);
    buf_done(&ext);
    return r == NONE ? OK : r;
}

/* Maps every address of a header value; everything else stays byte by byte. */
static enum result map_addresses(struct content *c, struct str name, struct str value)
{
    struct addr_piece piece;
    struct buf mapped;
    size_t at = 0;
    enum result r = OK;

    buf_reset(&c->work);
    buf_str(&c->work, name);
    buf_putc(&c->work, ':');
    buf_init(&mapped, 3 * ADDR_MAX);
    while (r == OK && addr_next(value, &at, &piece) == OK) {
        buf_reset(&mapped);
        if (piece.kind == ADDR_SPEC && buf_str(&mapped, piece.text))
            r = smtp_generic(piece.text, &mapped);
        buf_str(&c->work, piece.kind == ADDR_SPEC && mapped.n ? buf_view(&mapped) : piece.text);
    }
    buf_done(&mapped);
    if (r == OK && !c->work.over) {
        buf_reset(&c->header);
        buf_str(&c->header, buf_view(&c->work));
    }
    return r;
}

/* --- header and body checks --- */

static void say(const struct content *c, enum check_class class, const char *action, struct str what, struct str text)
{
    log_info("%s: %s: %s %.*s%s%.*s", c->d->queue_id, action, class == CHECK_BODY ? "body" : "header",
             (int)(what.n < 200 ? what.n : 200), what.p, text.n ? ": " : "", (int)text.n, text.p);
}

/* Looks the text up and acts: false = drop it. text may be replaced; before is put in front of it. */
static enum result check(struct content *c, enum check_class class, struct buf *text, struct buf *before, bool *keep)
{
    struct buf answer;
    struct str rest, action;
    enum result r;

    *keep = true;
    if (!checks[class])
        return OK;
    buf_init(&answer, 8192);
    r = maps_get(checks[class], buf_view(text), &answer, NULL);
    rest = buf_view(&answer);
    if (r == OK && str_word(&rest, " \t", &action) == OK) {
        rest = str_trim(rest);
        if (str_eq_case(action, "IGNORE") || str_eq_case(action, "STRIP")) {
            *keep = false;
            if (str_eq_case(action, "STRIP"))
                say(c, class, "strip", buf_view(text), rest);
        } else if (str_eq_case(action, "REPLACE") && rest.n) {
            say(c, class, "replace", buf_view(text), rest);
            buf_reset(text);
            buf_str(text, rest);
        } else if (str_eq_case(action, "PREPEND") && rest.n) {
            say(c, class, "prepend", buf_view(text), rest);
            buf_str(before, rest);
            buf_putc(before, '\n');
        } else if (str_eq_case(action, "WARN") || str_eq_case(action, "INFO")) {
            say(c, class, str_eq_case(action, "WARN") ? "warning" : "info", buf_view(text), rest);
        } else if (!str_eq_case(action, "DUNNO") && !str_eq_case(action, "OK")) {
            bool known = str_eq_case(action, "REPLACE") || str_eq_case(action, "PREPEND");
            const char *table = smtp_par_name(check_ids[class]);

            if (known)
                log_warn("%.*s action without text in %s map", (int)action.n, action.p, table);
            else
                log_warn("unsupported command in %s map: %.*s", table, (int)answer.n, answer.p);
        }
    }
    buf_done(&answer);
    return r == TEMP ? TEMP : OK;
}

static enum check_class class_of(const struct content *c, enum header_id id)
{
    if (header_flags(id) & HDR_MIME)
        return CHECK_MIME;
    return c->primary ? CHECK_HEADER : mime_place(c->mime) == MIME_NESTED_HEADER ? CHECK_NESTED : CHECK_MIME;
}

/* --- headers --- */

/* The header in c->header, as tables have it. */
static enum result put_checked(struct content *c, enum header_id id)
{
    struct buf before;
    bool keep;
    enum result r;

    buf_init(&before, 8192);
    r = check(c, class_of(c, id), &c->header, &before, &keep);
    put_lines(c, buf_view(&before));
    buf_done(&before);
    if (keep)
        put_lines(c, buf_view(&c->header));
    return r;
}

/* A whole header is in c->header. */
static enum result finish_header(struct content *c)
{
    struct str text = buf_view(&c->header), name = { text.p, header_name_length(text) }, value;
    enum header_id id = header_id(name);
    enum result r = OK;

    if (!text.n)
        return OK;
    value = (struct str){ text.p + str_find(text, ':') + 1, 0 };
    value.n = (size_t)(text.p + text.n - value.p);
    mime_header(c->mime, id, value);
    if (c->how->generic && c->primary && (header_flags(id) & (HDR_SENDER_ADDR | HDR_RCPT_ADDR)))
        r = map_addresses(c, name, value);
    if (r == OK && !(c->how->to_7bit && id == HDR_CONTENT_TRANSFER_ENCODING && mime_instead(c->mime)))
        r = put_checked(c, id);
    buf_reset(&c->header);
    return r;
}

/* The blank line. What the body is sent as is known now. */
static void finish_headers(struct content *c)
{
    const char *instead = c->how->to_7bit ? mime_instead(c->mime) : NULL;

    if (instead) {
        stream_puts(&c->ss->s, CTE);
        stream_puts(&c->ss->s, instead);
        stream_puts(&c->ss->s, "\r\n");
    }
    c->body_seen = 0;
    mime_headers_end(c->mime);
    c->in_headers = mime_place(c->mime) != MIME_BODY;
    c->primary = false;
}

static enum result header_line(struct content *c, struct str line)
{
    enum result r;

    if (line.n && (line.p[0] == ' ' || line.p[0] == '\t') && c->header.n) {
        if (c->header.n + line.n < (size_t)par_header_size_limit() && !c->header.over) {
            buf_putc(&c->header, '\n');
            buf_str(&c->header, line);
        }
        return OK;
    }
    r = finish_header(c);
    if (r != OK)
        return r;
    if (line.n && header_name_length(line)) {
        buf_str(&c->header, line);
        return OK;
    }
    finish_headers(c);
    put_line(c, line); /* the blank line, or text that is no header */
    return OK;
}

/* --- body --- */

static enum result body_line(struct content *c, struct str line)
{
    struct buf text, before;
    bool keep = true;
    enum result r = OK;

    if (mime_boundary(c->mime, line)) {
        c->in_headers = mime_place(c->mime) != MIME_BODY;
        put_line(c, line);
        return OK;
    }
    if (c->how->to_7bit && mime_converts(c->mime)) {
        buf_reset(&c->work);
        (void)qp_line(&c->work, line);
        stream_put(&c->ss->s, c->work.p, c->work.n);
        stream_puts(&c->ss->s, "\r\n");
        return OK;
    }
    if (!checks[CHECK_BODY] || c->body_seen > par_body_checks_size_limit()) {
        put_line(c, line);
        return OK;
    }
    c->body_seen += (int64_t)line.n + 1;
    buf_init(&text, LINE_PIECE + 8192);
    buf_init(&before, 8192);
    buf_str(&text, line);
    r = check(c, CHECK_BODY, &text, &before, &keep);
    put_lines(c, buf_view(&before));
    if (keep)
        put_line(c, buf_view(&text));
    buf_done(&text);
    buf_done(&before);
    return r;
}

static enum result one_line(struct content *c, struct str line)
{
    if (line.n && line.p[0] == '.')
        line = (struct str){ line.p + 1, line.n - 1 }; /* RFC 5321 section 4.5.2 */
    return c->in_headers ? header_line(c, line) : body_line(c, line);
}

/* --- reading --- */

/* Feeds whole lines from the buffer; what is left is the beginning of one. */
static enum result feed(struct content *c, struct buf *in)
{
    size_t at = 0;
    enum result r = OK;

    while (r == OK && c->ss->s.err == STREAM_FINE) {
        struct str rest = { in->p + at, in->n - at };
        size_t n = 0;

        while ((n += str_find((struct str){ rest.p + n, rest.n - n }, '\n')) < rest.n &&
               (n == 0 || rest.p[n - 1] != '\r'))
            n++; /* a bare line feed is content */
        if (n < rest.n) {
            r = one_line(c, (struct str){ rest.p, n - 1 });
            at += n + 1;
        } else if (rest.n >= LINE_PIECE) {
            r = one_line(c, (struct str){ rest.p, LINE_PIECE });
            at += LINE_PIECE;
        } else
            break;
    }
    buf_drop(in, at);
    return r;
}

static enum result read_all(struct content *c)
{
    const struct qfile_env *e = c->d->env;
    int64_t at = e->content_offset, end = e->content_offset + e->content_len - 3; /* without the final dot */
    struct buf in;
    enum result r = OK;

    buf_init(&in, LINE_PIECE + READ_CHUNK);
    while (at < end && r == OK && c->ss->s.err == STREAM_FINE) {
        size_t n = end - at < READ_CHUNK ? (size_t)(end - at) : READ_CHUNK;

        if (!buf_reserve(&in, n) || io_pread(c->d->fd, in.p + in.n, n, at) != OK) {
            log_warn("%s: cannot read queue file: %s", c->d->queue_id, strerror(errno));
            r = TEMP;
            break;
        }
        in.n += n;
        at += (int64_t)n;
        r = feed(c, &in);
    }
    buf_done(&in);
    if (r == OK && c->in_headers) {
        r = finish_header(c);
        finish_headers(c);
    }
    return r;
}

enum result smtp_content_send(struct smtp_session *ss, struct delivery *d, const struct smtp_content *how)
{
    struct content c = { .ss = ss, .d = d, .how = how, .in_headers = true, .primary = true };
    enum result r;

    c.mime = mime_new((size_t)par_mime_nesting_limit(), (size_t)par_mime_boundary_length_limit());
    buf_init(&c.header, LINE_PIECE + (size_t)par_header_size_limit());
    buf_init(&c.work, 4 * LINE_PIECE + (size_t)par_header_size_limit());
    r = read_all(&c);
    if (r == OK)
        stream_puts(&ss->s, ".\r\n");
    buf_done(&c.header);
    mime_free(c.mime);
    buf_done(&c.work);
    return r == OK && ss->s.err == STREAM_FINE ? OK : TEMP;
}
