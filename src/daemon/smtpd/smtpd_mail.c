/* smtpd_mail.c - MAIL and RCPT
 *
 * Trust: addresses and parameters are hostile. RFC 5321 sections 4.1.1.2 and 4.1.1.3,
 * RFC 1870 (SIZE), 3461 (DSN), 4954 (AUTH=), 6152 (BODY), 6531 (SMTPUTF8).
 * Runs in: smtpd.  Parameters: strict_rfc821_envelopes, smtpd_recipient_limit, ...
 * Tests: tests/smtp/mail-*.t, tests/smtp/rcpt-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "map/match.h"
#include "param/param.h"
#include "service/verify.h"

enum { ENVID_MAX = 100, ORCPT_MAX = 500 };

void smtpd_warn_address(struct smtpd *s, struct str text)
{
    log_warn("Illegal address syntax from %s in %s command: %.*s", s->peer.label, s->where,
             (int)(text.n < 200 ? text.n : 200), text.p);
}

/* A quoted string stands between dots; with strict_rfc821_envelopes there are no comments either. */
static bool is_plain(struct str text, bool strict)
{
    bool angle = text.n && text.p[0] == '<';
    char before = '<';
    size_t end;

    for (size_t i = angle; i < text.n && text.p[i] != (angle ? '>' : ' '); i = end) {
        end = i + 1;
        if (strict && text.p[i] == '(')
            return false;
        if (text.p[i] == ' ' || text.p[i] == '\t')
            continue;
        if (text.p[i] == '"') {
            while (end < text.n && text.p[end] != '"')
                end += text.p[end] == '\\' ? 2 : 1;
            end++;
            if (!strchr("<:.", before) || (end >= text.n ? angle : !strchr("@.>< \t", text.p[end])))
                return false;
        }
        before = text.p[i];
    }
    return true;
}

static struct str without_last_dot(struct str domain)
{
    if (domain.n && domain.p[domain.n - 1] == '.')
        domain.n--;
    return domain;
}

bool smtpd_undeclared_utf8(struct smtpd *s, struct str text, bool declared)
{
    if (declared || !par_smtputf8_enable() || !par_strict_smtputf8() || str_is_ascii(text))
        return false;
    smtpd_reply(s, "553 5.6.7 Must declare SMTPUTF8 to send unicode address");
    return true;
}

/* A domain in UTF-8 is one only where the client has said that it sends such. */
static bool good_domain(struct str domain, bool utf8)
{
    struct sock_addr a;

    if (!utf8 && !str_is_ascii(domain))
        return false;
    return addr_valid_domain(domain) || (par_resolve_numeric_domain() && sock_parse_addr(domain, 0, &a) == OK);
}

enum result smtpd_parse_address(struct smtpd *s, struct str text, unsigned how, struct buf *out, struct str *rest)
{
    bool strict = par_strict_rfc821_envelopes() && !(how & ADDRESS_SLOPPY);
    struct str domain;
    enum result r = addr_parse_path(text, strict, out, rest);

    if (r == OK && out->n) {
        domain = without_last_dot(addr_domain(buf_view(out)));
        if (addr_at(buf_view(out)) < out->n && !good_domain(domain, how & ADDRESS_UTF8))
            r = PERM;
        if ((out->p[0] == '-' && !par_allow_min_user()) || (out->p[0] == '@' && strict))
            r = PERM;
        if (par_smtputf8_enable() && !str_is_utf8(buf_view(out)))
            r = PERM;
        if (!is_plain(str_trim(text), strict))
            r = PERM;
    }
    text = str_trim(text);
    if (r != OK && rest->p)
        smtpd_warn_address(s, (struct str){ text.p, (size_t)(rest->p - text.p) });
    return r;
}

/* The first word of text, for parameters that must be known before the address is judged. */
static bool has_param(struct str text, const char *name)
{
    struct str word;

    while (str_word(&text, " \t", &word) == OK)
        if (str_eq_case(word, name))
            return true;
    return false;
}

static int fail(struct smtpd *s, const char *reply)
{
    smtpd_reply(s, "%s", reply);
    return -1;
}

static int bad_verp(struct smtpd *s)
{
    smtpd_reply(s, "501 5.5.4 Error: %s needs two characters from %s", "XVERP", par_verp_delimiter_filter());
    return -1;
}

static int mail_verp(struct smtpd *s, struct smtpd_tx *tx, struct str value)
{
    if (value.n && (value.n != 2 || !strchr(par_verp_delimiter_filter(), value.p[0]) ||
                    !strchr(par_verp_delimiter_filter(), value.p[1])))
        return bad_verp(s);
    if (value.n)
        buf_str(&tx->verp, value);
    else
        buf_puts(&tx->verp, par_default_verp_delimiters());
    return 0;
}

