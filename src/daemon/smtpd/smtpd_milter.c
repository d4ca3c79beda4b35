/* smtpd_milter.c - mail filters of an SMTP session
 *
 * A filter that refuses the client, or its HELO, is not heard by every command:
 * the session goes on, and MAIL and the like are refused (as Sendmail does it).
 * Runs in: smtpd.  Parameters: smtpd_milters, smtpd_milter_maps, milter_macro_*.  Feature: MILTER.
 * Tests: tests/smtp/milter-*.t, tests/peers/test_milters.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "map/map.h"
#include "milter/milter.h"
#include "net/tls.h"
#include "param/param.h"

/* --- macros --- */

static const char *peer_text(const struct smtpd *s)
{
    static char text[DNS_NAME + SOCK_ADDR_TEXT + 40];
    char literal[SOCK_ADDR_TEXT + 8];

    smtpd_peer_literal(s->peer.addr, literal, sizeof literal);
    snprintf(text, sizeof text, "%s [%s]%s", s->peer.reverse, literal,
             str_cmp_case(s->peer.name, s->peer.reverse) ? " (may be forged)" : "");
    return text;
}

static const char *client_addr(const struct smtpd *s)
{
    static char literal[SOCK_ADDR_TEXT + 8];

    smtpd_peer_literal(s->peer.addr, literal, sizeof literal);
    return literal;
}

static const struct tls_peer *tls_of(const struct smtpd *s)
{
    return ENABLE_TLS && s->io.tls ? tls_peer(&s->io) : NULL;
}

static const char *tls_macro(const struct smtpd *s, const char *name)
{
    static char bits[16];
    const struct tls_peer *p = tls_of(s);

    if (!p)
        return NULL;
    if (str_cmp_case(name, "{tls_version}") == 0)
        return p->protocol;
    if (str_cmp_case(name, "{cipher}") == 0)
        return p->cipher;
    if (str_cmp_case(name, "{tls_sni}") == 0)
        return p->sni;
    if (str_cmp_case(name, "{cert_subject}") == 0)
        return p->chain_trusted ? p->subject_cn : NULL;
    if (str_cmp_case(name, "{cert_issuer}") == 0)
        return p->chain_trusted ? p->issuer_cn : NULL;
    if (str_cmp_case(name, "{cipher_bits}") != 0)
        return NULL;
    snprintf(bits, sizeof bits, "%d", p->bits_used);
    return bits;
}

static const char *auth_macro(const struct smtpd *s, const char *name)
{
    if (str_cmp_case(name, "{auth_type}") == 0)
        return s->auth.done ? s->auth.method : NULL;
    if (str_cmp_case(name, "{auth_authen}") == 0)
        return s->auth.done ? s->auth.user.p : NULL;
    if (str_cmp_case(name, "{auth_author}") == 0)
        return s->tx && s->tx->auth_sender.n ? s->tx->auth_sender.p : NULL;
    return NULL;
}

/* Transport and next hop of sender or recipient. */
static const char *route_macro(struct smtpd *s, bool sender, bool host)
{
    const struct resolved *r;
    enum result result;

    if (sender ? !s->tx || !s->tx->sender.n : !s->rcpt.known)
        return NULL;
    r = sender ? smtpd_sender_route(s, &result) : smtpd_rcpt_route(s, &result);
    if (result != OK)
        return NULL;
    return host ? r->nexthop.p : r->transport.p;
}

/* A refused recipient: why, in place of where it would go. */
static const char *rcpt_macro(struct smtpd *s, const char *name)
{
    static char dsn[12];
    size_t n;

    if (!s->rcpt.known)
        return NULL;
    if (!s->milter_rcpt_refused) {
        if (str_cmp_case(name, "{rcpt_addr}") == 0)
            return s->rcpt.ext.p;
        return route_macro(s, false, str_cmp_case(name, "{rcpt_host}") == 0);
    }
    n = strlen(s->milter_rcpt_refused) > 4 ? why_dsn_length(s->milter_rcpt_refused + 4) : 0;
    if (str_cmp_case(name, "{rcpt_mailer}") == 0)
        return "error";
    if (str_cmp_case(name, "{rcpt_addr}") == 0) {
        const char *text = s->milter_rcpt_refused + 4 + (n ? n + 1 : 0);
        const char *past = *text == '<' ? strstr(text, ">: ") : NULL;

        return past ? past + 3 : text; /* without the address */
    }
    snprintf(dsn, sizeof dsn, "%.*s", (int)n, s->milter_rcpt_refused + 4);
    return dsn;
}

static const char *mail_macro(struct smtpd *s, const char *name)
{
    if (str_cmp_case(name, "{mail_addr}") == 0)
        return s->tx ? s->tx->sender_ext.p : NULL;
    return route_macro(s, true, str_cmp_case(name, "{mail_host}") == 0);
}

static const char *macro(const char *name, void *arg)
{
    static char connections[16];
    struct smtpd *s = arg;
    const struct { const char *name, *value; } rows[] = {
        { "j", par_myhostname() },
        { "v", par_milter_macro_v() },
        { "{daemon_name}", par_milter_macro_daemon_name() },
        { "{daemon_addr}", s->peer.local_addr },
        { "{daemon_port}", s->peer.local_port },
        { "{client_name}", s->peer.name },
        { "{client_port}", s->peer.port },
        { "{client_ptr}", s->peer.reverse },
        { "{client_connections}", s->stand_alone ? NULL : connections },
        { "i", s->tx && s->tx->id[0] ? s->tx->id : NULL },
    };

    snprintf(connections, sizeof connections, "%d", s->connections);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_cmp_case(name, rows[i].name) == 0)
            return rows[i].value;
    if (strcmp(name, "_") == 0)
        return peer_text(s);
    if (str_cmp_case(name, "{client_addr}") == 0)
        return client_addr(s);
    if (str_begins_case(str_of(name), "{mail_"))
        return mail_macro(s, name);
    if (str_begins_case(str_of(name), "{rcpt_"))
        return rcpt_macro(s, name);
    if (str_begins_case(str_of(name), "{auth_"))
        return auth_macro(s, name);
    return tls_macro(s, name);
}

