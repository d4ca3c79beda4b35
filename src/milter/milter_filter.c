/* milter_filter.c - one filter: connecting, negotiating, telling and being told
 *
 * A filter that cannot be reached, breaks the protocol or is too slow is treated
 * as milter_default_action says for the rest of the session.
 * Runs in: smtpd, pickup and others that receive mail, in the jail.
 * Trust: filters are the operator's choice; what they send is bounded and checked.
 * Parameters: milter_*.  Feature: MILTER.  Tests: tests/smtp/milter-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "milter/milter_int.h"
#include "net/endpoint.h"

enum { IN_BUFFER = 4096, OUT_BUFFER = 8192, MACRO_VALUE_MAX = 8192 };

static const struct {
    char code;
    const char *name;
    uint32_t unwanted, unanswered; /* MPROT_* */
    enum milter_macro_set macros;
    unsigned version;              /* from which on there is such an event */
    bool content;                  /* milter_content_timeout */
} events[MEV_COUNT] = {
    [MEV_CONNECT] = { 'C', "SMFIC_CONNECT", MPROT_NO_CONNECT, MPROT_NR_CONNECT, MSET_CONNECT, 2, false },
    [MEV_HELO] = { 'H', "SMFIC_HELO", MPROT_NO_HELO, MPROT_NR_HELO, MSET_HELO, 2, false },
    [MEV_MAIL] = { 'M', "SMFIC_MAIL", MPROT_NO_MAIL, MPROT_NR_MAIL, MSET_MAIL, 2, false },
    [MEV_RCPT] = { 'R', "SMFIC_RCPT", MPROT_NO_RCPT, MPROT_NR_RCPT, MSET_RCPT, 2, false },
    [MEV_DATA] = { 'T', "SMFIC_DATA", MPROT_NO_DATA, MPROT_NR_DATA, MSET_DATA, 4, false },
    [MEV_UNKNOWN] = { 'U', "SMFIC_UNKNOWN", MPROT_NO_UNKNOWN, MPROT_NR_UNKNOWN, MSET_UNKNOWN, 3, false },
    [MEV_HEADER] = { 'L', "SMFIC_HEADER", MPROT_NO_HEADERS, MPROT_NR_HEADER, MSET_EOH, 2, true },
    [MEV_EOH] = { 'N', "SMFIC_EOH", MPROT_NO_EOH, MPROT_NR_EOH, MSET_EOH, 2, true },
    [MEV_BODY] = { 'B', "SMFIC_BODY", MPROT_NO_BODY, MPROT_NR_BODY, MSET_END, 2, true },
    [MEV_END] = { 'E', "SMFIC_BODYEOB", 0, 0, MSET_END, 2, true },
};

static const struct { char code; const char *name; } replies[] = {
    { 'c', "SMFIR_CONTINUE" }, { 'a', "SMFIR_ACCEPT" }, { 'r', "SMFIR_REJECT" }, { 't', "SMFIR_TEMPFAIL" },
    { 'd', "SMFIR_DISCARD" }, { 'y', "SMFIR_REPLYCODE" }, { 'q', "SMFIR_QUARANTINE" }, { 'p', "SMFIR_PROGRESS" },
    { 's', "SMFIR_SKIP" }, { 'f', "SMFIR_CONN_FAIL" }, { '4', "SMFIR_SHUTDOWN" }, { 'O', "SMFIC_OPTNEG" },
};

static const char *reply_name(char code)
{
    for (size_t i = 0; i < ARRAY_LEN(replies); i++)
        if (replies[i].code == code)
            return replies[i].name;
    return "(unknown filter reply)";
}

static bool is_session_event(enum milter_event ev)
{
    return ev == MEV_CONNECT || ev == MEV_HELO;
}

/* --- trouble --- */

/* Where Postfix has a cleanup process, the log names it. */
static void warn(struct milter *f, const char *fmt, ...) PRINTF(2, 3);
static void warn(struct milter *f, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (f->list->program)
        log_as(f->list->program, LOG_LEVEL_WARN, "%s", text);
    else
        log_warn("%s", text);
}

