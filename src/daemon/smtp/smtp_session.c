/* smtp_session.c - a connection to a server: connect, commands, replies, TLS, QUIT
 *
 * smtp_session_open brings a session to the point where MAIL may be sent;
 * smtp_tx.c uses it for messages; smtp_connect.c decides how long it is kept.
 * Calls: smtp_hello.c, smtp_tls.c, smtp_auth.c.  RFC 5321, 3207 (STARTTLS).
 * Input: hostile (anything a server says).  Runs in: smtp, lmtp, in the jail.
 * Parameters: smtp_*_timeout, smtp_per_request_deadline, smtp_min_data_rate, smtp_bind_address_enforce,
 * smtp_reply_filter, smtp_skip_quit_response, smtp_tls_wrappermode, smtp_tls_note_starttls_offer,
 * minimal_backoff_time.
 * Tests: tests/client/
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"

enum { REPLY_LINES = 1000 }; /* no server has that much to say */

/* --- commands and replies --- */

void smtp_session_limit(struct smtp_session *ss, enum par_id timeout, const char *doing)
{
    int64_t seconds = smtp_num(timeout);

    ss->doing = doing;
    ss->s.timeout_ms = seconds > 1000000 ? 1000000000 : (int)seconds * 1000;
    ss->s.deadline = 0;
    if (smtp_bool(P_smtp_per_request_deadline)) {
        ss->s.deadline = clock_ms() + ss->s.timeout_ms;
        ss->s.min_rate = (int)smtp_num(P_smtp_min_data_rate);
    }
}

/* smtp_reply_filter: the line, or what takes its place. */
static struct str filter_line(struct str line, struct buf *out)
{
    if (!smtp_agent->reply_filter || maps_get(smtp_agent->reply_filter, line, out, NULL) != OK)
        return line;
    log_info("replacing server reply \"%.*s\" with \"%s\"", (int)(line.n < 200 ? line.n : 200), line.p, out->p);
    return buf_view(out);
}

/* The rest of a line that filled the read buffer. */
static enum result skip_line(struct smtp_session *ss)
{
    struct str line;
    bool crlf;
    enum result r = NONE;

    while (r == NONE)
        r = stream_line(&ss->s, &line, &crlf);
    return r;
}

/* One line into the reply, as smtp_reply_add; TEMP: connection trouble. */
static enum result read_line(struct smtp_session *ss, int number, smtp_line_fn *line, void *arg)
{
    struct str text;
    struct buf other;
    bool crlf;
    enum result got = stream_line(&ss->s, &text, &crlf), r;

    if (got == TEMP)
        return TEMP;
    if (got == NONE)
        log_info("%s: response longer than %d: %.30s...", ss->namaddr, SMTP_IN, text.p);
    buf_init(&other, SMTP_REPLY_MAX);
    text = filter_line(text, &other);
    log_debug("< %s: %.*s", ss->namaddr, (int)(text.n < 200 ? text.n : 200), text.p);
    r = number < REPLY_LINES ? smtp_reply_add(&ss->reply, text) : PERM;
    if (r != PERM && line && text.n > 4)
        line(ss, number, (struct str){ text.p + 4, text.n - 4 }, arg);
    buf_done(&other);
    return got == NONE && skip_line(ss) != OK ? TEMP : r;
}

enum result smtp_session_reply_lines(struct smtp_session *ss, smtp_line_fn *line, void *arg)
{
    enum result r = AGAIN;

    smtp_reply_begin(&ss->reply);
    for (int n = 0; r == AGAIN; n++)
        r = read_line(ss, n, line, arg);
    if (r == PERM) {
        log_info("non-%s response from %s: %.100s", smtp_agent->lmtp ? "LMTP" : "ESMTP", ss->namaddr, ss->reply.text.p);
        ss->garbage = true;
    }
    if (r != OK || ss->reply.code == 421)
        ss->dead = true; /* RFC 5321 section 3.8: after a 421 the server closes the channel */
    return r == OK ? OK : TEMP;
}

enum result smtp_session_reply(struct smtp_session *ss)
{
    return smtp_session_reply_lines(ss, NULL, NULL);
}

