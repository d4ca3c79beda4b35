/* smtp_tx.c - one message through one session: XFORWARD, MAIL, RCPT, DATA, content
 *
 * A table of states: each has a function that sends and one for the answer. What
 * was sent waits in a queue for its answer. With PIPELINING (RFC 2920) sending
 * runs ahead up to the point where an answer is needed, so MAIL, RCPT and DATA
 * leave in one write; without it the queue never holds more than one command.
 * Content is in wire form in the queue file and goes from there to the socket,
 * final dot included.
 * RFC 5321, 2033 (LMTP), 1870 (SIZE), 3461 (DSN), 6152 (8BITMIME), 6531 (SMTPUTF8).
 * Input: hostile replies; the envelope is text that anybody may have chosen.
 * Runs in: smtp, lmtp.  Called by smtp_connect.c.
 * Parameters: smtp_mail_timeout, smtp_rcpt_timeout, smtp_data_init_timeout, smtp_data_xfer_timeout,
 * smtp_data_done_timeout, smtp_rset_timeout, smtp_xforward_timeout, smtp_send_xforward_command,
 * smtp_quote_rfc821_envelope, smtp_send_dummy_mail_auth, smtp_address_verify_target,
 * smtp_pix_workaround_delay_time, lmtp_assume_final, smtp_log_tls_feature_status.
 * Tests: tests/client/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"

enum state { S_XFORWARD_NAME, S_XFORWARD_HELO, S_MAIL, S_RCPT, S_DATA, S_DOT, S_RSET, S_END };

enum rcpt_state { RCPT_OTHER, RCPT_TRY, RCPT_TAKEN }; /* not ours; not answered yet; the server has it */

enum {
    XFORWARD_FIRST = SMTP_XF_NAME | SMTP_XF_ADDR | SMTP_XF_PORT,
    XFORWARD_SECOND = SMTP_XF_PROTO | SMTP_XF_HELO | SMTP_XF_IDENT | SMTP_XF_SOURCE,
};

struct command {
    enum state state;
    size_t rcpt;
};

struct smtp_tx {
    struct smtp_session *ss;
    struct delivery *d;
    bool final;
    enum state send;               /* what to send next */
    size_t send_rcpt;              /* whose RCPT is next */
    unsigned char *rcpt;           /* enum rcpt_state by index in d->rcpts */
    struct command *queue;         /* sent, not answered: [answered, sent) */
    size_t sent, answered;
    size_t taken;
    bool any_reply;                /* the server has answered something in this transaction */
    bool mail_refused, data_open;  /* MAIL failed; 354 was given */
    bool dot_answered;
    bool lost, stale;
    struct smtp_content how;
    struct buf line, addr;
};

/* --- failures --- */

static bool open_rcpt(const struct smtp_tx *t, size_t i)
{
    return t->rcpt[i] != RCPT_OTHER && t->d->rcpts[i].outcome == DELIVER_PENDING;
}

static void fail_rcpt(struct smtp_tx *t, size_t i, enum result r, const struct why *why, bool from_server)
{
    struct delivery_rcpt *rcpt = &t->d->rcpts[i];

    if (r != PERM && !t->final) {
        log_info("%s: %s", t->d->queue_id, why->text);
        rcpt->why = *why;
    } else {
        if (from_server) {
            rcpt->diag_type = 's';
            rcpt->remote_mta = deliver_keep(t->d, t->ss->host);
        }
        deliver_failed(t->d, rcpt, t->ss->relay, r, why);
    }
    if (t->rcpt[i] == RCPT_TAKEN)
        t->taken--;
    t->rcpt[i] = RCPT_OTHER;
}

/* Everything that this session was to deliver. */
static void fail_all(struct smtp_tx *t, enum result r, const struct why *why, bool from_server)
{
    bool logged = false;

    for (size_t i = 0; i < t->d->n; i++) {
        if (!open_rcpt(t, i))
            continue;
        if (r == PERM || t->final) {
            fail_rcpt(t, i, r, why, from_server);
            continue;
        }
        if (!logged)
            log_info("%s: %s", t->d->queue_id, why->text);
        logged = true;
        t->d->rcpts[i].why = *why;
        t->rcpt[i] = RCPT_OTHER;
    }
    t->taken = 0;
}

/* Nothing more is sent or read. */
static void stop(struct smtp_tx *t)
{
    t->lost = true;
    t->send = S_END;
    t->answered = t->sent;
}