enum milter_verdict milter_failed(struct milter *f)
{
    static const char *const texts[] = {
        [MERR_REJECT] = "550 5.5.0 Service unavailable",
        [MERR_TEMPFAIL] = "451 4.7.1 Service unavailable - try again later",
        [MERR_SHUTDOWN] = "421 4.7.0 Server closing connection",
    };

    if (f->on_error == MERR_ACCEPT)
        return MILTER_PASS;
    if (f->on_error == MERR_QUARANTINE)
        return MILTER_HOLD;
    buf_reset(&f->list->reply);
    buf_puts(&f->list->reply, f->reply.n ? f->reply.p : texts[f->on_error]);
    return MILTER_REFUSE;
}

/* The connection is of no more use. */
static enum milter_verdict broken(struct milter *f)
{
    milter_close(f, false);
    f->state = MSTATE_ERROR;
    return milter_failed(f);
}

/* The filter and we do not fit together: an operator must look. */
static enum milter_verdict misconfigured(struct milter *f)
{
    milter_close(f, false);
    f->state = MSTATE_ERROR;
    if (f->on_error != MERR_ACCEPT && f->on_error != MERR_QUARANTINE) {
        buf_reset(&f->reply);
        buf_puts(&f->reply, "451 4.3.5 Server configuration problem - try again later");
    }
    return milter_failed(f);
}

static const char *trouble(const struct milter *f)
{
    switch (f->io.err) {
    case STREAM_TIMEOUT: return strerror(ETIMEDOUT);
    case STREAM_EOF: return "connection closed by the filter";
    case STREAM_FINE: return "malformed packet";
    default: return strerror(EPIPE);
    }
}

/* --- packets --- */

static enum result put_packet(struct milter *f, char code, struct str data)
{
    uint32_t n = (uint32_t)data.n + 1;
    uint8_t head[5] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)code };

    stream_put(&f->io, head, sizeof head);
    stream_put(&f->io, data.p, data.n);
    return f->io.err == STREAM_FINE ? OK : TEMP;
}

static enum result get_bytes(struct milter *f, char *p, size_t n)
{
    while (n) {
        struct str view;
        size_t part;

        if (stream_peek(&f->io, &view) != OK)
            return TEMP;
        part = view.n < n ? view.n : n;
        memcpy(p, view.p, part);
        stream_eat(&f->io, part);
        p += part;
        n -= part;
    }
    return OK;
}

/* One packet: its code, and its data in list->in, until the next. */
static enum result get_packet(struct milter *f, char *code, struct str *data)
{
    struct buf *in = &f->list->in;
    uint8_t head[5];
    size_t n;

    if (get_bytes(f, (char *)head, sizeof head) != OK)
        return TEMP;
    n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (n < 1 || n > MILTER_PACKET_MAX)
        return PERM;
    buf_reset(in);
    if (!buf_reserve(in, n - 1) || get_bytes(f, in->p, n - 1) != OK)
        return TEMP;
    in->n = n - 1;
    in->p[in->n] = 0;
    *code = (char)head[4];
    *data = buf_view(in);
    return OK;
}

static void put_macro(struct milters *ms, const char *name, struct buf *out)
{
    const char *value = ms->value ? ms->value(name, ms->arg) : NULL;
    struct buf from_list;

    buf_init(&from_list, MACRO_VALUE_MAX);
    if (value || milter_conf_default(name, &from_list) == OK) {
        buf_add(out, name, strlen(name) + 1);
        buf_add(out, value ? value : from_list.p, strlen(value ? value : from_list.p) + 1);
    }
    buf_done(&from_list);
}

/* "" is sent too: it ends what the filter knows from before. */
static enum result put_macros(struct milter *f, enum milter_event ev)
{
    enum milter_macro_set set = events[ev].macros;
    const char *names = f->symbols[set] ? f->symbols[set] : milter_conf_macros(set);
    struct str rest = str_of(names), word;
    struct buf macros;
    enum result r;

