/* smtp_reply.c - what a server answered, and what that means for mail
 *
 * Lines are added one by one, so the parser neither blocks nor owns a
 * connection. RFC 5321 section 4.2 (replies), RFC 2034 and 3463 (enhanced
 * status codes: believed only when their class agrees with the reply code).
 * Input: hostile.  Runs in: smtp, lmtp.  Parameters: none.
 * Tests: tests/unit/smtp_reply_test.c, tests/fuzz/fuzz_smtp_reply.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "mail/smtp_text.h"

void smtp_reply_init(struct smtp_reply *r)
{
    *r = (struct smtp_reply){ .code = 0 };
    buf_init(&r->text, SMTP_REPLY_MAX);
}

void smtp_reply_done(struct smtp_reply *r)
{
    buf_done(&r->text);
}

void smtp_reply_begin(struct smtp_reply *r)
{
    r->code = 0;
    r->dsn[0] = 0;
    buf_reset(&r->text);
}

/* What does not fit is dropped: the beginning tells more. */
static void add_text(struct smtp_reply *r, struct str line)
{
    size_t room = r->text.max - r->text.n;

    if (r->text.n && room > 1) {
        buf_putc(&r->text, ' ');
        room--;
    }
    buf_add(&r->text, line.p, line.n < room ? line.n : room);
}

enum result smtp_reply_add(struct smtp_reply *r, struct str line)
{
    struct smtp_reply_line parsed;

    add_text(r, line);
    if (smtp_reply_parse(line, &parsed) != OK) {
        r->code = 0;
        return PERM;
    }
    r->code = parsed.code; /* of several lines the last one counts */
    if (!r->dsn[0] && parsed.dsn.n && parsed.dsn.n < sizeof r->dsn && parsed.dsn.p[0] - '0' == parsed.code / 100)
        snprintf(r->dsn, sizeof r->dsn, "%.*s", (int)parsed.dsn.n, parsed.dsn.p);
    if (parsed.more)
        return AGAIN;
    if (!r->dsn[0] || r->dsn[0] - '0' != r->code / 100)
        snprintf(r->dsn, sizeof r->dsn, "%c.0.0", r->code / 100 + '0');
    str_printable(r->text.p, true);
    return OK;
}

enum result smtp_reply_why(const struct smtp_reply *r, struct why *why, const char *fmt, ...)
{
    char text[WHY_TEXT];
    bool failure = r->code >= 400 && r->code < 600;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    /* A 2xx or 3xx where only a failure makes sense: nothing that this server says can be relied on. */
    return why_set(why, failure ? r->dsn : "5.5.0", "%s%s", failure ? "" : "Protocol error: ", text);
}
