/* cleanup_milter.c - mail filters see the message, and change it
 *
 * When all content has arrived, and before the message is made durable, each
 * filter is shown what the queue file holds. Without changes that is all. Header
 * changes are made on the headers in memory (bounded), a new body goes to a file
 * without a name; then the content is written anew, once for each filter that
 * changed something, and the one sync at the end covers the last version only.
 * Runs in: smtpd, pickup, bounce.  Trust: filters are the operator's choice, the message is not.
 * Parameters: non_smtpd_milters, milter_header_checks.  Feature: MILTER.
 * Tests: tests/smtp/milter-*.t, tests/peers/test_milters.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "map/map.h"
#include "milter/milter.h"
#include "param/param.h"

enum { READ_CHUNK = 16 * 1024, HEADERS_MAX = 2 << 20, ENVID_MAX = 100 };

/* Content with its line ends, read back in pieces. */
struct reader {
    struct cleanup *c;
    const struct qfile_old *old; /* NULL: what the writer has now */
    int64_t at;                  /* of the bytes in buf */
    size_t n, used;
    char buf[READ_CHUNK];
};

struct change {                  /* what one filter has asked for */
    struct cleanup *c;
    struct milter *filter;
    bool changed, loaded;
    struct buf *headers;         /* each with folds, unstuffed, without its last CRLF */
    size_t header_n, header_cap, header_bytes;
    int64_t body_at;             /* where the body, or the blank line before it, begins */
    int body;                    /* a new body in wire form, or -1 */
    struct wire_in wire;
    struct buf out;
};

static bool fill(struct reader *r)
{
    if (r->used < r->n)
        return true;
    r->at += (int64_t)r->n;
    r->used = 0;
    r->n = r->old ? qfile_old_read(r->c->w, r->old, r->buf, sizeof r->buf, r->at)
                  : qfile_read_back(r->c->w, r->buf, sizeof r->buf, r->at);
    return r->n > 0;
}

static int64_t position(const struct reader *r)
{
    return r->at + (int64_t)r->used;
}

/* One line with its end, unstuffed; false at the end. */
static bool read_line(struct reader *r, struct buf *line)
{
    buf_reset(line);
    while (fill(r)) {
        const char *p = r->buf + r->used, *lf = memchr(p, '\n', r->n - r->used);
        size_t n = lf ? (size_t)(lf + 1 - p) : r->n - r->used;

        buf_add(line, p, n);
        r->used += n;
        if (lf && line->n > 1 && line->p[line->n - 2] == '\r')
            break;
    }
    if (line->n && line->p[0] == '.')
        buf_drop(line, 1);
    return line->n > 0;
}

static void cut_end(struct buf *line)
{
    if (line->n && line->p[line->n - 1] == '\n')
        buf_cut(line, line->n - 1);
    if (line->n && line->p[line->n - 1] == '\r')
        buf_cut(line, line->n - 1);
}

/* Calls visit for each header of the message; returns where they end. visit returns false to stop. */
static int64_t each_header(struct cleanup *c, bool (*visit)(struct str header, void *arg), void *arg)
{
    struct reader *r = mem_new(sizeof *r);
    struct buf line, header;
    int64_t end = 0;
    bool go_on = true;

    r->c = c;
    buf_init(&line, (size_t)par_header_size_limit() + 65536);
    buf_init(&header, (size_t)par_header_size_limit() + 65536);
    while (go_on && read_line(r, &line)) {
        bool fold = line.p[0] == ' ' || line.p[0] == '\t';

        if (line.p[0] == '\r' || (!fold && !header_name_length(buf_view(&line))))
            break;
        if (!fold && header.n) {
            cut_end(&header);
            go_on = visit(buf_view(&header), arg);
            buf_reset(&header);
        }
        buf_str(&header, buf_view(&line));
        end = position(r);
    }
    cut_end(&header);
    if (go_on && header.n)
        go_on = visit(buf_view(&header), arg);
    buf_done(&line);
    buf_done(&header);
    free(r);
    return end;
}

static bool is_received(struct str header)
{
    return header_id((struct str){ header.p, header_name_length(header) }) == HDR_RECEIVED;
}

