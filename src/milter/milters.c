/* milters.c - the filters of a session: who is told what, and whose word counts
 *
 * Runs in: smtpd (smtpd_milters), pickup and bounce (non_smtpd_milters).
 * Parameters: milter_*.  Feature: MILTER.  Tests: tests/smtp/milter-*.t, tests/peers/test_milters.py
 */
/* SPDX-License-Identifier: ISC */
#include "milter/milter.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "milter/milter_int.h"
#include "net/sock.h"

struct milters *milters_new(const char *param, const char *list)
{
    struct milters *ms = mem_new(sizeof *ms);

    ms->param = param;
    buf_init(&ms->reply, 32 * 1024);
    buf_init(&ms->out, MILTER_PACKET_MAX);
    buf_init(&ms->in, MILTER_PACKET_MAX);
    ms->first = milter_conf(ms, list);
    if (ms->first)
        return ms;
    milters_free(ms);
    return NULL;
}

static void filter_free(struct milter *f)
{
    milter_close(f, true);
    for (size_t i = 0; i < ARRAY_LEN(f->symbols); i++)
        free(f->symbols[i]);
    free(f->endpoint);
    buf_done(&f->reply);
    free(f);
}

void milters_free(struct milters *ms)
{
    struct milter *f, *next;

    if (!ms)
        return;
    for (f = ms->first; f; f = next) {
        next = f->next;
        filter_free(f);
    }
    buf_done(&ms->reply);
    buf_done(&ms->out);
    buf_done(&ms->in);
    free(ms);
}

void milters_macros(struct milters *ms, const char *(*value)(const char *name, void *arg), void *arg)
{
    ms->value = value;
    ms->arg = arg;
}

void milters_log_as(struct milters *ms, const char *program)
{
    ms->program = program;
}

const char *milters_reply(const struct milters *ms)
{
    return ms->reply.p;
}

/* The first that refuses or discards has the last word; quarantine goes on. */
static enum milter_verdict tell_all(struct milters *ms, enum milter_event ev, const struct buf *data, uint32_t only)
{
    enum milter_verdict v = MILTER_PASS;

    for (struct milter *f = ms->first; f; f = f->next) {
        enum milter_verdict one;

        if (only && !(f->protocol & only))
            continue;
        one = milter_event(f, ev, data ? buf_view(data) : STR(""), NULL, NULL);
        if (one >= MILTER_DISCARD)
            return one;
        if (one == MILTER_HOLD)
            v = one;
    }
    return v;
}

static void put_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text) + 1);
}

/* Name, family, port, address. */
static void put_client(struct buf *b, const char *name, const char *addr, int port)
{
    struct sock_addr a;
    bool known = sock_parse_addr(str_of(addr), 0, &a) == OK;

    put_text(b, name);
    if (!known) {
        buf_putc(b, 'U');
        return;
    }
    buf_putc(b, strchr(addr, ':') ? '6' : '4');
    buf_putc(b, port >> 8);
    buf_putc(b, port & 255);
    put_text(b, addr);
}

enum milter_verdict milters_connect(struct milters *ms, const char *name, const char *addr, int port)
{
    enum milter_verdict v;
    struct buf b;

    for (struct milter *f = ms->first; f; f = f->next)
        if (f->state == MSTATE_CLOSED)
            (void)!milter_open(f);
    buf_init(&b, 4096);
    put_client(&b, name, addr, port);
    v = tell_all(ms, MEV_CONNECT, &b, 0);
    buf_done(&b);
    return v;
}

enum milter_verdict milters_helo(struct milters *ms, const char *name)
{
    enum milter_verdict v;
    struct buf b;

    buf_init(&b, 4096);
    put_text(&b, name);
    v = tell_all(ms, MEV_HELO, &b, 0);
    buf_done(&b);
    return v;
}

