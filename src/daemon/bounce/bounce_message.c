/* bounce_message.c - one notice, composed line by line and queued
 *
 * multipart/report with three parts (RFC 3462, 3464, 6533): explanation, delivery
 * report, the message or its headers. The message is copied in wire form, as it
 * lies in its queue file.
 * Runs in: bounce.
 * Parameters: myhostname, mail_name, enable_threaded_bounces, maximal_queue_lifetime,
 * smtputf8_enable.  Tests: tests/smtp/bounce-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/bounce/bounce_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "mail/wire.h"
#include "param/param.h"

enum { LINE_MAX_BYTES = 16384, BODY_MAX = 256 * 1024, COPY_CHUNK = 8192, FINAL_DOT = 3, VIA_MAX = 512 };

struct out {
    const struct bounce_mail *m;
    const struct qfile_env *env;  /* of the message it is about */
    struct cleanup *c;
    struct wire_scan scan;
    struct buf wire;
    char boundary[256];
    bool utf8;                    /* SMTPUTF8 message types */
};

static void put(struct out *o, const char *p, size_t n)
{
    size_t used;

    (void)(wire_scan(&o->scan, p, n, &used) == OK);
    cleanup_data(o->c, p, n);
}

static void put_line(struct out *o, struct str line)
{
    buf_reset(&o->wire);
    if (wire_put_line(&o->wire, line))
        put(o, o->wire.p, o->wire.n);
}

static void line(struct out *o, const char *fmt, ...) PRINTF(2, 3);

static void line(struct out *o, const char *fmt, ...)
{
    struct buf b;
    va_list ap;

    buf_init(&b, LINE_MAX_BYTES);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    put_line(o, buf_view(&b));
    buf_done(&b);
}

static void put_piece(void *arg, struct str part, bool indent)
{
    line(arg, "%s%.*s", indent ? "    " : "", (int)part.n, part.p);
}

static void wrapped(struct out *o, const char *fmt, ...) PRINTF(2, 3);

static void wrapped(struct out *o, const char *fmt, ...)
{
    struct buf b;
    va_list ap;

    buf_init(&b, LINE_MAX_BYTES);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    bounce_wrap(b.p, put_piece, o);
    buf_done(&b);
}

static const char *sender_shown(const struct out *o)
{
    static char daemon[300];

    if (o->env->sender[0])
        return o->env->sender;
    snprintf(daemon, sizeof daemon, "MAILER-DAEMON@%s", par_myhostname());
    return daemon;
}

static void put_text(struct out *o, const char *text)
{
    struct str rest = str_of(text);

    while (rest.n) {
        size_t n = str_find(rest, '\n');

        put_line(o, (struct str){ rest.p, n });
        n += n < rest.n;
        rest.p += n;
        rest.n -= n;
    }
}

static void put_header(struct out *o)
{
    const struct bounce_mail *m = o->m;
    const struct template *t = m->template;
    const char *date = clock_rfc5322((int64_t)time(NULL));
    const char *subject = m->postmaster && t->postmaster_subject ? t->postmaster_subject : t->subject;

    line(o, "Received: by %s (%s)", par_myhostname(), par_mail_name());
    line(o, "\tid %s; %s", cleanup_id(o->c), date);
    line(o, "Date: %s", date);
    line(o, "From: %s", t->from); /* a template's header is taken as it is (bounce(5)) */
    line(o, "Subject: %s", subject);
    line(o, "To: %s", m->to_header);
    if (par_enable_threaded_bounces() && o->env->message_id[0]) {
        line(o, "References: %s", o->env->message_id);
        line(o, "In-Reply-To: %s", o->env->message_id);
    }
    line(o, "Auto-Submitted: %s", m->postmaster ? "auto-generated" : "auto-replied");
    line(o, "MIME-Version: 1.0");
    line(o, "Content-Type: multipart/report; report-type=delivery-status;");
    line(o, "\tboundary=\"%s\"", o->boundary);
    line(o, "Content-Transfer-Encoding: 8bit");
    line(o, "%s", "");
    line(o, "This is a MIME-encapsulated message.");
    line(o, "%s", "");
}