/* The connection is gone. Before the first answer on a kept session that means nothing: servers close idle ones. */
static void lost(struct smtp_tx *t)
{
    struct why why;
    enum result r = smtp_session_lost(t->ss, &why);

    t->ss->dead = true;
    stop(t);
    if (t->ss->uses > 0 && !t->any_reply && !t->data_open && t->ss->s.err != STREAM_TIMEOUT && !t->ss->garbage) {
        t->stale = true;
        return;
    }
    if (t->final) {
        t->d->dest_failed = true;
        t->d->dest_why = why;
    }
    fail_all(t, r, &why, false);
}

/* --- addresses --- */

/* An address for the wire, in t->addr: OK, or TEMP/PERM + why. A line end inside must never become one on the wire. */
static enum result wire_addr(struct smtp_tx *t, const char *internal, struct why *why)
{
    struct str s = str_of(internal);
    bool fits;

    buf_reset(&t->addr);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
            return why_set(why, "5.1.3", "bad address syntax");
    if (smtp_bool(P_smtp_quote_rfc821_envelope))
        fits = addr_quote(&t->addr, s);
    else
        fits = buf_str(&t->addr, s);
    if (!fits)
        return why_set(why, "5.1.3", "address too long");
    if (t->how.generic && s.n && smtp_generic(buf_view(&t->addr), &t->addr) != OK)
        return why_set(why, "4.3.0", "%s map lookup problem for %s", smtp_par_name(P_smtp_generic_maps), internal);
    return OK;
}

/* --- sending, one function per state --- */

static void put_line(struct smtp_tx *t)
{
    log_debug("> %s: %s", t->ss->namaddr, t->line.p);
    buf_puts(&t->line, "\r\n");
    stream_put(&t->ss->s, t->line.p, t->line.n);
    buf_reset(&t->line);
}

/* The line in t->line is a command whose answer will come. */
static void put(struct smtp_tx *t, enum state state, size_t rcpt)
{
    put_line(t);
    t->queue[t->sent++] = (struct command){ state, rcpt };
}

/* What is not known is left out. */
static void put_xforward(struct smtp_tx *t, unsigned feature, const char *name, const char *value)
{
    if (!(t->ss->features & feature) || !value || !*value || str_cmp_case(value, "unknown") == 0)
        return;
    buf_printf(&t->line, " %s=", name);
    (void)xtext_encode(&t->line, str_of(value), false);
}

static void end_xforward(struct smtp_tx *t, enum state state)
{
    if (strchr(t->line.p, ' '))
        put(t, state, 0);
    else
        buf_reset(&t->line); /* nothing to tell */
}

static void send_xforward_name(struct smtp_tx *t)
{
    const struct qfile_env *e = t->d->env;
    bool six = e->client_addr && strchr(e->client_addr, ':');
    char addr[128];

    snprintf(addr, sizeof addr, "%s%s", six ? "IPV6:" : "", e->client_addr ? e->client_addr : "");
    buf_puts(&t->line, "XFORWARD");
    put_xforward(t, SMTP_XF_NAME, "NAME", e->client_name);
    put_xforward(t, SMTP_XF_ADDR, "ADDR", addr);
    put_xforward(t, SMTP_XF_PORT, "PORT", e->client_port);
    end_xforward(t, S_XFORWARD_NAME);
    t->send = t->ss->features & XFORWARD_SECOND ? S_XFORWARD_HELO : S_MAIL;
}

static void send_xforward_helo(struct smtp_tx *t)
{
    const struct qfile_env *e = t->d->env;
    bool local = e->rewrite_context && !strcmp(e->rewrite_context, "local");
    bool client = e->client_addr && *e->client_addr;

    buf_puts(&t->line, "XFORWARD");
    put_xforward(t, SMTP_XF_PROTO, "PROTO", e->client_proto);
    put_xforward(t, SMTP_XF_HELO, "HELO", e->client_helo);
    put_xforward(t, SMTP_XF_IDENT, "IDENT", !client || (e->ident && *e->ident) ? e->ident : t->d->queue_id);
    put_xforward(t, SMTP_XF_SOURCE, "SOURCE", local ? "LOCAL" : "REMOTE");
    end_xforward(t, S_XFORWARD_HELO);
    t->send = S_MAIL;
}