static void put_arguments(struct buf *b, const char *addr, struct str params)
{
    struct str word;

    put_text(b, addr);
    while (str_word(&params, " \t", &word) == OK) {
        buf_str(b, word);
        buf_putc(b, 0);
    }
}

enum milter_verdict milters_mail(struct milters *ms, const char *addr, struct str params)
{
    enum milter_verdict v;
    struct buf b;

    buf_init(&b, 64 * 1024);
    put_arguments(&b, addr, params);
    v = tell_all(ms, MEV_MAIL, &b, 0);
    buf_done(&b);
    return v;
}

enum milter_verdict milters_rcpt(struct milters *ms, const char *addr, struct str params, bool refused)
{
    enum milter_verdict v;
    struct buf b;

    buf_init(&b, 64 * 1024);
    put_arguments(&b, addr, params);
    v = tell_all(ms, MEV_RCPT, &b, refused ? MPROT_RCPT_REJECTED : 0);
    buf_done(&b);
    return v;
}

enum milter_verdict milters_data(struct milters *ms)
{
    return tell_all(ms, MEV_DATA, NULL, 0);
}

enum milter_verdict milters_unknown(struct milters *ms, struct str command)
{
    enum milter_verdict v;
    struct buf b;

    buf_init(&b, 64 * 1024);
    buf_str(&b, command);
    buf_putc(&b, 0);
    v = tell_all(ms, MEV_UNKNOWN, &b, 0);
    buf_done(&b);
    return v;
}

enum milter_verdict milters_other(struct milters *ms)
{
    for (struct milter *f = ms->first; f; f = f->next) {
        if (f->state == MSTATE_ERROR)
            return milter_failed(f);
        if (f->state == MSTATE_REFUSED) {
            buf_reset(&ms->reply);
            buf_puts(&ms->reply, f->reply.p);
            return MILTER_REFUSE;
        }
    }
    return MILTER_PASS;
}

void milters_abort(struct milters *ms)
{
    for (struct milter *f = ms->first; f; f = f->next)
        milter_abort(f);
}

struct milter *milters_first(struct milters *ms)
{
    return ms->first;
}

struct milter *milter_next(struct milter *f)
{
    return f->next;
}

bool milter_wants_content(const struct milter *f)
{
    return f->state != MSTATE_ACCEPTED && f->state != MSTATE_SESSION_OVER && f->state != MSTATE_CLOSED;
}

bool milter_wants_body(const struct milter *f)
{
    return f->state == MSTATE_READY && !(f->protocol & MPROT_NO_BODY) && f->skipped != MEV_BODY;
}

/* Filters see folds as bare line feeds. */
static void put_value(struct buf *b, struct str value, bool as_is)
{
    if (!as_is && value.n && value.p[0] == ' ')
        value = (struct str){ value.p + 1, value.n - 1 };
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] != '\r' || i + 1 == value.n || value.p[i + 1] != '\n')
            buf_putc(b, value.p[i] ? value.p[i] : ' ');
    buf_putc(b, 0);
}

enum milter_verdict milter_header(struct milter *f, struct str name, struct str value)
{
    struct buf *b = &f->list->out;

    buf_reset(b);
    buf_str(b, name);
    buf_putc(b, 0);
    put_value(b, value, (f->protocol & MPROT_LEADING_SPACE) != 0);
    return milter_event(f, MEV_HEADER, buf_view(b), NULL, NULL);
}

enum milter_verdict milter_end_of_headers(struct milter *f)
{
    return milter_event(f, MEV_EOH, STR(""), NULL, NULL);
}

enum milter_verdict milter_body(struct milter *f, struct str chunk)
{
    return milter_event(f, MEV_BODY, chunk, NULL, NULL);
}

enum milter_verdict milter_end(struct milter *f, bool (*edit)(const struct milter_edit *e, void *arg), void *arg)
{
    enum milter_verdict v = milter_event(f, MEV_END, STR(""), edit, arg);

    f->in_message = false;
    return v;
}