/* --- what filters see --- */

struct show {
    struct milter *filter;
    enum milter_verdict verdict;
    bool own_received;   /* our own Received: has gone by; filters do not see it */
};

static bool show_header(struct str header, void *arg)
{
    struct show *s = arg;
    size_t name = header_name_length(header), colon = str_find(header, ':');

    if (!s->own_received && is_received(header)) {
        s->own_received = true;
        return true;
    }
    s->verdict = milter_header(s->filter, (struct str){ header.p, name },
                               (struct str){ header.p + colon + 1, header.n - colon - 1 });
    return s->verdict < MILTER_DISCARD && milter_wants_content(s->filter);
}

/* The body from its first line on, without the blank line before it. */
static enum milter_verdict show_body(struct cleanup *c, struct milter *f, int64_t at)
{
    struct reader *r = mem_new(sizeof *r);
    enum milter_verdict v = MILTER_PASS;
    struct wire_out wire = { 0 };
    struct buf text;

    r->c = c;
    r->at = at;
    buf_init(&text, MILTER_CHUNK + 2 * READ_CHUNK);
    if (fill(r) && r->n >= 2 && memcmp(r->buf, "\r\n", 2) == 0)
        r->used = 2;
    while (v < MILTER_DISCARD && milter_wants_body(f) && fill(r)) {
        wire_to_text(&wire, &text, r->buf + r->used, r->n - r->used, "\r\n");
        r->used = r->n;
        if (text.n < MILTER_CHUNK)
            continue;
        v = milter_body(f, (struct str){ text.p, MILTER_CHUNK });
        buf_drop(&text, MILTER_CHUNK);
    }
    if (v < MILTER_DISCARD && milter_wants_body(f) && text.n)
        v = milter_body(f, buf_view(&text));
    buf_done(&text);
    free(r);
    return v;
}

/* --- headers that are changed --- */

static void insert_header(struct change *ch, size_t at, struct str text)
{
    if (ch->header_n == ch->header_cap) {
        ch->header_cap = ch->header_cap ? 2 * ch->header_cap : 32;
        ch->headers = mem_resize(ch->headers, ch->header_cap * sizeof *ch->headers);
    }
    memmove(ch->headers + at + 1, ch->headers + at, (ch->header_n - at) * sizeof *ch->headers);
    buf_init(&ch->headers[at], text.n);
    buf_str(&ch->headers[at], text);
    ch->header_n++;
    ch->header_bytes += text.n + sizeof *ch->headers;
}

static void remove_header(struct change *ch, size_t at)
{
    ch->header_bytes -= ch->headers[at].n + sizeof *ch->headers;
    buf_done(&ch->headers[at]);
    memmove(ch->headers + at, ch->headers + at + 1, (ch->header_n - at - 1) * sizeof *ch->headers);
    ch->header_n--;
}

static bool load_one(struct str header, void *arg)
{
    struct change *ch = arg;

    insert_header(ch, ch->header_n, header);
    return ch->header_bytes <= HEADERS_MAX;
}

static bool load(struct change *ch)
{
    if (!ch->loaded)
        ch->body_at = each_header(ch->c, load_one, ch);
    ch->loaded = true;
    if (ch->header_bytes <= HEADERS_MAX)
        return true;
    log_as("cleanup", LOG_LEVEL_WARN, "%s: the headers are too large for a mail filter to change them",
           cleanup_id(ch->c));
    return false;
}

/* Number i of this name, from 1, without our own Received: its place, or the number of headers. */
static size_t find_header(const struct change *ch, struct str name, uint32_t i)
{
    bool own = false;

    for (size_t at = 0; at < ch->header_n; at++) {
        struct str h = buf_view(&ch->headers[at]);

        if (!own && is_received(h)) {
            own = true;
            continue;
        }
        if (str_same_case((struct str){ h.p, header_name_length(h) }, name) && i-- <= 1)
            return at;
    }
    return ch->header_n;
}