static void send_mail(struct smtp_tx *t)
{
    const struct qfile_env *e = t->d->env;
    unsigned f = t->ss->features;
    struct why why;
    enum result r = wire_addr(t, e->sender, &why);

    if (r != OK) {
        fail_all(t, r, &why, false);
        t->send = S_END;
        return;
    }
    buf_printf(&t->line, "MAIL FROM:<%s>", t->addr.p);
    if ((f & SMTP_SIZE) && ((f & SMTP_8BITMIME) || par_disable_mime_output_conversion())) /* a conversion changes it */
        buf_printf(&t->line, " SIZE=%lld", (long long)e->content_len - 3); /* without the final dot */
    if ((f & SMTP_8BITMIME) && (e->flags & QF_BODY_8BIT) && !t->how.to_7bit)
        buf_puts(&t->line, " BODY=8BITMIME");
    if ((f & SMTP_UTF8) && (e->flags & QF_SMTPUTF8))
        buf_puts(&t->line, " SMTPUTF8");
    if (ENABLE_REQUIRETLS && t->ss->say_requiretls)
        buf_puts(&t->line, " REQUIRETLS");
    if (f & SMTP_DSN) {
        if (e->envid && *e->envid) {
            buf_puts(&t->line, " ENVID=");
            (void)xtext_encode(&t->line, str_of(e->envid), false);
        }
        if (e->ret)
            buf_printf(&t->line, " RET=%s", e->ret == DSN_RET_HDRS ? "HDRS" : "FULL");
    }
    if ((f & SMTP_AUTH) && smtp_bool(P_smtp_send_dummy_mail_auth))
        buf_puts(&t->line, " AUTH=<>");
    put(t, S_MAIL, 0);
    t->send = S_RCPT;
}

/* ORCPT and NOTIFY (RFC 3461 sections 4.1, 4.2); the original address has been decoded when it came in. */
static void put_dsn(struct smtp_tx *t, const struct qfile_rcpt *r)
{
    const char *semi = r->orcpt ? strchr(r->orcpt, ';') : NULL;

    if (semi) {
        bool utf8 = !strncmp(r->orcpt, "utf-8", 5) && (t->ss->features & SMTP_UTF8);

        buf_printf(&t->line, " ORCPT=%.*s;", (int)(semi - r->orcpt), r->orcpt);
        (void)xtext_encode(&t->line, str_of(semi + 1), utf8);
    } else if (r->orig && *r->orig) {
        struct buf quoted;

        buf_init(&quoted, 2 * ADDR_MAX);
        if (addr_quote(&quoted, str_of(r->orig)) && str_is_ascii(buf_view(&quoted))) {
            buf_puts(&t->line, " ORCPT=rfc822;");
            (void)xtext_encode(&t->line, buf_view(&quoted), false);
        }
        buf_done(&quoted);
    }
    if (r->notify)
        buf_printf(&t->line, " NOTIFY=%s", dsn_notify_text(r->notify));
}

static bool probe_ends_at_rcpt(const struct smtp_tx *t)
{
    return (t->d->flags & DELIVER_PROBE) && strcmp(smtp_str(P_smtp_address_verify_target), "data");
}

static size_t next_rcpt(const struct smtp_tx *t, size_t from)
{
    while (from < t->d->n && t->rcpt[from] != RCPT_TRY)
        from++;
    return from;
}

static void send_rcpt(struct smtp_tx *t)
{
    const struct qfile_rcpt *r = &t->d->rcpts[t->send_rcpt].r;
    struct why why;
    enum result result = wire_addr(t, r->addr, &why);

    if (result != OK) {
        fail_rcpt(t, t->send_rcpt, result, &why, false);
    } else {
        buf_printf(&t->line, "RCPT TO:<%s>", t->addr.p);
        if (t->ss->features & SMTP_DSN)
            put_dsn(t, r);
        put(t, S_RCPT, t->send_rcpt);
    }
    t->send_rcpt = next_rcpt(t, t->send_rcpt + 1);
    if (t->send_rcpt == t->d->n)
        t->send = probe_ends_at_rcpt(t) ? S_RSET : S_DATA;
}

static void send_data(struct smtp_tx *t)
{
    buf_puts(&t->line, "DATA");
    put(t, S_DATA, 0);
    t->send = t->d->flags & DELIVER_PROBE ? S_RSET : S_DOT;
}