/* --- verdicts --- */

/* NULL = go on; otherwise the reply. */
static const char *act(struct smtpd *s, enum milter_verdict v)
{
    switch (v) {
    case MILTER_HOLD:
        if (s->tx)
            s->tx->hold = true;
        else
            s->milter_hold = true;
        smtpd_check_log(s, "milter-hold", "milter triggers HOLD action");
        return NULL;
    case MILTER_DISCARD:
        if (s->tx)
            s->tx->milter_discard = true;
        smtpd_check_log(s, "milter-discard", "milter triggers DISCARD action");
        return NULL;
    case MILTER_REFUSE:
        smtpd_check_log(s, "milter-reject", milters_reply(s->milters));
        return milters_reply(s->milters);
    case MILTER_PASS:
        break;
    }
    return NULL;
}

int smtpd_milter_refuse(struct smtpd *s, const char *reply)
{
    const char *end;

    while ((end = strstr(reply, "\r\n")) && end - reply >= 4) {
        smtpd_reply_more(s, "%.3s-%.*s", reply, (int)(end - reply - 4), reply + 4);
        reply = end + 2;
    }
    smtpd_reply(s, "%s", reply);
    return -1;
}

/* The list for this client; NULL = none. */
static const char *list_for(struct smtpd *s)
{
    if (strstr(par_receive_override_options(), "no_milters"))
        return NULL;
    if (smtpd_lists.milter_maps) {
        enum result r = maps_get(smtpd_lists.milter_maps, str_of(s->peer.addr), &s->answer, NULL);

        if (r == OK)
            return str_eq_case(str_trim(buf_view(&s->answer)), "DISABLE") ? NULL : s->answer.p;
        if (r != NONE) /* like a filter that cannot be reached */
            return "lookup-failed";
    }
    return par_smtpd_milters();
}

bool smtpd_milter_connect(struct smtpd *s)
{
    const char *list = list_for(s), *reply;
    int64_t port;

    smtpd_milter_end(s);
    s->milters = list && *list ? milters_new("smtpd_milters", list) : NULL;
    if (!s->milters)
        return true;
    milters_macros(s->milters, macro, s);
    if (num_parse(str_of(s->peer.port), 0, 65535, &port) != OK)
        port = 0;
    reply = act(s, milters_connect(s->milters, s->peer.name, s->peer.addr, (int)port));
    if (!reply)
        return true;
    if (strncmp(reply, "421", 3) == 0) {
        smtpd_reply(s, "421 %s Service unavailable - try again later", par_myhostname());
        return false;
    }
    s->milter_refused = reply[0] == '5';
    return true;
}

void smtpd_milter_end(struct smtpd *s)
{
    milters_free(s->milters);
    s->milters = NULL;
    s->milter_refused = s->milter_hold = false;
}

/* As Sendmail: EHLO itself succeeds, unless the connection is to end. */
const char *smtpd_milter_helo(struct smtpd *s)
{
    const char *reply = s->milters ? act(s, milters_helo(s->milters, s->helo.p)) : NULL;

    s->milter_refused = reply && reply[0] == '5';
    return reply && strncmp(reply, "421", 3) == 0 ? reply : NULL;
}

/* "<address>" in the session's scratch buffer. */
static const char *path(struct smtpd *s, const struct buf *addr)
{
    buf_reset(&s->scratch);
    buf_printf(&s->scratch, "<%s>", addr->p);
    return s->scratch.p;
}

const char *smtpd_milter_mail(struct smtpd *s, struct str params)
{
    if (!s->milters)
        return NULL;
    if (s->milter_hold)
        s->tx->hold = true;
    return act(s, milters_mail(s->milters, path(s, &s->tx->sender_ext), params));
}

const char *smtpd_milter_rcpt(struct smtpd *s, struct str params, const char *refused)
{
    const char *reply = NULL;

    if (!s->milters || s->tx->milter_discard)
        return NULL;
    s->milter_rcpt_refused = refused;
    if (refused)
        (void)milters_rcpt(s->milters, path(s, &s->rcpt.ext), params, true);
    else
        reply = act(s, milters_rcpt(s->milters, path(s, &s->rcpt.ext), params, false));
    s->milter_rcpt_refused = NULL;
    return reply;
}

const char *smtpd_milter_data(struct smtpd *s)
{
    const char *reply;

    if (!s->milters || s->tx->milter_discard)
        return NULL;
    smtpd_rcpt_set(s, buf_view(&s->tx->first_rcpt));
    reply = act(s, milters_data(s->milters));
    smtpd_rcpt_clear(s);
    return reply;
}

const char *smtpd_milter_unknown(struct smtpd *s, struct str command)
{
    return s->milters ? act(s, milters_unknown(s->milters, command)) : NULL;
}

const char *smtpd_milter_other(struct smtpd *s)
{
    enum milter_verdict v = s->milters ? milters_other(s->milters) : MILTER_PASS;

    return v == MILTER_REFUSE ? milters_reply(s->milters) : NULL;
}

void smtpd_milter_abort(struct smtpd *s)
{
    if (s->milters)
        milters_abort(s->milters);
}