    buf_init(&macros, MILTER_PACKET_MAX);
    buf_putc(&macros, events[ev].code);
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *name = mem_dup_n(word.p, word.n);

        put_macro(f->list, name, &macros);
        free(name);
    }
    r = put_packet(f, 'D', buf_view(&macros));
    buf_done(&macros);
    return r;
}

/* --- beginning and end --- */

enum { ALL_ACTIONS = MACT_ADD_HEADERS | MACT_BODY | MACT_ADD_RCPT | MACT_DEL_RCPT | MACT_CHANGE_HEADERS |
                     MACT_QUARANTINE | MACT_SENDER | MACT_RCPT_PARAMS | MACT_SYMBOLS };

/* What this version of the protocol offers. */
static uint32_t offered(const struct milter *f)
{
    unsigned version = f->wanted_version;
    uint32_t protocol = MPROT_NO_CONNECT | MPROT_NO_HELO | MPROT_NO_MAIL | MPROT_NO_RCPT | MPROT_NO_BODY |
                        MPROT_NO_HEADERS | MPROT_NO_EOH;

    if (version >= 3)
        protocol |= MPROT_NO_UNKNOWN;
    if (version >= 4)
        protocol |= MPROT_NO_DATA;
    if (version >= 6)
        protocol |= MPROT_NR_HEADER | MPROT_SKIP | MPROT_RCPT_REJECTED | MPROT_NR_CONNECT | MPROT_NR_HELO |
                    MPROT_NR_MAIL | MPROT_NR_RCPT | MPROT_NR_DATA | MPROT_NR_UNKNOWN | MPROT_NR_EOH | MPROT_NR_BODY |
                    MPROT_LEADING_SPACE;
    return f->no_header_reply ? protocol | MPROT_NR_HEADER : protocol;
}

static enum result keep_symbols(struct milter *f, struct str rest)
{
    uint32_t stage;
    struct str names;
    enum result r;

    while ((r = milter_packet_symbols(&rest, &stage, &names)) == OK)
        if (stage < MSET_UNKNOWN) {
            free(f->symbols[stage]);
            f->symbols[stage] = mem_dup_n(names.p, names.n);
        }
    return r == NONE ? OK : r;
}

static bool accept_offer(struct milter *f, const struct milter_offer *o)
{
    uint32_t protocol = offered(f);

    if (o->version < 2 || o->version > f->wanted_version) {
        warn(f, "milter %s: protocol version %u conflict with MTA protocol version %u", f->endpoint,
             (unsigned)o->version, f->wanted_version);
        return false;
    }
    if (o->actions & ~(uint32_t)ALL_ACTIONS) {
        warn(f, "milter %s: request mask 0x%x conflict with MTA request mask 0x%x", f->endpoint, (unsigned)o->actions,
             (unsigned)ALL_ACTIONS);
        return false;
    }
    if (o->protocol & ~protocol) {
        warn(f, "milter %s: event mask 0x%x conflict with MTA event mask 0x%x", f->endpoint, (unsigned)o->protocol,
             (unsigned)protocol);
        return false;
    }
    if (keep_symbols(f, o->symbols) != OK) {
        warn(f, "milter %s: malformed list of macros", f->endpoint);
        return false;
    }
    f->version = o->version;
    f->protocol = o->protocol;
    return true;
}

static bool negotiate(struct milter *f)
{
    struct buf *out = &f->list->out;
    struct milter_offer offer;
    struct str data;
    char code;

    buf_reset(out);
    milter_packet_u32(out, f->wanted_version);
    milter_packet_u32(out, ALL_ACTIONS);
    milter_packet_u32(out, offered(f));
    if (put_packet(f, 'O', buf_view(out)) != OK || stream_flush(&f->io) != OK ||
        get_packet(f, &code, &data) != OK) {
        warn(f, "milter %s: can't read SMFIC_OPTNEG reply packet header: %s", f->endpoint, trouble(f));
        (void)broken(f);
        return false;
    }
    if (code == 'O' && milter_packet_offer(data, &offer) == OK && accept_offer(f, &offer))
        return true;
    if (code != 'O')
        warn(f, "milter %s: unexpected reply \"%c\" in initial handshake", f->endpoint,
             chr_is_alnum(code) ? code : '?');
    (void)broken(f);
    return false;
}