/* "a b"@example.com, as people may type it. */
static const char *quoted(const char *addr, struct buf *out)
{
    buf_reset(out);
    return addr_quote(out, str_of(addr)) ? out->p : addr;
}

/* Reports of what happened, or would, name the relay. */
static void via(const struct out *o, const struct delivery_rcpt *r, char *out, size_t room)
{
    bool shown = r->relay && (o->m->kind == NOTICE_SUCCESS || o->m->kind == NOTICE_VERIFY);

    snprintf(out, room, "%s%s%s", shown ? "delivery via " : "", shown ? r->relay : "", shown ? ": " : "");
}

static void put_reason(struct out *o, const struct delivery_rcpt *r)
{
    struct buf addr, orig;
    char relay[VIA_MAX];

    buf_init(&addr, 3 * ADDR_MAX);
    buf_init(&orig, 3 * ADDR_MAX);
    line(o, "%s", "");
    via(o, r, relay, sizeof relay);
    if (r->r.orig[0] && str_cmp_case(r->r.orig, r->r.addr) != 0)
        wrapped(o, "<%s> (expanded from <%s>): %s%s", quoted(r->r.addr, &addr), quoted(r->r.orig, &orig), relay,
                r->why.text);
    else
        wrapped(o, "<%s>: %s%s", quoted(r->r.addr, &addr), relay, r->why.text);
    buf_done(&addr);
    buf_done(&orig);
}

static void put_explanation(struct out *o)
{
    const struct bounce_mail *m = o->m;
    bool ascii = str_eq_case(str_of(m->template->charset), "us-ascii");
    struct buf body;

    line(o, "--%s", o->boundary);
    line(o, "Content-Description: Notification");
    line(o, "Content-Type: text/plain; charset=%s", ascii && par_smtputf8_enable() ? "utf-8" : m->template->charset);
    line(o, "Content-Transfer-Encoding: 8bit");
    line(o, "%s", "");
    if (!m->postmaster) {
        buf_init(&body, BODY_MAX);
        template_body(m->template, &body);
        put_text(o, body.p);
        buf_done(&body);
    }
    for (size_t i = 0; i < m->n; i++)
        if (bounce_wanted(m, &m->rcpts[i]))
            put_reason(o, &m->rcpts[i]);
    line(o, "%s", "");
}

static const char *action(const struct bounce_mail *m, const struct delivery_rcpt *r)
{
    if (m->kind == NOTICE_FAILURE)
        return "failed";
    if (m->kind == NOTICE_DELAY)
        return "delayed";
    if (m->kind == NOTICE_VERIFY)
        return r->outcome == DELIVER_SENT ? "deliverable" : "undeliverable";
    if (r->outcome != DELIVER_SENT)
        return r->outcome == DELIVER_BOUNCED ? "failed" : "delayed";
    return r->relayed == 'r' || r->relayed == 'p' ? "relayed" : r->relayed == 'e' ? "expanded" : "delivered";
}

static const char *address_type(const struct out *o, const char *addr)
{
    return o->utf8 && !str_is_ascii(str_of(addr)) ? "utf-8" : "rfc822";
}

#define COMMAND_OUTPUT ". Command output: "

/* A command that said nothing: what its end means. */
static const char *command_end(const char *why)
{
    bool ended = strncmp(why, "Command died ", 13) == 0 || strncmp(why, "Command time limit ", 19) == 0;

    return ended ? "internal software error" : why;
}

static void put_diagnostic(struct out *o, const struct delivery_rcpt *r)
{
    struct str text = str_of(r->why.text), said = bounce_remote_text(r->why.text);
    const char *output = strstr(r->why.text, COMMAND_OUTPUT);
    char relay[VIA_MAX];

    via(o, r, relay, sizeof relay);
    if (r->diag_type == 's' && (said.p != text.p || r->outcome == DELIVER_SENT))
        wrapped(o, "Diagnostic-Code: smtp; %.*s", (int)said.n, said.p);
    else if (r->diag_type == 'u')
        wrapped(o, "Diagnostic-Code: x-unix; %s", output ? output + strlen(COMMAND_OUTPUT) : command_end(r->why.text));
    else
        wrapped(o, "Diagnostic-Code: X-%s; %s%s", par_mail_name(), relay, r->why.text);
}