/* Text for a header as a filter gives it: folds are line feeds, which need a blank behind them. */
static void make_header(const struct milter_edit *e, struct buf *out)
{
    buf_printf(out, "%s:%s", e->name, e->as_is ? "" : " ");
    for (const char *p = e->value; *p; p++) {
        if (*p == '\r')
            continue;
        if (*p != '\n') {
            buf_putc(out, *p);
        } else if (p[1]) {
            buf_puts(out, "\r\n");
            if (p[1] != ' ' && p[1] != '\t')
                buf_putc(out, '\t');
        }
    }
}

static bool edit_header(struct change *ch, const struct milter_edit *e)
{
    struct buf text;
    size_t at;
    bool ok;

    if (!load(ch))
        return false;
    buf_init(&text, (size_t)par_header_size_limit() + MILTER_CHUNK);
    make_header(e, &text);
    ok = !text.over && header_name_length(buf_view(&text)) == strlen(e->name);
    at = e->what == 'm' ? find_header(ch, str_of(e->name), e->index) : e->what == 'i' ? e->index : ch->header_n;
    if (!ok)
        log_as("cleanup", LOG_LEVEL_WARN, "%s: a mail filter gave a malformed header \"%.100s\"",
               cleanup_id(ch->c), e->name);
    else if (e->what == 'm' && !*e->value) {
        if (at < ch->header_n)
            remove_header(ch, at);
    } else if (cleanup_check_milter(ch->c, &text) == OK) {
        if (e->what == 'm' && at < ch->header_n)
            remove_header(ch, at);
        insert_header(ch, at < ch->header_n ? at : ch->header_n, buf_view(&text));
    }
    buf_done(&text);
    ch->changed = true;
    return load(ch);
}

/* --- envelope --- */

static bool parse_address(struct change *ch, const char *text, struct buf *addr)
{
    struct str rest;

    if (addr_parse_path(str_of(text), false, addr, &rest) == OK)
        return true;
    log_as("cleanup", LOG_LEVEL_WARN, "%s: a mail filter gave a malformed address \"%.100s\"", cleanup_id(ch->c), text);
    return false;
}

static bool sender_param(struct cleanup *c, struct str name, struct str value)
{
    struct buf envid;
    unsigned ret;
    bool ok = false;

    if (!value.p)
        return false;
    if (str_eq_case(name, "RET") && dsn_parse_ret(value, &ret) == OK) {
        c->env.ret = ret;
        return true;
    }
    buf_init(&envid, 4 * ENVID_MAX);
    if (str_eq_case(name, "ENVID") && value.n <= ENVID_MAX && xtext_decode(&envid, value) == OK) {
        free((char *)(uintptr_t)c->env.envid);
        c->env.envid = mem_dup(envid.p);
        ok = true;
    }
    buf_done(&envid);
    return ok;
}

static void edit_sender(struct change *ch, const struct milter_edit *e)
{
    struct str rest = str_of(e->value), word;
    struct buf addr;

    buf_init(&addr, ADDR_MAX + 256);
    if (parse_address(ch, e->name, &addr))
        cleanup_set_sender(ch->c, addr.p);
    buf_done(&addr);
    while (str_word(&rest, " \t", &word) == OK) {
        size_t eq = str_find(word, '=');
        struct str value = { eq < word.n ? word.p + eq + 1 : NULL, eq < word.n ? word.n - eq - 1 : 0 };

        if (!sender_param(ch->c, (struct str){ word.p, eq }, value))
            log_as("cleanup", LOG_LEVEL_WARN, "Ignoring bad ESMTP parameter \"%.*s\" in SMFI_CHGFROM request",
                   (int)word.n, word.p);
    }
}

static bool rcpt_param(struct str name, struct str value, unsigned *notify, struct buf *orcpt)
{
    size_t semi = value.p ? str_find(value, ';') : 0;

    if (!value.p)
        return false;
    if (str_eq_case(name, "NOTIFY"))
        return dsn_parse_notify(value, notify) == OK;
    if (!str_eq_case(name, "ORCPT") || semi == 0 || semi == value.n)
        return false;
    buf_reset(orcpt);
    buf_add(orcpt, value.p, semi + 1);
    if (xtext_decode(orcpt, (struct str){ value.p + semi + 1, value.n - semi - 1 }) == OK)
        return true;
    buf_reset(orcpt);
    return false;
}