static int mail_auth(struct smtpd *s, struct smtpd_tx *tx, struct str value)
{
    struct buf decoded;
    enum result r;

    buf_init(&decoded, ADDR_MAX);
    r = xtext_decode(&decoded, value);
    buf_done(&decoded);
    if (r != OK)
        return fail(s, "501 5.5.4 Bad AUTH parameter syntax");
    if (par_smtpd_sasl_auth_enable())
        buf_str(&tx->auth_sender, value); /* as it came: logs and policy services have always seen it so */
    return 0;
}

static int mail_envid(struct smtpd *s, struct smtpd_tx *tx, struct str value)
{
    if (tx->envid.n || value.n == 0 || value.n > ENVID_MAX || xtext_decode(&tx->envid, value) != OK)
        return fail(s, "501 5.5.4 Bad ENVID parameter syntax");
    return 0;
}

bool smtpd_requiretls_offered(const struct smtpd *s, unsigned hidden)
{
    return ENABLE_REQUIRETLS && par_requiretls_enable() && smtpd_tls_active(s) && !(hidden & EHLO_REQUIRETLS) &&
           s->sink == &smtpd_sink_queue;
}

static void mail_requiretls(struct smtpd_tx *tx)
{
    tx->flags |= QF_REQUIRETLS;
    if (ENABLE_REQUIRETLS && par_requiretls_esmtp_header())
        buf_puts(&tx->prepend, "Require-TLS-ESMTP: yes\r\n");
}

static int mail_param(struct smtpd *s, struct smtpd_tx *tx, struct str name, struct str value)
{
    unsigned hidden = smtpd_verb_hidden(s);

    if (str_eq_case(name, "BODY") && str_eq_case(value, "8BITMIME"))
        tx->flags |= QF_BODY_8BIT;
    else if (str_eq_case(name, "BODY") && str_eq_case(value, "7BIT"))
        tx->flags &= ~(unsigned)QF_BODY_8BIT;
    else if (str_eq_case(name, "SMTPUTF8") && !value.p && par_smtputf8_enable() && !(hidden & EHLO_SMTPUTF8))
        tx->flags |= QF_SMTPUTF8;
    else if (str_eq_case(name, "REQUIRETLS") && !value.p && smtpd_requiretls_offered(s, hidden))
        mail_requiretls(tx);
    else if (str_eq_case(name, "SIZE") && value.p) {
        switch (num_parse(value, 0, INT64_MAX / 10, &tx->size)) {
        case OK: break;
        case CONF: return fail(s, "552 5.3.4 Message size exceeds file system imposed limit");
        default: return fail(s, "501 5.5.4 Bad message size syntax");
        }
    } else if (str_eq_case(name, "AUTH") && value.p)
        return mail_auth(s, tx, value);
    else if (str_eq_case(name, "XVERP") && smtpd_lists.verp &&
             match_host(smtpd_lists.verp, s->peer.name, s->peer.addr) == OK)
        return mail_verp(s, tx, value);
    else if ((hidden & EHLO_DSN) && value.p && (str_eq_case(name, "RET") || str_eq_case(name, "ENVID")))
        return fail(s, "501 5.7.1 DSN support is disabled");
    else if (str_eq_case(name, "RET") && value.p) {
        if (tx->ret || dsn_parse_ret(value, &tx->ret) != OK)
            return fail(s, "501 5.5.4 Bad RET parameter syntax");
    } else if (str_eq_case(name, "ENVID") && value.p)
        return mail_envid(s, tx, value);
    else {
        smtpd_reply(s, "555 5.5.4 Unsupported option: %.*s%s%.*s", (int)name.n, name.p, value.p ? "=" : "",
                    value.p ? (int)value.n : 0, value.p ? value.p : "");
        return -1;
    }
    return 0;
}

static int bad_option(struct smtpd *s, struct str rest)
{
    rest = str_trim(rest);
    rest.n = str_find(rest, ' ');
    smtpd_reply(s, "555 5.5.4 Unsupported option: %.*s", (int)rest.n, rest.p);
    return -1;
}

static int mail_params(struct smtpd *s, struct smtpd_tx *tx, struct str rest)
{
    struct str name, value, before = rest;
    enum result r;

    while ((r = esmtp_param(&rest, &name, &value)) == OK) {
        if (mail_param(s, tx, name, value) != 0)
            return -1;
        before = rest;
    }
    if (r == PERM)
        return bad_option(s, before);
    if (tx->verp.n && !tx->sender.n)
        return fail(s, "503 5.5.4 Error: XVERP requires non-null sender");
    return 0;
}

static int refuse(struct smtpd *s, const char *reply)
{
    if (*reply)
        smtpd_reply(s, "%s", reply);
    else
        s->hangup = true;
    return -1;
}