enum result smtp_session_command(struct smtp_session *ss, const char *fmt, ...)
{
    char text[2048];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text - 2, fmt, ap);
    va_end(ap);
    log_debug("> %s: %s", ss->namaddr, text);
    stream_printf(&ss->s, "%s\r\n", text);
    if (stream_flush(&ss->s) != OK) {
        ss->dead = true;
        return TEMP;
    }
    return smtp_session_reply(ss);
}

enum result smtp_session_secret(struct smtp_session *ss, struct str text)
{
    stream_put(&ss->s, text.p, text.n);
    stream_puts(&ss->s, "\r\n");
    if (stream_flush(&ss->s) != OK) {
        ss->dead = true;
        return TEMP;
    }
    mem_wipe(ss->s.out, ss->s.out_cap);
    return smtp_session_reply(ss);
}

enum result smtp_session_lost(const struct smtp_session *ss, struct why *why)
{
    if (ss->garbage)
        return why_set(why, "4.5.0", "Protocol error: host %s answered something other than SMTP while %s",
                       ss->namaddr, ss->doing);
    if (ss->s.err == STREAM_TIMEOUT)
        return why_set(why, "4.4.2", "conversation with %s timed out while %s", ss->namaddr, ss->doing);
    return why_set(why, "4.4.2", "lost connection with %s while %s", ss->namaddr, ss->doing);
}

/* --- connecting --- */

static void name_session(struct smtp_session *ss, const char *host, const char *addr, uint16_t port)
{
    snprintf(ss->host, sizeof ss->host, "%s", host);
    snprintf(ss->addr, sizeof ss->addr, "%s", addr);
    snprintf(ss->namaddr, sizeof ss->namaddr, "%s[%s]", ss->host, ss->addr);
    ss->port = port;
    if (port)
        snprintf(ss->relay, sizeof ss->relay, "%s:%u", ss->namaddr, port);
    else
        snprintf(ss->relay, sizeof ss->relay, "%s", ss->namaddr);
}

static int connect_inet(const struct smtp_host *host, int ms, bool *misconfigured)
{
    const struct sock_addr *from = host->addr.sa.sa_family == AF_INET ? &smtp_agent->bind4 : &smtp_agent->bind6;
    int fd = sock_connect(&host->addr, from->len ? from : NULL, ms);
    char text[SOCK_ADDR_TEXT];

    if (fd >= 0 || !from->len || errno != EADDRNOTAVAIL)
        return fd;
    sock_text(from, text);
    log_warn("smtp_connect_addr: bind %s: %s", text, strerror(errno));
    *misconfigured = smtp_bool(P_smtp_bind_address_enforce);
    return *misconfigured ? -1 : sock_connect(&host->addr, NULL, ms);
}

static int connect_to(const struct smtp_dest *dest, const struct smtp_host *host, struct smtp_session *ss,
                      struct why *why)
{
    int64_t seconds = smtp_num(P_smtp_connect_timeout);
    int ms = seconds ? (int)(seconds < 1000000 ? seconds : 1000000) * 1000 : -1, fd;
    char addr[SOCK_ADDR_TEXT];
    bool misconfigured = false;

    if (dest->unix_path) {
        name_session(ss, par_myhostname(), dest->host, 0);
        fd = sock_connect_unix(dest->host, ms);
    } else {
        sock_text(&host->addr, addr);
        name_session(ss, host->name, addr, sock_port(&host->addr));
        fd = connect_inet(host, ms, &misconfigured);
    }
    if (fd >= 0)
        return fd;
    if (misconfigured)
        (void)why_set(why, "4.4.0", "server configuration error");
    else
        (void)why_set(why, "4.4.1", "connect to %s: %s", ss->relay, strerror(errno));
    log_info("%s", why->text);
    return -1;
}

static struct smtp_session *session_new(void)
{
    struct smtp_session *ss = mem_new(sizeof *ss);

    smtp_reply_init(&ss->reply);
    ss->s.fd = -1;
    ss->opened = clock_ms();
    return ss;
}

static void session_free(struct smtp_session *ss)
{
    if (ss->s.fd >= 0)
        stream_done(&ss->s);
    smtp_reply_done(&ss->reply);
    free(ss);
}

/* --- TLS --- */