static void put_header_lines(struct smtp_tx *t)
{
    static const struct { unsigned flag; const char *name; } lines[] = {
        { SMTP_ADD_RETURN_PATH, "Return-Path" }, { SMTP_ADD_ORIGINAL_TO, "X-Original-To" },
        { SMTP_ADD_DELIVERED_TO, "Delivered-To" },
    };
    size_t first = 0;

    while (first + 1 < t->d->n && t->rcpt[first] != RCPT_TAKEN)
        first++;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        const struct qfile_rcpt *r = &t->d->rcpts[first].r;
        const char *addr = lines[i].flag == SMTP_ADD_RETURN_PATH ? t->d->env->sender
                         : lines[i].flag == SMTP_ADD_ORIGINAL_TO && r->orig && *r->orig ? r->orig : r->addr;

        if (!(smtp_agent->argv_flags & lines[i].flag))
            continue;
        buf_reset(&t->addr);
        (void)addr_quote(&t->addr, str_of(addr));
        if (lines[i].flag == SMTP_ADD_RETURN_PATH)
            buf_printf(&t->line, "%s: <%s>", lines[i].name, t->addr.p);
        else
            buf_printf(&t->line, "%s: %s", lines[i].name, t->addr.p);
        str_printable(t->line.p, true);
        put_line(t);
    }
}

/* A firewall that looks at packets must see the end of data in one of its own. */
static void delay_dot(struct smtp_tx *t)
{
    if (stream_flush(&t->ss->s) == OK)
        (void)sleep((unsigned)smtp_num(P_smtp_pix_workaround_delay_time));
}

static enum result put_content(struct smtp_tx *t)
{
    const struct qfile_env *e = t->d->env;
    int64_t len = e->content_len;

    if (smtp_agent->argv_flags & (SMTP_ADD_DELIVERED_TO | SMTP_ADD_ORIGINAL_TO | SMTP_ADD_RETURN_PATH))
        put_header_lines(t);
    if (t->how.to_7bit || t->how.checks || t->how.generic || t->how.line_limit)
        return smtp_content_send(t->ss, t->d, &t->how);
    if (!(t->ss->features & SMTP_PIX_DELAY_DOT))
        return stream_send_file(&t->ss->s, t->d->fd, e->content_offset, len);
    if (stream_send_file(&t->ss->s, t->d->fd, e->content_offset, len - 3) != OK)
        return TEMP;
    delay_dot(t);
    stream_puts(&t->ss->s, ".\r\n");
    return OK;
}

/* Called when DATA has been answered with 354. With no recipient left the transaction ends with an empty message. */
static void send_dot(struct smtp_tx *t)
{
    smtp_session_limit(t->ss, P_smtp_data_xfer_timeout, "sending message body");
    if (!t->taken)
        stream_puts(&t->ss->s, ".\r\n");
    else if (put_content(t) != OK || stream_flush(&t->ss->s) != OK) {
        t->ss->dead = true; /* half a message: the connection is all that can be given up */
        if (t->ss->s.err == STREAM_FINE) {
            struct why why;

            fail_all(t, why_set(&why, "4.3.0", "unreadable mail queue entry"), &why, false);
            stop(t);
        } else
            lost(t);
        return;
    }
    t->send = S_END;
    for (size_t i = 0; i < t->d->n; i++)
        if (smtp_agent->lmtp && t->rcpt[i] == RCPT_TAKEN)
            t->queue[t->sent++] = (struct command){ S_DOT, i }; /* RFC 2033 section 4.2: a reply per recipient */
    if (!smtp_agent->lmtp)
        t->queue[t->sent++] = (struct command){ S_DOT, 0 };
}

static void send_rset(struct smtp_tx *t)
{
    buf_puts(&t->line, "RSET");
    put(t, S_RSET, 0);
    t->send = S_END;
}

/* --- replies, one function per state --- */

static const char *request_name(enum state s);

/* The server refused; the command at the head of the queue is the one it answers. */
static enum result said(struct smtp_tx *t, enum state state, struct why *why)
{
    return smtp_reply_why(&t->ss->reply, why, "host %s said: %s (in reply to %s)", t->ss->namaddr, t->ss->reply.text.p,
                          request_name(state));
}

static void got_xforward(struct smtp_tx *t, const struct command *c)
{
    if (t->ss->reply.code / 100 != 2)
        log_warn("host %s said: %s (in reply to %s)", t->ss->namaddr, t->ss->reply.text.p, request_name(c->state));
}

static void got_mail(struct smtp_tx *t, const struct command *c)
{
    struct why why;
    enum result r;

    if (t->ss->reply.code / 100 == 2)
        return;
    r = said(t, c->state, &why);
    fail_all(t, r, &why, true);
    t->mail_refused = true;
    if (t->send < S_DOT)
        t->send = S_END;
}