/* False for what is no character. */
static bool put_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80 || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
        return false;
    if (c >= 0x800) {
        if (c >= 0x10000)
            buf_putc(out, (char)(0xf0 | c >> 18));
        buf_putc(out, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3f) : 0xe0 | c >> 12));
    }
    buf_putc(out, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
    buf_putc(out, (char)(0x80 | (c & 0x3f)));
    return true;
}

/* RFC 6533 section 3: "utf-8;" and \x{HEX} for what is not ASCII; in a report that may have UTF-8 it is that. */
static const char *unitext(const char *orcpt, struct buf *out)
{
    buf_reset(out);
    while (*orcpt) {
        size_t hex = strncmp(orcpt, "\\x{", 3) ? 0 : strspn(orcpt + 3, "0123456789ABCDEFabcdef");
        bool coded = hex >= 2 && hex <= 6 && orcpt[3 + hex] == '}';
        uint64_t c;

        if (coded && num_parse_hex((struct str){ orcpt + 3, hex }, &c) == OK && put_utf8(out, (uint32_t)c))
            orcpt += 3 + hex + 1;
        else
            buf_putc(out, *orcpt++);
    }
    return out->p;
}

static void put_recipient(struct out *o, const struct delivery_rcpt *r)
{
    const struct bounce_mail *m = o->m;
    struct buf text;

    buf_init(&text, 3 * ADDR_MAX);
    line(o, "%s", "");
    line(o, "Final-Recipient: %s; %s", address_type(o, r->r.addr), quoted(r->r.addr, &text));
    if (r->r.orcpt[0])
        line(o, "Original-Recipient: %s", o->utf8 ? unitext(r->r.orcpt, &text) : r->r.orcpt);
    else if (r->r.orig[0])
        line(o, "Original-Recipient: %s;%s", address_type(o, r->r.orig), quoted(r->r.orig, &text));
    buf_done(&text);
    line(o, "Action: %s", action(m, r));
    line(o, "Status: %s", r->why.dsn[0] ? r->why.dsn : m->kind == NOTICE_FAILURE ? "5.0.0" : "4.0.0");
    if (r->remote_mta)
        line(o, "Remote-MTA: dns; %s", r->remote_mta);
    put_diagnostic(o, r);
    if (m->kind == NOTICE_DELAY)
        line(o, "Will-Retry-Until: %s", clock_rfc5322((int64_t)o->env->arrival.tv_sec + par_maximal_queue_lifetime()));
}

static void put_report(struct out *o)
{
    const struct bounce_mail *m = o->m;
    const char *sender = sender_shown(o);

    line(o, "--%s", o->boundary);
    line(o, "Content-Description: Delivery report");
    line(o, "Content-Type: message/%sdelivery-status", o->utf8 ? "global-" : "");
    if (o->utf8)
        line(o, "Content-Transfer-Encoding: 8bit");
    line(o, "%s", "");
    line(o, "Reporting-MTA: dns; %s", par_myhostname());
    if (o->env->envid[0])
        line(o, "Original-Envelope-Id: %s", o->env->envid);
    line(o, "X-%s-Queue-ID: %s", par_mail_name(), m->id);
    line(o, "X-%s-Sender: %s; %s", par_mail_name(), address_type(o, sender), sender);
    line(o, "Arrival-Date: %s", clock_rfc5322((int64_t)o->env->arrival.tv_sec));
    for (size_t i = 0; i < m->n; i++)
        if (bounce_wanted(m, &m->rcpts[i]))
            put_recipient(o, &m->rcpts[i]);
    line(o, "%s", "");
}

