/* cleanup_missing.c - headers that a message must have and did not bring
 *
 * RFC 5322 section 3.6 wants From: and Date:; others expect Message-Id: and To:.
 * A message with Resent- headers is completed with the Resent- forms.
 * Parameters: always_add_missing_headers, undisclosed_recipients_header,
 * header_from_format, full_name_encoding_charset, enable_long_queue_ids.
 * Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "param/param.h"

static bool seen(const struct cleanup *c, enum header_id id)
{
    return c->headers_seen >> id & 1;
}

static const char *prefix(const struct cleanup *c)
{
    return c->resent ? "Resent-" : "";
}

static void put(struct cleanup *c, struct buf *header, enum header_id id)
{
    cleanup_header_rewritten(c, header, id);
}

static void add_message_id(struct cleanup *c, struct buf *b)
{
    time_t when = (time_t)c->env.arrival.tv_sec;
    struct tm tm;
    char stamp[32];
    size_t at;

    gmtime_r(&when, &tm);
    strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &tm);
    buf_printf(b, "%sMessage-Id: ", prefix(c));
    at = b->n;
    if (par_enable_long_queue_ids())
        buf_printf(b, "<%s@%s>", cleanup_id(c), par_myhostname());
    else
        buf_printf(b, "<%s.%s@%s>", stamp, cleanup_id(c), par_myhostname());
    log_as("cleanup", LOG_LEVEL_INFO, "%s: %smessage-id=%s", cleanup_id(c), c->resent ? "resent-" : "", b->p + at);
    if (!c->resent)
        cleanup_set_message_id(c, b->p + at);
    put(c, b, c->resent ? HDR_RESENT_MESSAGE_ID : HDR_MESSAGE_ID);
}

static void add_date(struct cleanup *c, struct buf *b)
{
    buf_printf(b, "%sDate: %s", prefix(c), clock_rfc5322(c->env.arrival.tv_sec));
    put(c, b, c->resent ? HDR_RESENT_DATE : HDR_DATE);
}

static bool is_atoms(const char *name)
{
    for (; *name; name++)
        if (!chr_is_alnum((unsigned char)*name) && !strchr("!#$%&'*+-/=?^_`{|}~ ", *name))
            return false;
    return true;
}

/* RFC 2047 section 5 (3): Q encoding inside a phrase, in words of at most 75 bytes. */
static void put_encoded(struct buf *b, const char *name)
{
    enum { WORD_MAX = 60 };
    const char *charset = par_full_name_encoding_charset();
    size_t word = 0;

    for (const char *p = name; *p; p++) {
        unsigned char ch = (unsigned char)*p;

        if (word == 0 || (word > WORD_MAX && (ch & 0xC0) != 0x80)) {
            buf_printf(b, "%s=?%s?Q?", word ? "?= " : "", charset);
            word = strlen(charset) + 5;
        }
        if (chr_is_alnum(ch) || (ch && strchr("!*+-/", ch))) {
            buf_putc(b, ch);
            word++;
        } else {
            buf_printf(b, "=%02X", ch);
            word += 3;
        }
    }
    buf_puts(b, "?=");
}

static void put_quoted(struct buf *b, const char *name, const char *escaped)
{
    for (; *name; name++) {
        if (strchr(escaped, *name))
            buf_putc(b, '\\');
        buf_putc(b, (unsigned char)*name < ' ' ? ' ' : *name);
    }
}

/* A comment may hold parentheses that come in pairs. */
static bool is_balanced(const char *name)
{
    int depth = 0;

    for (; *name && depth >= 0; name++)
        depth += *name == '(' ? 1 : *name == ')' ? -1 : 0;
    return depth == 0;
}

static void put_name(struct buf *b, const char *name)
{
    if (is_atoms(name)) {
        buf_puts(b, name);
    } else if (!str_is_ascii(str_of(name))) {
        put_encoded(b, name);
    } else {
        buf_putc(b, '"');
        put_quoted(b, name, "\"\\");
        buf_putc(b, '"');
    }
}

static void add_from(struct cleanup *c, struct buf *b)
{
    struct buf addr;

    buf_printf(b, "%sFrom: ", prefix(c));
    if (!*c->env.sender) { /* nobody's: without a name, and as it is */
        buf_puts(b, "MAILER-DAEMON");
        cleanup_put_header(c, buf_view(b));
        return;
    }
    buf_init(&addr, 3 * ADDR_MAX);
    addr_quote(&addr, str_of(c->env.sender));
    if (!c->full_name || !*c->full_name) {
        buf_str(b, buf_view(&addr));
    } else if (str_cmp_case(par_header_from_format(), "obsolete") == 0) {
        buf_printf(b, "%s (", addr.p);
        if (str_is_ascii(str_of(c->full_name)))
            put_quoted(b, c->full_name, is_balanced(c->full_name) ? "\\" : "()\\");
        else
            put_encoded(b, c->full_name);
        buf_putc(b, ')');
    } else {
        put_name(b, c->full_name);
        buf_printf(b, " <%s>", addr.p);
    }
    put(c, b, c->resent ? HDR_RESENT_FROM : HDR_FROM);
    buf_done(&addr);
}

static void add_to(struct cleanup *c, struct buf *b)
{
    const char *text = par_undisclosed_recipients_header();

    if (!*text)
        return;
    if (!header_name_length(str_of(text))) {
        log_as("cleanup", LOG_LEVEL_WARN, "bad %s header text \"%s\" -- need \"headername: headervalue\"",
               "undisclosed_recipients_header", text);
        return;
    }
    buf_puts(b, text);
    cleanup_put_header(c, buf_view(b));
}

void cleanup_missing(struct cleanup *c)
{
    bool wanted =
        c->header_ctx != REWRITE_NONE || (c->flags & CLEANUP_MISSING_HEADERS) || par_always_add_missing_headers();
    struct { enum header_id id; void (*add)(struct cleanup *, struct buf *); } rows[] = {
        { c->resent ? HDR_RESENT_MESSAGE_ID : HDR_MESSAGE_ID, add_message_id },
        { c->resent ? HDR_RESENT_DATE : HDR_DATE, add_date },
        { c->resent ? HDR_RESENT_FROM : HDR_FROM, add_from },
    };
    struct buf b;

    buf_init(&b, 65536);
    for (size_t i = 0; wanted && i < ARRAY_LEN(rows); i++) {
        buf_reset(&b);
        if (!seen(c, rows[i].id) && !c->failed)
            rows[i].add(c, &b);
    }
    buf_reset(&b);
    if (wanted && !c->failed && !seen(c, HDR_TO) && !seen(c, HDR_CC) && !seen(c, HDR_RESENT_TO) &&
        !seen(c, HDR_RESENT_CC))
        add_to(c, &b);
    if (!wanted && !seen(c, HDR_MESSAGE_ID))
        log_as("cleanup", LOG_LEVEL_INFO, "%s: message-id=<>", cleanup_id(c));
    buf_done(&b);
}
