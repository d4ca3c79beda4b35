/* smtpd_xclient.c - XCLIENT and XFORWARD: a trusted program speaks for its client
 *
 * XCLIENT replaces the identity the restrictions see; XFORWARD only what the log
 * and the queue file say. Values are xtext.
 * Runs in: smtpd.  Parameters: smtpd_authorized_xclient_hosts, smtpd_authorized_xforward_hosts.
 * Tests: tests/smtp/xclient.t, tests/smtp/xforward.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/smtp_text.h"
#include "param/param.h"

enum { VALUE_MAX = 255 };

static int fail(struct smtpd *s, const char *reply)
{
    smtpd_reply(s, "%s", reply);
    return -1;
}

static int bad_value(struct smtpd *s, struct str name, const char *value)
{
    smtpd_reply(s, "501 5.5.4 Bad %.*s syntax: %s", (int)name.n, name.p, value);
    return -1;
}

/* NAME=value in decoded form: OK; NONE at the end; PERM. */
static enum result next_attr(struct str *rest, struct str *name, struct buf *value)
{
    struct str word;
    size_t eq;

    if (str_word(rest, " \t", &word) != OK)
        return NONE;
    eq = str_find(word, '=');
    if (eq + 1 >= word.n)
        return PERM;
    *name = (struct str){ word.p, eq };
    buf_reset(value);
    if (xtext_decode(value, (struct str){ word.p + eq + 1, word.n - eq - 1 }) != OK || value->n > VALUE_MAX)
        return PERM;
    for (size_t i = 0; i < value->n; i++)
        if ((unsigned char)value->p[i] < 32 || value->p[i] == 127)
            return PERM;
    return OK;
}

static bool unavailable(const struct buf *v)
{
    return str_eq_case(buf_view(v), "[UNAVAILABLE]");
}

static bool temp_unavailable(const struct buf *v)
{
    return str_eq_case(buf_view(v), "[TEMPUNAVAIL]");
}

static bool set_host(char out[DNS_NAME], char *status, const struct buf *v)
{
    if (unavailable(v) || temp_unavailable(v)) {
        memcpy(out, "unknown", sizeof "unknown");
        *status = unavailable(v) ? '5' : '4';
        return true;
    }
    if (dns_valid_hostname(buf_view(v)) != OK)
        return false;
    snprintf(out, DNS_NAME, "%s", v->p);
    *status = '2';
    return true;
}

/* A name that is known is the one that the address has, too. */
static bool set_name(struct smtpd_peer *p, const struct buf *v)
{
    if (!set_host(p->name, &p->name_status, v))
        return false;
    return p->name_status != '2' || set_host(p->reverse, &p->reverse_status, v);
}

static bool set_addr(struct sock_addr *to, char text[SOCK_ADDR_TEXT], const struct buf *v)
{
    if (unavailable(v)) {
        memset(to, 0, sizeof *to); /* nobody's: AF_UNSPEC */
        memcpy(text, "unknown", sizeof "unknown");
        return true;
    }
    if (sock_parse_addr(buf_view(v), 0, to) != OK)
        return false;
    sock_text(to, text);
    return true;
}

static bool set_port(char out[8], const struct buf *v)
{
    int64_t n;

    if (unavailable(v)) {
        memcpy(out, "unknown", sizeof "unknown");
        return true;
    }
    if (num_parse(buf_view(v), 0, 65535, &n) != OK)
        return false;
    snprintf(out, 8, "%d", (int)n);
    return true;
}

static void set_login(struct smtpd *s, const struct buf *v)
{
    smtpd_auth_forget(s);
    if (unavailable(v))
        return;
    snprintf(s->auth.method, sizeof s->auth.method, "XCLIENT");
    buf_str(&s->auth.user, buf_view(v));
    s->auth.done = true;
}

struct xclient {                   /* effective when the whole command is good */
    struct smtpd_peer peer;
    const char *proto;
    struct buf helo;
};

static bool set_proto(struct xclient *x, const struct buf *v)
{
    x->proto = str_eq_case(buf_view(v), "ESMTP") ? "ESMTP" : "SMTP";
    return str_eq_case(buf_view(v), x->proto);
}

static bool set_helo(struct xclient *x, const struct buf *v)
{
    buf_reset(&x->helo);
    if (unavailable(v))
        return true;
    buf_str(&x->helo, buf_view(v));
    str_printable(x->helo.p, par_smtputf8_enable());
    smtpd_parse_neuter(x->helo.p);
    return true;
}

/* NONE: no such attribute; PERM: its value is none. */
static enum result set_known(struct smtpd *s, struct xclient *x, struct str name, const struct buf *v)
{
    bool good = true;

    if (str_eq_case(name, "NAME"))
        good = set_name(&x->peer, v);
    else if (str_eq_case(name, "REVERSE_NAME"))
        good = set_host(x->peer.reverse, &x->peer.reverse_status, v);
    else if (str_eq_case(name, "ADDR"))
        good = set_addr(&x->peer.sock, x->peer.addr, v);
    else if (str_eq_case(name, "DESTADDR"))
        good = set_addr(&x->peer.local, x->peer.local_addr, v);
    else if (str_eq_case(name, "PORT"))
        good = set_port(x->peer.port, v);
    else if (str_eq_case(name, "DESTPORT"))
        good = set_port(x->peer.local_port, v);
    else if (str_eq_case(name, "HELO"))
        good = set_helo(x, v);
    else if (str_eq_case(name, "PROTO"))
        good = set_proto(x, v);
    else if (str_eq_case(name, "LOGIN"))
        set_login(s, v);
    else
        return NONE;
    return good ? OK : PERM;
}