static void mark_sent(struct smtp_tx *t, size_t i, const char *deflt)
{
    struct delivery_rcpt *r = &t->d->rcpts[i];
    const struct smtp_reply *reply = &t->ss->reply;
    const char *dsn = reply->dsn[0] == '2' && strcmp(reply->dsn, "2.0.0") ? reply->dsn : deflt;
    bool dsn_peer = (t->ss->features & SMTP_DSN) != 0, final = (smtp_agent->argv_flags & SMTP_FINAL) != 0;

    if (smtp_agent->lmtp && param_num(P_lmtp_assume_final))
        final = true;
    r->diag_type = 's';
    r->relayed = dsn_peer ? 'p' : final ? 'd' : 'r';
    if (deliver_reports(t->d, r))
        r->remote_mta = deliver_keep(t->d, t->ss->host);
    deliver_sent(t->d, r, t->ss->relay, dsn, "%s", reply->text.p);
}

static void got_rcpt(struct smtp_tx *t, const struct command *c)
{
    struct why why;
    enum result r;

    if (t->rcpt[c->rcpt] != RCPT_TRY)
        return; /* MAIL was refused, so this says nothing new */
    if (t->ss->reply.code / 100 != 2) {
        r = said(t, c->state, &why);
        fail_rcpt(t, c->rcpt, r, &why, true);
    } else if (probe_ends_at_rcpt(t)) {
        mark_sent(t, c->rcpt, "2.1.5");
    } else {
        t->rcpt[c->rcpt] = RCPT_TAKEN;
        t->taken++;
    }
}

static void got_data(struct smtp_tx *t, const struct command *c)
{
    struct why why;
    enum result r;

    t->data_open = t->ss->reply.code / 100 == 3;
    if (!t->data_open) {
        r = said(t, c->state, &why);
        fail_all(t, r, &why, true);
        t->send = S_END;
    } else if (t->d->flags & DELIVER_PROBE) {
        for (size_t i = 0; i < t->d->n; i++)
            if (t->rcpt[i] == RCPT_TAKEN)
                mark_sent(t, i, "2.0.0");
        t->ss->dead = true; /* there is no way back from 354 but to hang up */
        stop(t);
    }
}

static void got_dot(struct smtp_tx *t, const struct command *c)
{
    size_t from = smtp_agent->lmtp ? c->rcpt : 0, to = smtp_agent->lmtp ? c->rcpt + 1 : t->d->n;
    bool ok = t->ss->reply.code / 100 == 2;
    struct why why;
    enum result r = ok ? OK : said(t, c->state, &why);

    t->dot_answered = true;
    if (!ok && !smtp_agent->lmtp) {
        fail_all(t, r, &why, true);
        return;
    }
    for (size_t i = from; i < to && ok; i++)
        if (t->rcpt[i] == RCPT_TAKEN)
            deliver_mark_now(t->d, &t->d->rcpts[i]);
    for (size_t i = from; i < to; i++) {
        if (t->rcpt[i] != RCPT_TAKEN)
            continue;
        if (ok)
            mark_sent(t, i, "2.0.0");
        else
            fail_rcpt(t, i, r, &why, true);
    }
}

static void got_rset(struct smtp_tx *t, const struct command *c UNUSED)
{
    if (t->ss->reply.code / 100 != 2)
        t->ss->dead = true;
}

/* --- the table --- */

static const struct {
    const char *doing;
    const char *request;
    enum par_id timeout;
    void (*send)(struct smtp_tx *t);
    void (*got)(struct smtp_tx *t, const struct command *c);
} states[] = {
    [S_XFORWARD_NAME] = { "sending XFORWARD name/address", "XFORWARD name/address command", P_smtp_xforward_timeout,
                          send_xforward_name, got_xforward },
    [S_XFORWARD_HELO] = { "sending XFORWARD protocol/helo_name", "XFORWARD helo/protocol command",
                          P_smtp_xforward_timeout,
                          send_xforward_helo, got_xforward },
    [S_MAIL] = { "sending MAIL FROM", "MAIL FROM command", P_smtp_mail_timeout, send_mail, got_mail },
    [S_RCPT] = { "sending RCPT TO", "RCPT TO command", P_smtp_rcpt_timeout, send_rcpt, got_rcpt },
    [S_DATA] = { "sending DATA command", "DATA command", P_smtp_data_init_timeout, send_data, got_data },
    [S_DOT] = { "sending end of data -- message may be sent more than once", "end of DATA command",
                P_smtp_data_done_timeout,
                send_dot, got_dot },
    [S_RSET] = { "sending final RSET", "final RSET probe", P_smtp_rset_timeout, send_rset, got_rset },
};