bool milter_open(struct milter *f)
{
    int fd;

    if (f->bad) {
        (void)misconfigured(f);
        return false;
    }
    fd = endpoint_connect(f->endpoint, f->connect_ms);
    if (fd < 0) {
        warn(f, "connect to Milter service %s: %s", f->endpoint, strerror(errno));
        f->state = MSTATE_ERROR;
        return false;
    }
    stream_init(&f->io, fd, IN_BUFFER, OUT_BUFFER, f->connect_ms);
    f->open = true;
    f->state = MSTATE_READY;
    return negotiate(f);
}

void milter_close(struct milter *f, bool polite)
{
    if (!f->open)
        return;
    if (polite && f->io.err == STREAM_FINE) {
        f->io.timeout_ms = 1000;
        (void)!put_packet(f, 'Q', STR(""));
        (void)!stream_flush(&f->io);
    }
    stream_done(&f->io);
    f->open = f->in_message = false;
}

void milter_abort(struct milter *f)
{
    bool tell = f->open && f->in_message;

    f->in_message = f->hold = false;
    f->skipped = MEV_COUNT;
    if (f->state == MSTATE_ACCEPTED)
        f->state = MSTATE_READY;
    if (tell && (put_packet(f, 'A', STR("")) != OK || stream_flush(&f->io) != OK)) {
        warn(f, "milter %s: error writing command: %s", f->endpoint, trouble(f));
        (void)broken(f);
    }
}

/* --- answers --- */

static enum milter_verdict refuse(struct milter *f, enum milter_event ev, const char *text)
{
    buf_reset(&f->list->reply);
    buf_puts(&f->list->reply, text);
    if (is_session_event(ev)) { /* for the rest of the session */
        buf_reset(&f->reply);
        buf_puts(&f->reply, text);
        milter_close(f, false);
        f->state = MSTATE_REFUSED;
    }
    return MILTER_REFUSE;
}

static enum milter_verdict take_reply(struct milter *f, enum milter_event ev, struct str data)
{
    struct buf text;
    enum milter_verdict v;

    buf_init(&text, 32 * 1024);
    if (milter_packet_reply(data, &text) == OK) {
        v = refuse(f, ev, text.p);
    } else {
        warn(f, "milter %s: malformed reply: %.*s", f->endpoint, (int)(data.n < 100 ? data.n : 100), data.p);
        v = misconfigured(f);
    }
    buf_done(&text);
    return v;
}

static enum milter_verdict go_on(const struct milter *f)
{
    return f->hold ? MILTER_HOLD : MILTER_PASS;
}

static enum milter_verdict accepted(struct milter *f, enum milter_event ev)
{
    enum milter_verdict v = go_on(f);

    if (is_session_event(ev)) {
        milter_close(f, false);
        f->state = MSTATE_SESSION_OVER;
    } else if (f->in_message) {
        f->state = MSTATE_ACCEPTED;
    }
    return v;
}

static enum milter_verdict unexpected(struct milter *f, enum milter_event ev, char code)
{
    warn(f, "milter %s: unexpected filter response %s after event %s", f->endpoint, reply_name(code), events[ev].name);
    return broken(f);
}