static void add_rcpt(struct change *ch, const struct milter_edit *e)
{
    struct str rest = str_of(e->value), word;
    unsigned notify = e->what == '2' ? 0 : DSN_NOTIFY_NEVER;
    struct buf addr, orcpt;

    buf_init(&addr, ADDR_MAX + 256);
    buf_init(&orcpt, ADDR_MAX);
    while (str_word(&rest, " \t", &word) == OK) {
        size_t eq = str_find(word, '=');
        struct str value = { eq < word.n ? word.p + eq + 1 : NULL, eq < word.n ? word.n - eq - 1 : 0 };

        if (!rcpt_param((struct str){ word.p, eq }, value, &notify, &orcpt))
            log_as("cleanup", LOG_LEVEL_WARN,
                   "%s: ignoring ESMTP argument from Milter or header/body_checks: \"%.*s\"", cleanup_id(ch->c),
                   (int)word.n, word.p);
    }
    if (parse_address(ch, e->name, &addr) && cleanup_add_rcpt(ch->c, addr.p, orcpt.p, notify, false) != OK)
        cleanup_fail(ch->c, "4.6.0", "Alias expansion error");
    buf_done(&addr);
    buf_done(&orcpt);
}

static void delete_rcpt(struct change *ch, const struct milter_edit *e)
{
    struct buf addr;

    buf_init(&addr, ADDR_MAX + 256);
    if (parse_address(ch, e->name, &addr))
        cleanup_rcpt_delete(ch->c, addr.p);
    buf_done(&addr);
}

/* --- the body --- */

static bool write_out(struct change *ch)
{
    bool ok = io_write(ch->body, ch->out.p, ch->out.n) == OK;

    if (!ok)
        log_as("cleanup", LOG_LEVEL_WARN, "%s: write the changed message: %s", cleanup_id(ch->c), strerror(errno));
    buf_reset(&ch->out);
    return ok;
}

static bool edit_body(struct change *ch, struct str data)
{
    if (ch->body < 0) {
        ch->body = qfile_scratch(cleanup_id(ch->c));
        if (ch->body < 0) {
            log_as("cleanup", LOG_LEVEL_WARN, "%s: create a file for the changed message: %s", cleanup_id(ch->c),
                   strerror(errno));
            return false;
        }
        ch->changed = true;
    }
    while (data.n) {
        size_t n = data.n < READ_CHUNK ? data.n : READ_CHUNK;

        if (!wire_from_text(&ch->wire, &ch->out, data.p, n, true) || !write_out(ch))
            return false;
        data = (struct str){ data.p + n, data.n - n };
    }
    return true;
}

static bool edit(const struct milter_edit *e, void *arg)
{
    struct change *ch = arg;

    switch (e->what) {
    case 'h':
    case 'i':
    case 'm':
        return edit_header(ch, e);
    case 'b':
        return edit_body(ch, e->data);
    case 'e':
        edit_sender(ch, e);
        return true;
    case '-':
        delete_rcpt(ch, e);
        return true;
    default:
        add_rcpt(ch, e);
        return true;
    }
}

/* --- writing anew --- */

static void put_scanned(struct cleanup *c, const char *p, size_t n)
{
    size_t used;

    if (wire_scan(&c->body, p, n, &used) == OK)
        cleanup_fail(c, "4.3.0", "internal protocol error");
    qfile_write(c->w, p, n);
}

static void put_headers(struct change *ch)
{
    struct cleanup *c = ch->c;

    c->header_size = 0;
    for (size_t i = 0; i < ch->header_n; i++) {
        const struct buf *h = &ch->headers[i];

        if (h->n && h->p[0] == '.')
            qfile_write(c->w, ".", 1);
        qfile_write(c->w, h->p, h->n);
        qfile_write(c->w, "\r\n", 2);
        c->header_size += (int64_t)h->n + 2;
    }
}

static void put_old_body(struct change *ch, const struct qfile_old *old)
{
    struct reader *r = mem_new(sizeof *r);

    r->c = ch->c;
    r->old = old;
    r->at = ch->body_at;
    while (fill(r)) {
        put_scanned(ch->c, r->buf, r->n);
        r->used = r->n;
    }
    free(r);
}