/* Postfix sends in plaintext after a failed handshake only what has waited for a while: the failure may pass. */
static bool may_go_plain(const struct smtp_session *ss, const struct delivery *d)
{
    bool secrets = ENABLE_SMTP_SASL && smtp_bool(P_smtp_sasl_auth_enable) && *smtp_str(P_smtp_sasl_password_maps);

    return ss->tls.level == LEVEL_MAY && !secrets &&
           ((d->env->flags & QF_TLS_OPTIONAL) || d->queued_ms >= par_minimal_backoff_time() * 1000);
}

static enum result handshake(struct smtp_session *ss, const struct delivery *d, struct why *why)
{
    smtp_session_limit(ss, P_smtp_starttls_timeout, "performing the TLS handshake");
    if (smtp_tls_start(ss, d->nexthop, why) == OK)
        return OK;
    ss->dead = true;
    ss->retry_plain = may_go_plain(ss, d);
    return TEMP;
}

/* What was announced in the clear counts for nothing afterwards (RFC 3207 section 4.2). */
static enum result start_tls(struct smtp_session *ss, const struct delivery *d, struct why *why)
{
    bool must = ss->tls.level > LEVEL_MAY;

    if (!ENABLE_TLS)
        return OK;
    if (!(ss->features & SMTP_STARTTLS)) {
        if (must)
            return why_set(why, "4.7.4", "TLS is required, but was not offered by host %s", ss->namaddr);
        return OK;
    }
    if (ss->tls.level == LEVEL_NONE) {
        if (smtp_bool(P_smtp_tls_note_starttls_offer))
            log_info("Host offered STARTTLS: [%s]", ss->host);
        return OK;
    }
    if (!smtp_tls_ready(&ss->tls))
        return must ? why_set(why, "4.7.5", "TLS is required, but our TLS engine is unavailable") : OK;
    smtp_session_limit(ss, P_smtp_starttls_timeout, "receiving the STARTTLS response");
    if (smtp_session_command(ss, "STARTTLS") != OK)
        return smtp_session_lost(ss, why);
    if (ss->reply.code / 100 != 2) {
        ss->features &= ~(unsigned)SMTP_STARTTLS;
        if (must) {
            enum result r = smtp_reply_why(&ss->reply, why, "TLS is required, but host %s refused to start TLS: %s",
                                           ss->namaddr, ss->reply.text.p);

            why_class(why, '4');
            return r == OK ? OK : TEMP;
        }
        return OK;
    }
    if (handshake(ss, d, why) != OK)
        return TEMP;
    return smtp_hello(ss, d, why);
}

/* --- open, close --- */

static enum result introduce(struct smtp_session *ss, const struct delivery *d, struct why *why)
{
    enum result r = OK;

    if (ENABLE_TLS && ss->port && smtp_bool(P_smtp_tls_wrappermode))
        r = handshake(ss, d, why);
    if (r == OK)
        r = smtp_hello_greeting(ss, d, why);
    if (r == OK)
        r = smtp_hello(ss, d, why);
    if (r == OK && !ss->s.tls)
        r = start_tls(ss, d, why);
    if (r == OK && ENABLE_SMTP_SASL && smtp_bool(P_smtp_sasl_auth_enable) && (ss->features & SMTP_AUTH))
        r = smtp_auth(ss, d, d->nexthop, why);
    return r;
}

enum result smtp_session_open(const struct smtp_target *t, const struct delivery *d, struct smtp_session **out,
                              struct why *why)
{
    struct smtp_session *ss = session_new();
    int fd = connect_to(t->dest, t->host, ss, why);

    *out = ss;
    ss->tls = *t->tls;
    ss->loop_check = t->loop_check;
    ss->best = t->best;
    if (fd < 0) {
        ss->dead = true;
        return TEMP;
    }
    stream_init(&ss->s, fd, SMTP_IN, SMTP_OUT, 0);
    return introduce(ss, d, why);
}

void smtp_session_close(struct smtp_session *ss)
{
    if (!ss)
        return;
    if (ENABLE_TLS && ss->s.tls)
        smtp_tls_remember(ss);
    if (!ss->dead && ss->s.fd >= 0 && ss->s.err == STREAM_FINE) {
        smtp_session_limit(ss, P_smtp_quit_timeout, "sending QUIT");
        stream_puts(&ss->s, "QUIT\r\n");
        if (stream_flush(&ss->s) == OK && !smtp_bool(P_smtp_skip_quit_response))
            (void)!smtp_session_reply(ss);
    }
    session_free(ss);
}
