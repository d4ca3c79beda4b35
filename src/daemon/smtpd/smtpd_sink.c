/* smtpd_sink.c - the queue as the place where a transaction goes
 *
 * Calls cleanup in place; the message is durable when end() says OK.
 * Runs in: smtpd.  Parameters: receive_override_options, content_filter.
 * Tests: tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/smtpd/smtpd_int.h"
#include "param/param.h"

static const struct { const char *name; unsigned flags; } overrides[] = {
    { "no_unknown_recipient_checks", 0 },
    { "no_address_mappings", CLEANUP_NO_REWRITE | CLEANUP_NO_EXPAND | CLEANUP_NO_BCC },
    { "no_header_body_checks", CLEANUP_NO_CHECKS },
    { "no_milters", 0 },
};

static unsigned override_flags(void)
{
    struct str rest = str_of(par_receive_override_options()), word;
    unsigned flags = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        for (size_t i = 0; i < ARRAY_LEN(overrides); i++)
            if (str_eq_case(word, overrides[i].name))
                flags |= overrides[i].flags;
    return flags;
}

static void fill_origin(struct qfile_env *env, const struct smtpd *s)
{
    const struct smtpd_forward *f = &s->forward;

    env->client_name = f->active ? f->name : s->peer.name;
    env->client_addr = f->active ? f->addr : s->peer.addr;
    env->client_port = f->active ? f->port : s->peer.port;
    env->client_helo = f->active ? f->helo : s->helo.p;
    env->client_proto = f->active ? f->proto : s->proto;
    env->ident = f->ident;
    env->sasl_method = s->auth.method;
    env->sasl_user = s->auth.user.p;
}

static enum result queue_open(struct smtpd *s, struct smtpd_tx *tx, struct why *why)
{
    struct qfile_env env = { .arrival = tx->arrival };
    unsigned flags = override_flags();
    bool local = smtpd_check_rewrite(s);

    if (tx->hold)
        flags |= CLEANUP_HOLD;
    if (local)
        flags |= CLEANUP_MISSING_HEADERS;
    env.flags = tx->flags;
    env.sender = tx->sender.p;
    env.envid = tx->envid.p;
    env.ret = tx->ret;
    env.verp = tx->verp.p;
    env.filter = par_content_filter();
    env.redirect = "";
    env.message_id = "";
    env.sasl_sender = tx->auth_sender.p;
    env.rewrite_context = local ? "local" : "remote";
    fill_origin(&env, s);
    tx->sink = cleanup_new(&env, local ? REWRITE_LOCAL : REWRITE_REMOTE, flags, why);
    if (!tx->sink)
        return TEMP;
    snprintf(tx->id, sizeof tx->id, "%s", cleanup_id(tx->sink));
    s->milter_said = false;
    if (ENABLE_MILTER && s->milters)
        cleanup_set_milters(tx->sink, s->milters, &s->milter_said);
    return OK;
}

static enum result queue_rcpt(struct smtpd *s, struct smtpd_tx *tx, const char *addr, const char *orcpt,
                              unsigned notify, struct why *why)
{
    return cleanup_rcpt(tx->sink, addr, orcpt, notify, why);
}

static void queue_data(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
    cleanup_data(tx->sink, p, n);
}

/* What access tables asked for, before the message is closed. */
static enum result apply_actions(struct smtpd_tx *tx, struct why *why)
{
    struct str rest = buf_view(&tx->bcc), line;
    unsigned flags = (tx->hold ? CLEANUP_HOLD : 0) | (tx->discard || tx->milter_discard ? CLEANUP_DISCARD : 0);

    if (flags)
        cleanup_add_flags(tx->sink, flags);
    if (tx->filter.n)
        cleanup_set_filter(tx->sink, tx->filter.p);
    if (tx->redirect.n)
        cleanup_set_redirect(tx->sink, tx->redirect.p);
    while (str_word(&rest, "\n", &line) == OK) {
        char addr[ADDR_TEXT];
        enum result r;

        snprintf(addr, sizeof addr, "%.*s", (int)line.n, line.p);
        r = cleanup_rcpt(tx->sink, addr, "", 1 /* NOTIFY=NEVER */, why);
        if (r != OK)
            return r;
    }
    return OK;
}

static enum result queue_end(struct smtpd *s, struct smtpd_tx *tx, int64_t size, struct why *why)
{
    struct cleanup *c = tx->sink;

    if (apply_actions(tx, why) != OK) {
        cleanup_abort(c);
        return TEMP;
    }
    cleanup_add_flags(c, CLEANUP_CAN_WAIT);
    return cleanup_end(c, size, tx->id, why);
}

static void queue_abort(struct smtpd *s, struct smtpd_tx *tx)
{
    cleanup_abort(tx->sink);
}

const struct smtpd_sink smtpd_sink_queue = { queue_open, queue_rcpt, queue_data, queue_end, queue_abort, NULL };
