/* smtpd_proxy.c - a filter that speaks SMTP as the place where a transaction goes
 *
 * smtpd_proxy_filter: the client's own MAIL and RCPT commands and its content go
 * to the filter, and the filter's replies go back, so nothing is in our queue and
 * nothing can be lost here. With speed_adjust the filter is called when all of it
 * has arrived, and is not kept waiting by slow clients.
 * Runs in: smtpd.  Trust: the filter's replies are bounded and checked.
 * Parameters: smtpd_proxy_filter, smtpd_proxy_ehlo, smtpd_proxy_options, smtpd_proxy_timeout.
 * Feature: SMTPD_PROXY.  Tests: tests/smtp/proxy-filter-*.t, tests/peers/test_filters.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/smtp_text.h"
#include "net/endpoint.h"
#include "param/param.h"

enum { IN_BUFFER = 8 * 1024, OUT_BUFFER = 16 * 1024, REPLY_MAX = 8 * 1024, REPLAY_MAX = 8 << 20, XFORWARD_LINE = 512 };

enum { XF_NAME, XF_ADDR, XF_PORT, XF_HELO, XF_IDENT, XF_PROTO, XF_SOURCE, XF_COUNT };
static const char *const xforward_names[XF_COUNT] = { "NAME", "ADDR", "PORT", "HELO", "IDENT", "PROTO", "SOURCE" };

/* Said in place of a filter that says nothing, or nonsense. */
static const char broken[] = "451 4.3.0 Error: queue file write error";

struct proxy {
    struct stream io;
    bool connected;
    unsigned xforward;         /* attributes the filter wants, bits of XF_* */
    bool later;                /* speed_adjust */
    struct buf replay;         /* with it: the commands, one a line, */
    int file;                  /* and the content */
    int64_t size;
    bool failed;               /* the content cannot be kept, or the filter has gone */
};

/* --- replies --- */

static void fake(struct smtpd *s)
{
    buf_reset(&s->relayed);
    buf_puts(&s->relayed, broken);
}

static void disconnect(struct proxy *p, bool politely)
{
    if (!p->connected)
        return;
    if (politely && p->io.err == STREAM_FINE) {
        stream_puts(&p->io, "QUIT\r\n");
        (void)!stream_flush(&p->io);
    }
    stream_done(&p->io);
    p->connected = false;
}

static enum result lost(struct smtpd *s, struct proxy *p)
{
    log_warn(p->io.err == STREAM_TIMEOUT ? "timeout talking to proxy %s" : "lost connection with proxy %s",
             par_smtpd_proxy_filter());
    fake(s);
    disconnect(p, false);
    return TEMP;
}

static void note_xforward(struct proxy *p, struct str text)
{
    struct str word;

    if (str_word(&text, " ", &word) != OK || !str_eq_case(word, "XFORWARD"))
        return;
    while (str_word(&text, " ", &word) == OK)
        for (unsigned i = 0; i < XF_COUNT; i++)
            if (str_eq_case(word, xforward_names[i]))
                p->xforward |= 1u << i;
}

/* The whole reply, its lines with CRLF between them, to s->relayed. */
static enum result read_reply(struct smtpd *s, struct proxy *p)
{
    struct smtp_reply_line l = { .more = true };
    struct str line;
    size_t at;
    bool crlf;

    buf_reset(&s->relayed);
    while (l.more) {
        if (stream_line(&p->io, &line, &crlf) != OK || smtp_reply_parse(line, &l) != OK)
            return lost(s, p);
        if (s->relayed.n + line.n + 2 > REPLY_MAX)
            continue;
        buf_puts(&s->relayed, s->relayed.n ? "\r\n" : "");
        at = s->relayed.n;
        buf_str(&s->relayed, line);
        str_printable(s->relayed.p + at, true);
        note_xforward(p, l.text);
    }
    return OK;
}

/* wanted: the first digit; 0 = any. what: the command, for the log. */
static enum result expect(struct smtpd *s, struct proxy *p, char wanted, struct str what)
{
    if (stream_flush(&p->io) != OK)
        return lost(s, p);
    if (read_reply(s, p) != OK)
        return TEMP;
    if (!wanted || s->relayed.p[0] == wanted)
        return OK;
    log_warn("proxy %s rejected \"%.*s\": \"%s\"", par_smtpd_proxy_filter(), (int)(what.n < 200 ? what.n : 200), what.p,
             s->relayed.p);
    if (s->relayed.p[0] != '4' && s->relayed.p[0] != '5')
        fake(s);
    return PERM;
}