static void put_new_body(struct change *ch)
{
    char *p = mem_new(READ_CHUNK);
    int64_t at = 0;
    ssize_t n;

    put_scanned(ch->c, "\r\n", 2);
    while ((n = pread(ch->body, p, READ_CHUNK, (off_t)at)) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0)
            put_scanned(ch->c, p, (size_t)n);
        at += n > 0 ? n : 0;
    }
    if (n < 0)
        cleanup_fail(ch->c, "4.3.0", "queue file write error");
    free(p);
}

static void write_anew(struct change *ch)
{
    struct cleanup *c = ch->c;
    struct qfile_old *old;

    if (!load(ch) || (ch->body >= 0 && !(wire_end_text(&ch->wire, &ch->out) && write_out(ch)))) {
        cleanup_fail(c, "4.3.0", "queue file write error");
        return;
    }
    old = qfile_restart(c->w);
    put_headers(ch);
    c->body = (struct wire_scan){ 0 };
    if (ch->body >= 0)
        put_new_body(ch);
    else
        put_old_body(ch, old);
    qfile_old_free(old);
}

static void change_done(struct change *ch)
{
    for (size_t i = 0; i < ch->header_n; i++)
        buf_done(&ch->headers[i]);
    free(ch->headers);
    buf_done(&ch->out);
    if (ch->body >= 0)
        close(ch->body);
}

/* --- verdicts --- */

static void report(struct cleanup *c, const char *action, const char *event, const char *text)
{
    const struct qfile_env *e = &c->env;
    struct buf line;

    buf_init(&line, 16 * 1024);
    buf_printf(&line, "%s: %s: %s from %s[%s]: %s; from=<%s>", cleanup_id(c), action, event, e->client_name,
               e->client_addr, text, e->sender);
    if (c->rcpt_n)
        buf_printf(&line, " to=<%s>", c->rcpts[c->rcpt_n - 1].addr);
    if (*e->client_proto)
        buf_printf(&line, " proto=%s", e->client_proto);
    if (*e->client_helo)
        buf_printf(&line, " helo=<%s>", e->client_helo);
    log_as("cleanup", LOG_LEVEL_INFO, "%s", line.p);
    buf_done(&line);
}

static void refused(struct cleanup *c, const char *event, const char *reply)
{
    size_t n = why_dsn_length(reply + 4);
    char dsn[12] = "5.7.1";
    struct str text = str_of(reply + 4);

    dsn[0] = reply[0];
    if (n && n < sizeof dsn) {
        memcpy(dsn, reply + 4, n);
        dsn[n] = 0;
        text = str_trim((struct str){ text.p + n, text.n - n });
    }
    report(c, "milter-reject", event, reply + 4);
    c->milter_refused = true;
    text.n = str_find(text, '\r');
    cleanup_fail(c, dsn, "%.*s", (int)text.n, text.p);
}

/* False: the message has met its end. */
static bool act(struct cleanup *c, const char *event, enum milter_verdict v)
{
    switch (v) {
    case MILTER_HOLD:
        if (!(c->flags & CLEANUP_HOLD))
            report(c, "milter-hold", event, "milter triggers HOLD action");
        c->flags |= CLEANUP_HOLD;
        return true;
    case MILTER_DISCARD:
        report(c, "milter-discard", event, "milter triggers DISCARD action");
        c->flags |= CLEANUP_DISCARD;
        return false;
    case MILTER_REFUSE:
        refused(c, event, milters_reply(c->milters));
        return false;
    case MILTER_PASS:
        break;
    }
    return !c->failed;
}

static enum milter_verdict show(struct change *ch)
{
    struct show s = { .filter = ch->filter };
    int64_t body_at = each_header(ch->c, show_header, &s);

    if (s.verdict >= MILTER_DISCARD || !milter_wants_content(ch->filter))
        return s.verdict;
    s.verdict = milter_end_of_headers(ch->filter);
    if (s.verdict < MILTER_DISCARD && milter_wants_body(ch->filter))
        s.verdict = show_body(ch->c, ch->filter, body_at);
    if (s.verdict < MILTER_DISCARD)
        s.verdict = milter_end(ch->filter, edit, ch);
    return s.verdict;
}