/* Length of the headers at the start of wire content: up to the empty line, which is left out. */
static int64_t headers_length(const struct qfile *q, int64_t len)
{
    char chunk[COPY_CHUNK];
    int state = 2; /* line ends seen in a row: CR odd, CRLF even; the content begins a line */

    for (int64_t at = 0; at < len; at += COPY_CHUNK) {
        size_t n = len - at < COPY_CHUNK ? (size_t)(len - at) : COPY_CHUNK;

        if (io_pread(qfile_fd(q), chunk, n, qfile_env(q)->content_offset + at) != OK)
            return at;
        for (size_t i = 0; i < n; i++) {
            if (chunk[i] == '\r' && !(state & 1))
                state++;
            else if (chunk[i] == '\n' && (state & 1))
                state++;
            else
                state = chunk[i] == '\r';
            if (state == 4)
                return at + (int64_t)i - 1;
        }
    }
    return len;
}

static enum result put_content(struct out *o)
{
    const struct qfile *q = o->m->q;
    int64_t len = o->env->content_len - FINAL_DOT;
    char chunk[COPY_CHUNK];

    if (o->m->headers_only)
        len = headers_length(q, len);
    for (int64_t at = 0; at < len; at += COPY_CHUNK) {
        size_t n = len - at < COPY_CHUNK ? (size_t)(len - at) : COPY_CHUNK;

        if (io_pread(qfile_fd(q), chunk, n, o->env->content_offset + at) != OK)
            return TEMP;
        put(o, chunk, n);
    }
    return OK;
}

static enum result put_original(struct out *o)
{
    bool headers = o->m->headers_only, undelivered = o->m->kind == NOTICE_FAILURE || o->m->kind == NOTICE_DELAY;
    const char *type = headers ? o->utf8 ? "message/global-headers" : "text/rfc822-headers"
                       : o->utf8 ? "message/global"
                                 : "message/rfc822";
    enum result r;

    line(o, "--%s", o->boundary);
    line(o, "Content-Description: %sMessage%s", undelivered ? "Undelivered " : "", headers ? " Headers" : "");
    line(o, "Content-Type: %s", type);
    line(o, "Content-Transfer-Encoding: 8bit");
    line(o, "%s", "");
    line(o, "Return-Path: <%s>", sender_shown(o));
    r = put_content(o);
    line(o, "%s", "");
    line(o, "--%s--", o->boundary);
    return r;
}

bool bounce_wanted(const struct bounce_mail *m, const struct delivery_rcpt *r)
{
    return !m->notify || !r->r.notify || (r->r.notify & m->notify);
}

enum result bounce_send(const struct bounce_mail *m, char *id, struct why *why)
{
    struct qfile_env env = { .arrival = clock_wall(), .flags = QF_NOTICE | QF_BODY_8BIT, .sender = m->from,
                             .rewrite_context = "local" };
    struct out o = { .m = m, .env = qfile_env(m->q) };
    enum result r;

    o.utf8 = o.env->flags & QF_SMTPUTF8;
    if (o.utf8)
        env.flags |= QF_SMTPUTF8;
    o.c = cleanup_new(&env, REWRITE_LOCAL, CLEANUP_NOTICE | CLEANUP_MISSING_HEADERS, why);
    if (!o.c)
        return TEMP;
    r = cleanup_rcpt(o.c, m->to, "", 0, why);
    if (r != OK) {
        cleanup_abort(o.c);
        return r;
    }
    buf_init(&o.wire, 2 * LINE_MAX_BYTES);
    snprintf(o.boundary, sizeof o.boundary, "%s.%lld/%s", m->id, (long long)time(NULL), par_myhostname());
    put_header(&o);
    put_explanation(&o);
    put_report(&o);
    r = put_original(&o);
    buf_done(&o.wire);
    if (r == OK)
        return cleanup_end(o.c, o.scan.wire_bytes, id, why);
    cleanup_abort(o.c);
    why_set(why, "4.3.0", "cannot read the queue file");
    return TEMP;
}