/* A final answer. */
static enum milter_verdict settle(struct milter *f, enum milter_event ev, char code, struct str data)
{
    switch (code) {
    case 'c':
        return go_on(f);
    case 'a':
        return accepted(f, ev);
    case 'r':
        return refuse(f, ev, "550 5.7.1 Command rejected");
    case 't':
        return refuse(f, ev, "451 4.7.1 Service unavailable - try again later");
    case 'y':
        return take_reply(f, ev, data);
    case '4':
        milter_close(f, false);
        return refuse(f, MEV_CONNECT, "421 4.7.0 Server closing connection");
    case 's':
        f->skipped = ev;
        return go_on(f);
    case 'd':
        if (is_session_event(ev)) {
            warn(f, "milter %s: DISCARD action is not allowed for connect or helo", f->endpoint);
            return go_on(f);
        }
        f->state = f->in_message ? MSTATE_ACCEPTED : f->state;
        return MILTER_DISCARD;
    default:
        return unexpected(f, ev, code);
    }
}

static bool apply(struct milter *f, char code, struct str data, bool (*edit)(const struct milter_edit *, void *),
                  void *arg)
{
    struct milter_edit e;

    if (!edit || milter_packet_edit(code, data, &e) != OK) {
        warn(f, "milter %s: malformed change request \"%c\"", f->endpoint, code);
        return false;
    }
    e.as_is = (f->protocol & MPROT_LEADING_SPACE) != 0;
    return edit(&e, arg);
}

static enum milter_verdict await(struct milter *f, enum milter_event ev,
                                 bool (*edit)(const struct milter_edit *e, void *arg), void *arg)
{
    for (;;) {
        struct str data;
        char code;

        if (get_packet(f, &code, &data) != OK) {
            warn(f, "milter %s: can't read %s reply packet header: %s", f->endpoint, events[ev].name, trouble(f));
            return broken(f);
        }
        if (code == 'p') /* still at work: the time limit begins anew */
            continue;
        if (code == 'q') {
            f->hold = true;
        } else if (ev == MEV_END && milter_packet_is_edit(code)) {
            if (!apply(f, code, data, edit, arg))
                return broken(f);
        } else {
            return settle(f, ev, code, data);
        }
    }
}

/* Verdict without asking. False: it must be asked. */
static bool is_known(struct milter *f, enum milter_event ev, enum milter_verdict *v)
{
    *v = MILTER_PASS;
    switch (f->state) {
    case MSTATE_ERROR:
        *v = milter_failed(f);
        return true;
    case MSTATE_REFUSED:
        buf_reset(&f->list->reply);
        buf_puts(&f->list->reply, f->reply.p);
        *v = MILTER_REFUSE;
        return true;
    case MSTATE_CLOSED:
    case MSTATE_SESSION_OVER:
    case MSTATE_ACCEPTED:
        return true;
    case MSTATE_READY:
        break;
    }
    *v = go_on(f);
    if (f->skipped == ev)
        return true;
    f->skipped = MEV_COUNT;
    return f->version < events[ev].version || (events[ev].content && (f->protocol & events[ev].unwanted));
}

/* Macros come even with an event that is not wanted: later ones rely on them. */
static enum result tell(struct milter *f, enum milter_event ev, struct str data)
{
    enum result r = put_macros(f, ev);

    if (r == OK && !(f->protocol & events[ev].unwanted))
        r = put_packet(f, events[ev].code, data);
    if (r == OK && !(f->protocol & (events[ev].unwanted | events[ev].unanswered)))
        r = stream_flush(&f->io);
    return r;
}

enum milter_verdict milter_event(struct milter *f, enum milter_event ev, struct str data,
                                 bool (*edit)(const struct milter_edit *e, void *arg), void *arg)
{
    enum milter_verdict v;

    if (ev == MEV_MAIL && f->state == MSTATE_READY)
        f->in_message = true;
    if (is_known(f, ev, &v))
        return v;
    f->io.timeout_ms = events[ev].content ? f->content_ms : f->command_ms;
    if (tell(f, ev, data) != OK) {
        warn(f, "milter %s: error writing command: %s", f->endpoint, trouble(f));
        return broken(f);
    }
    if (f->protocol & (events[ev].unwanted | events[ev].unanswered))
        return go_on(f);
    return await(f, ev, edit, arg);
}