static int set_attr(struct smtpd *s, struct xclient *x, struct str name, const struct buf *v)
{
    enum result r = set_known(s, x, name, v);

    if (r == PERM)
        return bad_value(s, name, v->p);
    if (r == OK)
        return 0;
    smtpd_reply(s, "501 5.5.4 Bad %s attribute name: %.*s", "XCLIENT", (int)name.n, name.p);
    return -1;
}

static int set_attrs(struct smtpd *s, struct xclient *x, struct str rest)
{
    struct buf value;
    struct str name;
    enum result r;
    int failed = 0;

    buf_init(&value, 1024);
    while (!failed && (r = next_attr(&rest, &name, &value)) != NONE)
        failed = r == OK ? set_attr(s, x, name, &value) : fail(s, "501 5.5.4 Error: attribute=value expected");
    buf_done(&value);
    return failed;
}

/* The session starts over as that client: connect-time checks and a new greeting. */
static void become(struct smtpd *s, struct xclient *x)
{
    struct smtpd_auth login = s->auth;
    bool keep_login = strcmp(login.method, "XCLIENT") == 0;
    const char *refused;

    if (ENABLE_TRANSCRIPTS)
        smtpd_history_end(s);
    s->peer = x->peer;
    smtpd_peer_label(&s->peer);
    smtpd_tx_end(s);
    s->hidden_known = false;
    if (!keep_login)
        smtpd_auth_forget(s);
    buf_reset(&s->helo);
    buf_str(&s->helo, buf_view(&x->helo));
    s->proto = x->proto;
    s->defer_client = s->defer_helo = false;
    buf_reset(&s->denied);
    smtpd_session_classify(s);
    if (!par_smtpd_delay_reject() && (refused = smtpd_check_client(s)) && *refused) {
        buf_puts(&s->denied, refused);
        smtpd_reply(s, "%s", refused);
        return;
    }
    if (ENABLE_MILTER && !smtpd_milter_connect(s))
        return;
    smtpd_greet(s);
}

int smtpd_xclient(struct smtpd *s, struct str rest)
{
    struct xclient x = { .peer = s->peer, .proto = "SMTP" };
    int failed;

    if (s->tx || s->bdat_mail)
        return fail(s, "503 5.5.1 Error: MAIL transaction in progress");
    if (!rest.n)
        return fail(s, "501 5.5.4 Syntax: XCLIENT attribute=value...");
    if (!s->may_xclient) {
        smtpd_reply(s, "550 5.7.0 Error: insufficient authorization");
        return -1;
    }
    buf_init(&x.helo, 512);
    failed = set_attrs(s, &x, rest);
    if (!failed)
        become(s, &x);
    buf_done(&x.helo);
    return failed;
}

/* --- XFORWARD --- */

static const struct { const char *name; size_t at; } forward_fields[] = {
    { "NAME", offsetof(struct smtpd_forward, name) }, { "ADDR", offsetof(struct smtpd_forward, addr) },
    { "PORT", offsetof(struct smtpd_forward, port) }, { "PROTO", offsetof(struct smtpd_forward, proto) },
    { "HELO", offsetof(struct smtpd_forward, helo) }, { "IDENT", offsetof(struct smtpd_forward, ident) },
    { "SOURCE", offsetof(struct smtpd_forward, domain) },
};

/* The value in the form in which it is kept. */
static bool good_forward(struct str name, struct buf *v)
{
    struct sock_addr a;
    char text[SOCK_ADDR_TEXT];
    int64_t port;

    if (str_eq_case(name, "NAME"))
        return dns_valid_hostname(buf_view(v)) == OK;
    if (str_eq_case(name, "PORT"))
        return num_parse(buf_view(v), 0, 65535, &port) == OK;
    if (str_eq_case(name, "SOURCE"))
        return str_eq_case(buf_view(v), "LOCAL") || str_eq_case(buf_view(v), "REMOTE");
    if (!str_eq_case(name, "ADDR"))
        return true;
    if (sock_parse_addr(buf_view(v), 0, &a) != OK)
        return false;
    sock_text(&a, text);
    buf_reset(v);
    buf_puts(v, text);
    return true;
}

static int set_forward(struct smtpd *s, struct str name, struct buf *v)
{
    for (size_t i = 0; i < ARRAY_LEN(forward_fields); i++) {
        char *to = (char *)&s->forward + forward_fields[i].at;

        if (!str_eq_case(name, forward_fields[i].name))
            continue;
        if (unavailable(v))
            buf_reset(v);
        else if (!good_forward(name, v))
            return bad_value(s, name, v->p);
        snprintf(to, 256, "%s", v->n ? v->p : "");
        str_printable(to, par_smtputf8_enable());
        smtpd_parse_neuter(to);
        return 0;
    }
    smtpd_reply(s, "501 5.5.4 Bad %s attribute name: %.*s", "XFORWARD", (int)name.n, name.p);
    return -1;
}

int smtpd_xforward(struct smtpd *s, struct str rest)
{
    struct buf value;
    struct str name;
    enum result r;
    int failed = 0;

    if (s->tx || s->bdat_mail)
        return fail(s, "503 5.5.1 Error: MAIL transaction in progress");
    if (!rest.n)
        return fail(s, "501 5.5.4 Syntax: XFORWARD attribute=value...");
    if (!s->may_xforward)
        return fail(s, "550 5.7.0 Error: insufficient authorization");
    if (!s->forward.active)
        s->forward = (struct smtpd_forward){ .active = true };
    buf_init(&value, 1024);
    while (!failed && (r = next_attr(&rest, &name, &value)) != NONE)
        failed = r == OK ? set_forward(s, name, &value) : fail(s, "501 5.5.4 Error: attribute=value expected");
    buf_done(&value);
    if (!failed)
        smtpd_reply(s, "250 2.0.0 Ok");
    return failed;
}