/* Size, disk space and (when they are not delayed) the sender restrictions. */
static int mail_admit(struct smtpd *s)
{
    const char *refused;

    if (!s->stand_alone && smtpd_limits_count(s, LIMIT_MAIL) != OK) {
        smtpd_reply(s, "450 4.7.1 Error: too much mail from %s", s->peer.addr);
        return -1;
    }
    if ((refused = smtpd_check_size(s, s->tx->size)))
        return refuse(s, refused);
    if (!s->stand_alone && !par_smtpd_delay_reject() && (refused = smtpd_check_mail(s)))
        return refuse(s, refused);
    if (!s->stand_alone && (refused = smtpd_check_queue(s)))
        return refuse(s, refused);
    return 0;
}

static void log_client(struct smtpd *s)
{
    struct buf *b = &s->scratch;

    buf_reset(b);
    if (s->auth.done)
        buf_printf(b, ", sasl_method=%s, sasl_username=%s", s->auth.method, s->auth.user.p);
    if (s->tx->auth_sender.n)
        buf_printf(b, ", sasl_sender=%s", s->tx->auth_sender.p);
    if (s->forward.ident[0])
        buf_printf(b, ", orig_queue_id=%s", s->forward.ident);
    if (s->forward.active)
        buf_printf(b, ", orig_client=%s", s->forward.name[0] ? s->forward.name : "unknown");
    if (s->forward.addr[0])
        buf_printf(b, "[%s]", s->forward.addr);
    log_info("%s: client=%s%s", smtpd_qid(s), s->peer.label, b->p ? b->p : "");
}

/* Queue file (or submission) begins with the first recipient that is accepted, or at once. */
static enum result open_sink(struct smtpd *s, struct why *why)
{
    enum result r;

    if (s->tx->opened)
        return OK;
    r = s->sink->open(s, s->tx, why);
    if (r != OK)
        return r;
    s->tx->opened = true;
    if (!s->stand_alone)
        log_client(s);
    return OK;
}

static int mail_begin(struct smtpd *s, struct str rest)
{
    struct smtpd_tx *tx = s->tx;
    struct why why = { .dsn = "" };
    bool utf8 = has_param(rest, "SMTPUTF8");
    const char *refused;

    if (smtpd_undeclared_utf8(s, rest, utf8))
        return -1;
    if (smtpd_parse_address(s, rest, utf8 ? ADDRESS_UTF8 : 0, &tx->sender, &rest) != OK)
        return fail(s, "501 5.1.7 Bad sender address syntax");
    addr_quote(&tx->sender_ext, buf_view(&tx->sender));
    if (mail_params(s, tx, rest) != 0)
        return -1;
    if (mail_admit(s) != 0)
        return -1;
    if (ENABLE_MILTER && (refused = smtpd_milter_mail(s, rest)))
        return smtpd_milter_refuse(s, refused);
    if (!par_smtpd_delay_open_until_valid_rcpt() && open_sink(s, &why) != OK) {
        if (ENABLE_SMTPD_PROXY && s->relayed.n)
            return smtpd_proxy_tell(s);
        smtpd_reply_why(s, &why);
        return -1;
    }
    return 0;
}

int smtpd_mail(struct smtpd *s, struct str rest)
{
    if (par_smtpd_helo_required() && !s->helo.n)
        return fail(s, "503 5.5.1 Error: send HELO/EHLO first");
    if (s->tx || s->bdat_mail)
        return fail(s, "503 5.5.1 Error: nested MAIL command");
    if (s->bdat_error)
        return fail(s, "503 5.5.1 Error: MAIL after BDAT");
    if (smtpd_parse_keyword(&rest, "FROM:") != OK)
        return fail(s, "501 5.5.4 Syntax: MAIL FROM:<address>");
    s->tx = smtpd_tx_new();
    buf_str(&s->tx->mail_line, buf_view(&s->line));
    if (mail_begin(s, rest) != 0) {
        smtpd_tx_end(s);
        return -1;
    }
    smtpd_reply(s, "250 2.1.0 Ok");
    return 0;
}

static enum result parse_orcpt(struct buf *out, struct str value)
{
    size_t semi = str_find(value, ';');

    if (out->n || semi == 0 || semi >= value.n || value.n > ORCPT_MAX)
        return PERM;
    for (size_t i = 0; i < semi; i++)
        if (!chr_is_alnum(value.p[i]) && value.p[i] != '-')
            return PERM;
    buf_add(out, value.p, semi + 1);
    return xtext_decode(out, (struct str){ value.p + semi + 1, value.n - semi - 1 });
}