static enum result command(struct smtpd *s, struct proxy *p, char wanted, struct str line)
{
    stream_put(&p->io, line.p, line.n);
    stream_puts(&p->io, "\r\n");
    return expect(s, p, wanted, line);
}

/* --- who the client is --- */

static const char *origin(const struct smtpd *s, unsigned what)
{
    const struct smtpd_forward *f = s->forward.active ? &s->forward : NULL;

    switch (what) {
    case XF_NAME: return f ? f->name : s->peer.name;
    case XF_ADDR: return f ? f->addr : s->peer.addr;
    case XF_PORT: return f ? f->port : s->peer.port;
    case XF_PROTO: return f ? f->proto : s->proto;
    case XF_HELO: return f ? f->helo : s->helo.p;
    case XF_IDENT: return f ? f->ident : "";
    default: return f ? f->domain : smtpd_check_rewrite((struct smtpd *)s) ? "LOCAL" : "REMOTE";
    }
}

static enum result xforward_line(struct smtpd *s, struct proxy *p, struct buf *line)
{
    enum result r = line->n ? command(s, p, '2', buf_view(line)) : OK;

    if (r == PERM)
        fake(s);
    buf_reset(line);
    return r;
}

static enum result xforward(struct smtpd *s, struct proxy *p)
{
    struct buf line, attr;
    enum result r = OK;

    buf_init(&line, 2048);
    buf_init(&attr, 2048);
    for (unsigned i = 0; i < XF_COUNT && r == OK; i++) {
        const char *value = origin(s, i);

        if (!(p->xforward & 1u << i))
            continue;
        buf_reset(&attr);
        buf_printf(&attr, " %s=", xforward_names[i]);
        if (!value || !*value || strcmp(value, "unknown") == 0)
            value = "[UNAVAILABLE]";
        xtext_encode(&attr, str_of(value), false);
        if (line.n + attr.n > XFORWARD_LINE)
            r = xforward_line(s, p, &line);
        if (!line.n)
            buf_puts(&line, "XFORWARD");
        buf_str(&line, buf_view(&attr));
    }
    if (r == OK)
        r = xforward_line(s, p, &line);
    buf_done(&line);
    buf_done(&attr);
    return r;
}

/* --- connecting --- */

static enum result greet(struct smtpd *s, struct proxy *p)
{
    char line[300];

    if (expect(s, p, '2', STR("connection request")) != OK)
        return TEMP;
    snprintf(line, sizeof line, "EHLO %.255s", par_smtpd_proxy_ehlo());
    if (command(s, p, '2', str_of(line)) != OK)
        return TEMP;
    return p->xforward ? xforward(s, p) : OK;
}

static enum result connect_filter(struct smtpd *s, struct proxy *p)
{
    int ms = (int)(par_smtpd_proxy_timeout() * 1000), fd = endpoint_connect(par_smtpd_proxy_filter(), ms);

    if (fd < 0) {
        log_warn("connect to proxy filter %s: %s", par_smtpd_proxy_filter(), strerror(errno));
        fake(s);
        return TEMP;
    }
    stream_init(&p->io, fd, IN_BUFFER, OUT_BUFFER, ms);
    p->connected = true;
    if (greet(s, p) == OK)
        return OK;
    fake(s);
    disconnect(p, true);
    return TEMP;
}

/* --- the sink --- */

static void release(struct smtpd_tx *tx, bool politely)
{
    struct proxy *p = tx->sink;

    disconnect(p, politely);
    if (p->file >= 0)
        close(p->file);
    buf_done(&p->replay);
    free(p);
    tx->sink = NULL;
}

static bool speed_adjust(void)
{
    struct str rest = str_of(par_smtpd_proxy_options()), word;
    bool found = false;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        if (str_eq_case(word, "speed_adjust"))
            found = true;
        else
            log_warn("unknown smtpd_proxy_options value: \"%.*s\"", (int)(word.n < 100 ? word.n : 100), word.p);
    }
    return found;
}

/* With speed_adjust for later; OK then, as nothing is known yet. */
static enum result say(struct smtpd *s, struct proxy *p, char wanted, struct str line)
{
    if (!p->later)
        return command(s, p, wanted, line);
    if (p->replay.n + line.n + 1 > REPLAY_MAX) {
        fake(s);
        return TEMP;
    }
    buf_str(&p->replay, line);
    buf_putc(&p->replay, '\n');
    return OK;
}

static enum result failure(struct why *why)
{
    return why_set(why, "4.3.0", "queue file write error");
}