static bool ask(struct cleanup *c, struct milter *f)
{
    struct change ch = { .c = c, .filter = f, .body = -1 };
    bool go_on;

    if (!milter_wants_content(f))
        return true;
    buf_init(&ch.out, 4 * READ_CHUNK);
    go_on = act(c, "END-OF-MESSAGE", show(&ch));
    if (go_on && ch.changed)
        write_anew(&ch);
    change_done(&ch);
    return go_on && !c->failed;
}

void cleanup_milter_content(struct cleanup *c)
{
    if (!c->milters || c->failed || (c->flags & CLEANUP_DISCARD))
        return;
    milters_log_as(c->milters, "cleanup");
    for (struct milter *f = milters_first(c->milters); f && ask(c, f);)
        f = milter_next(f);
    milters_log_as(c->milters, NULL);
    if (!c->failed && !(c->flags & CLEANUP_DISCARD) && c->rcpt_n == 0)
        c->flags |= CLEANUP_DISCARD; /* a filter took all recipients away */
}

/* --- mail that comes without SMTP: the filters are told of a session that there might have been --- */

static const char *macro(const char *name, void *arg)
{
    const struct cleanup *c = arg;
    const struct { const char *name, *value; } rows[] = {
        { "j", par_myhostname() },
        { "i", cleanup_id(c) },
        { "v", par_milter_macro_v() },
        { "_", "localhost [127.0.0.1]" },
        { "{client_addr}", "127.0.0.1" },
        { "{client_name}", "localhost" },
        { "{client_port}", "0" },
        { "{client_ptr}", "localhost" },
        { "{daemon_name}", par_milter_macro_daemon_name() },
        { "{daemon_addr}", "127.0.0.1" },
        { "{daemon_port}", "0" },
        { "{mail_addr}", c->env.sender },
        { "{rcpt_addr}", c->milter_rcpt },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_cmp_case(name, rows[i].name) == 0)
            return rows[i].value;
    return NULL;
}

void cleanup_milter_begin(struct cleanup *c)
{
    struct buf sender;

    if (!*par_non_smtpd_milters())
        return;
    c->milters = milters_new("non_smtpd_milters", par_non_smtpd_milters());
    c->own_milters = true;
    if (!c->milters)
        return;
    milters_macros(c->milters, macro, c);
    milters_log_as(c->milters, "cleanup");
    buf_init(&sender, 2 * ADDR_MAX);
    addr_quote(&sender, str_of(c->env.sender));
    (void)(act(c, "CONNECT", milters_connect(c->milters, "localhost", "127.0.0.1", 0)) &&
           act(c, "EHLO", milters_helo(c->milters, "localhost")) &&
           act(c, "MAIL", milters_mail(c->milters, sender.p, STR(""))));
    buf_done(&sender);
}

void cleanup_milter_rcpt(struct cleanup *c, const char *addr)
{
    struct buf quoted;

    if (!c->own_milters || !c->milters || c->failed || (c->flags & CLEANUP_DISCARD))
        return;
    buf_init(&quoted, 2 * ADDR_MAX);
    addr_quote(&quoted, str_of(addr));
    c->milter_rcpt = quoted.p;
    if (!act(c, "RCPT", milters_rcpt(c->milters, quoted.p, STR(""), false)) && c->failed) {
        log_as("cleanup", LOG_LEVEL_WARN,
               "%s: milter configuration error: can't reject recipient in non-smtpd(8) submission", cleanup_id(c));
        log_as("cleanup", LOG_LEVEL_WARN, "%s: message not accepted, try again later",
               cleanup_id(c));
        why_set(&c->why, "4.3.5", "mail filter configuration error");
    }
    c->milter_rcpt = NULL;
    buf_done(&quoted);
}

void cleanup_milter_data(struct cleanup *c)
{
    if (c->own_milters && c->milters && !c->failed && !(c->flags & CLEANUP_DISCARD))
        (void)act(c, "DATA", milters_data(c->milters));
}

void cleanup_milter_free(struct cleanup *c)
{
    if (c->own_milters)
        milters_free(c->milters);
}