static int rcpt_param(struct smtpd *s, struct str name, struct str value)
{
    bool dsn = !(smtpd_verb_hidden(s) & EHLO_DSN);

    if (!dsn && value.p && (str_eq_case(name, "NOTIFY") || str_eq_case(name, "ORCPT")))
        return fail(s, "501 5.7.1 DSN support is disabled");
    if (value.p && str_eq_case(name, "NOTIFY")) {
        if (s->rcpt.notify || dsn_parse_notify(value, &s->rcpt.notify) != OK)
            return fail(s, "501 5.5.4 Error: Bad NOTIFY parameter syntax");
    } else if (value.p && str_eq_case(name, "ORCPT")) {
        if (parse_orcpt(&s->rcpt.orcpt, value) != OK)
            return fail(s, "501 5.5.4 Error: Bad ORCPT parameter syntax");
    } else {
        smtpd_reply(s, "555 5.5.4 Unsupported option: %.*s%s%.*s", (int)name.n, name.p, value.p ? "=" : "",
                    value.p ? (int)value.n : 0, value.p ? value.p : "");
        return -1;
    }
    return 0;
}

static int rcpt_params(struct smtpd *s, struct str rest)
{
    struct str name, value, before = rest;
    enum result r;

    while ((r = esmtp_param(&rest, &name, &value)) == OK) {
        if (rcpt_param(s, name, value) != 0)
            return -1;
        before = rest;
    }
    return r == PERM ? bad_option(s, before) : 0;
}

static int rcpt_accept(struct smtpd *s)
{
    struct smtpd_tx *tx = s->tx;
    struct why why = { .dsn = "" };

    if (open_sink(s, &why) != OK ||
        s->sink->rcpt(s, tx, s->rcpt.addr.p, s->rcpt.orcpt.p, s->rcpt.notify, &why) != OK) {
        if (ENABLE_SMTPD_PROXY && s->relayed.n)
            return smtpd_proxy_tell(s);
        smtpd_reply_why(s, &why);
        return -1;
    }
    if (tx->rcpts++ == 0)
        buf_str(&tx->first_rcpt, buf_view(&s->rcpt.ext));
    smtpd_reply(s, "250 2.1.5 Ok");
    return 0;
}

/* The limit stops honest clients at once and dishonest ones after the overshoot. */
static int too_many(struct smtpd *s)
{
    smtpd_reply(s, "452 4.5.3 Error: too many recipients");
    return s->tx->overshoot++ < par_smtpd_recipient_overshoot_limit() ? 0 : -1;
}

static int rcpt_run(struct smtpd *s, struct str rest)
{
    struct buf addr;
    const char *refused;
    int failed = 0;

    buf_init(&addr, ADDR_TEXT);
    if (smtpd_undeclared_utf8(s, rest, s->tx->flags & QF_SMTPUTF8)) {
        failed = -1;
    } else if (smtpd_parse_address(s, rest, s->tx->flags & QF_SMTPUTF8 ? ADDRESS_UTF8 : 0, &addr, &rest) != OK) {
        failed = fail(s, "501 5.1.3 Bad recipient address syntax");
    } else if (addr.n == 0) {
        smtpd_warn_address(s, STR("<>"));
        failed = fail(s, "501 5.1.3 Bad recipient address syntax");
    } else {
        if (ENABLE_VERIFY)
            (void)verify_sender_base(&addr); /* a probe's sender today */
        smtpd_rcpt_set(s, buf_view(&addr));
    }
    buf_done(&addr);
    if (failed || rcpt_params(s, rest) != 0)
        return -1;
    if (!s->stand_alone && smtpd_limits_count(s, LIMIT_RCPT) != OK) {
        smtpd_reply(s, "450 4.7.1 Error: too many recipients from %s", s->peer.addr);
        return -1;
    }
    if (s->tx->rcpts >= par_smtpd_recipient_limit())
        return too_many(s);
    if (!s->stand_alone && (refused = smtpd_check_rcpt(s))) {
        if (ENABLE_MILTER)
            (void)smtpd_milter_rcpt(s, rest, refused);
        return refuse(s, refused);
    }
    if (ENABLE_MILTER && (refused = smtpd_milter_rcpt(s, rest, NULL)))
        return smtpd_milter_refuse(s, refused);
    return rcpt_accept(s);
}

int smtpd_rcpt(struct smtpd *s, struct str rest)
{
    int failed;

    if (!s->tx && !s->bdat_mail)
        return fail(s, "503 5.5.1 Error: need MAIL command");
    if (!s->tx || s->tx->bdat)
        return fail(s, "503 5.5.1 Error: RCPT after BDAT");
    if (smtpd_parse_keyword(&rest, "TO:") != OK)
        return fail(s, "501 5.5.4 Syntax: RCPT TO:<address>");
    failed = rcpt_run(s, rest);
    smtpd_rcpt_clear(s);
    return failed;
}