static enum result proxy_open(struct smtpd *s, struct smtpd_tx *tx, struct why *why)
{
    struct proxy *p = mem_new(sizeof *p);

    tx->sink = p;
    buf_init(&p->replay, REPLAY_MAX);
    p->file = -1;
    p->later = speed_adjust();
    if (p->later)
        p->file = qfile_scratch("proxy");
    if (p->later && p->file < 0) {
        log_warn("cannot make a file for the content: %s", strerror(errno));
        fake(s);
    } else if ((p->later || connect_filter(s, p) == OK) && say(s, p, '2', buf_view(&tx->mail_line)) == OK) {
        buf_reset(&s->relayed);
        return OK;
    }
    release(tx, true);
    return failure(why);
}

static enum result proxy_rcpt(struct smtpd *s, struct smtpd_tx *tx, const char *addr, const char *orcpt,
                              unsigned notify, struct why *why)
{
    struct proxy *p = tx->sink;

    if (!p->later && !p->connected) {
        fake(s);
        return failure(why);
    }
    if (say(s, p, '2', buf_view(&s->line)) != OK)
        return failure(why);
    buf_reset(&s->relayed);
    return OK;
}

static enum result proxy_begin(struct smtpd *s, struct smtpd_tx *tx, struct why *why)
{
    struct proxy *p = tx->sink;

    if (!p->later && !p->connected) {
        fake(s);
        return failure(why);
    }
    if (say(s, p, '3', STR("DATA")) != OK)
        return failure(why);
    buf_reset(&s->relayed);
    return OK;
}

static void keep(struct proxy *p, const char *bytes, size_t n)
{
    while (n && !p->failed) {
        ssize_t done = write(p->file, bytes, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            log_warn("cannot keep the content: %s", strerror(done < 0 ? errno : ENOSPC));
            p->failed = true;
            return;
        }
        bytes += done;
        n -= (size_t)done;
        p->size += done;
    }
}

static void proxy_data(struct smtpd *s, struct smtpd_tx *tx, const char *bytes, size_t n)
{
    struct proxy *p = tx->sink;

    if (p->later)
        keep(p, bytes, n);
    else if (p->connected)
        stream_put(&p->io, bytes, n);
}

static enum result replay(struct smtpd *s, struct proxy *p)
{
    struct str rest = buf_view(&p->replay), line;

    if (p->failed) {
        fake(s);
        return TEMP;
    }
    if (connect_filter(s, p) != OK)
        return TEMP;
    while (str_word(&rest, "\n", &line) == OK)
        if (command(s, p, str_eq(line, "DATA") ? '3' : '2', line) != OK)
            return TEMP;
    return stream_send_file(&p->io, p->file, 0, p->size) == OK ? OK : lost(s, p);
}

static void log_outcome(struct smtpd *s, const struct smtpd_tx *tx, bool accepted)
{
    char rest[4096];

    if (tx->rcpts > 0)
        smtpd_rcpt_set(s, buf_view(&tx->first_rcpt));
    smtpd_check_whatsup(s, rest, sizeof rest);
    log_info("proxy-%s: %s: %s;%s", accepted ? "accept" : "reject", s->where, s->relayed.p, rest);
}

static enum result proxy_end(struct smtpd *s, struct smtpd_tx *tx, int64_t size, struct why *why)
{
    struct proxy *p = tx->sink;
    enum result r = p->later ? replay(s, p) : OK;

    if (r == OK && !p->connected) {
        fake(s);
        r = TEMP;
    }
    if (r == OK) {
        stream_puts(&p->io, ".\r\n");
        r = expect(s, p, 0, STR("."));
    }
    if (r == OK && s->relayed.p[0] != '2')
        r = PERM;
    log_outcome(s, tx, r == OK);
    release(tx, true);
    return r == OK ? OK : failure(why);
}

static void proxy_abort(struct smtpd *s, struct smtpd_tx *tx)
{
    /* In the middle of content nothing may be said: the filter would take it for content. */
    release(tx, !tx->content_begun);
}

int smtpd_proxy_tell(struct smtpd *s)
{
    const char *reply = s->relayed.p, *end;

    while ((end = strstr(reply, "\r\n")) && end - reply >= 4) {
        smtpd_reply_more(s, "%.3s-%.*s", reply, (int)(end - reply - 4), reply + 4);
        reply = end + 2;
    }
    smtpd_reply(s, "%s", reply);
    return s->relayed.p[0] == '2' ? 0 : -1;
}

const struct smtpd_sink smtpd_sink_proxy = { proxy_open, proxy_rcpt, proxy_data, proxy_end, proxy_abort, proxy_begin };