static const char *request_name(enum state s)
{
    return states[s].request;
}

/* What follows DATA needs its answer; without PIPELINING everything does. */
static bool may_send(const struct smtp_tx *t, size_t under_way)
{
    if (t->send == S_END)
        return false;
    if (t->answered == t->sent)
        return true;
    return (t->ss->features & SMTP_PIPELINING) && t->send != S_DOT && under_way < SMTP_PIPELINE;
}

/* The time limit of the oldest command without an answer. */
static void limit(struct smtp_tx *t)
{
    enum state s = t->queue[t->answered].state;

    smtp_session_limit(t->ss, states[s].timeout, states[s].doing);
}

static void send_some(struct smtp_tx *t)
{
    size_t under_way = 0;

    while (may_send(t, under_way)) {
        if (t->answered == t->sent) {
            t->answered = t->sent = under_way = 0;
            if (t->send == S_DATA && !t->taken) { /* every recipient was refused */
                t->send = S_END;
                break;
            }
        }
        states[t->send].send(t);
        under_way += 64;
    }
    if (t->lost || t->answered == t->sent)
        return;
    limit(t);
    if (stream_flush(&t->ss->s) != OK)
        lost(t);
}

static void read_reply(struct smtp_tx *t)
{
    struct command c = t->queue[t->answered];

    limit(t);
    if (smtp_session_reply(t->ss) != OK || (t->ss->reply.code == 421 && t->ss->uses > 0 && !t->any_reply)) {
        lost(t);
        return;
    }
    t->answered++;
    t->any_reply = true;
    states[c.state].got(t, &c);
    if (t->ss->dead && !t->lost && (t->answered < t->sent || t->send != S_END))
        lost(t);
}

/* What the server cannot take at all is known before the first command. */
static enum result check_limits(struct smtp_tx *t, struct why *why)
{
    const struct qfile_env *e = t->d->env;
    const struct smtp_session *ss = t->ss;

    if ((ss->features & SMTP_SIZE) && ss->size_limit && e->content_len - 3 > ss->size_limit)
        return why_set(why, "5.3.4", "message size %lld exceeds size limit %lld of server %s",
                       (long long)e->content_len - 3, (long long)ss->size_limit, ss->namaddr);
    if ((e->flags & QF_SMTPUTF8) && (e->flags & QF_UTF8_ADDR) && par_smtputf8_enable() && !(ss->features & SMTP_UTF8))
        return why_set(why, "5.6.7", "SMTPUTF8 is required, but was not offered by host %s", ss->namaddr);
    return OK;
}

static void begin(struct smtp_tx *t)
{
    size_t n = t->d->n;

    t->rcpt = mem_new(n);
    t->queue = mem_new_array(2 * n + S_END, sizeof *t->queue);
    buf_init(&t->line, 16 * ADDR_MAX);
    buf_init(&t->addr, 3 * ADDR_MAX);
    for (size_t i = 0; i < n; i++)
        t->rcpt[i] = t->d->rcpts[i].outcome == DELIVER_PENDING ? RCPT_TRY : RCPT_OTHER;
    t->send_rcpt = next_rcpt(t, 0);
    t->send = S_MAIL;
    if (smtp_bool(P_smtp_send_xforward_command)) {
        if (t->ss->features & XFORWARD_SECOND)
            t->send = S_XFORWARD_HELO;
        if (t->ss->features & XFORWARD_FIRST)
            t->send = S_XFORWARD_NAME;
    }
    smtp_content_needs(t->d, t->ss, &t->how);
}

static enum smtp_tx_end end(struct smtp_tx *t)
{
    free(t->rcpt);
    free(t->queue);
    buf_done(&t->line);
    buf_done(&t->addr);
    if (t->stale)
        return TX_STALE;
    if (t->lost || t->ss->dead)
        return TX_LOST;
    return t->dot_answered || !t->any_reply ? TX_CLEAN : TX_DIRTY;
}

enum smtp_tx_end smtp_tx(struct smtp_session *ss, struct delivery *d, bool final)
{
    struct smtp_tx t = { .ss = ss, .d = d, .final = final };
    struct why why;
    enum result r;

    begin(&t);
    r = check_limits(&t, &why);
    if (r != OK) {
        fail_all(&t, r, &why, false);
        return end(&t);
    }
    while (t.send != S_END || t.answered < t.sent) {
        send_some(&t);
        while (t.answered < t.sent)
            read_reply(&t);
    }
    return end(&t);
}
