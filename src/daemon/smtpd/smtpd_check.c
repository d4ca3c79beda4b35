/* smtpd_check.c - access decisions: which list at which command, what a verdict becomes
 *
 * With smtpd_delay_reject the client, HELO and sender lists are asked again for
 * each recipient, so that the log shows who was refused what. A temporary
 * problem noted by one list can still turn the permit of a later one into 450.
 * Runs in: smtpd.  Parameters: smtpd_*_restrictions, smtpd_delay_reject, *_reject_code.
 * Tests: tests/smtp/restriction-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "mail/addr.h"
#include "param/param.h"
#include "queue/qdir.h"

const char smtpd_class_client[] = "Client host", smtpd_class_reverse[] = "Unverified Client host",
           smtpd_class_helo[] = "Helo command", smtpd_class_sender[] = "Sender address",
           smtpd_class_rcpt[] = "Recipient address", smtpd_class_etrn[] = "Etrn command",
           smtpd_class_cert[] = "Client certificate", smtpd_class_sasl[] = "SASL login name";

static const struct rule_list *lists[STAGE_COUNT];

/* --- what lists say --- */

void smtpd_check_whatsup(const struct smtpd *s, char *out, size_t cap)
{
    const struct smtpd_tx *tx = s->tx;
    size_t n = 0;

#define ADD(...) do { if (n < cap) n += (size_t)snprintf(out + n, cap - n, __VA_ARGS__); } while (0)
    out[0] = 0;
    if (tx)
        ADD(" from=<%s>", tx->sender_ext.n ? tx->sender_ext.p : "");
    if (s->rcpt.known)
        ADD(" to=<%s>", s->rcpt.ext.p);
    ADD(" proto=%s", s->proto);
    if (s->helo.n)
        ADD(" helo=<%s>", s->helo.p);
    if (s->auth.done)
        ADD(" sasl_method=%s sasl_username=%s", s->auth.method, s->auth.user.p);
    if (tx && tx->auth_sender.n)
        ADD(" sasl_sender=%s", tx->auth_sender.p);
#undef ADD
}

void smtpd_check_log(struct smtpd *s, const char *action, const char *text)
{
    char rest[4096];

    smtpd_check_whatsup(s, rest, sizeof rest);
    log_info("%s: %s: %s from %s: %s;%s", smtpd_qid(s), action, s->where, s->peer.label, text, rest);
}

static void set_reply(struct smtpd *s, int code, const char *dsn, const char *text)
{
    bool soft = par_soft_bounce() && code >= 500;

    if (code < 400 || code > 599) {
        log_warn("bad reply code %d; using 450", code);
        code = 450;
    }
    if (soft)
        code -= 100;
    buf_reset(&s->reject);
    buf_printf(&s->reject, "%d %c%s %s", code, '0' + code / 100, why_dsn_length(dsn) ? dsn + 1 : ".7.1", text);
    str_printable(s->reject.p, par_smtputf8_enable());
}

static enum verdict refuse_text(struct smtpd *s, int code, const char *dsn, const char *text)
{
    struct smtpd_check *c = &s->check;

    if (c->warn) {
        set_reply(s, code, dsn, text);
        smtpd_check_log(s, "reject_warning", s->reject.p);
        return VERDICT_DUNNO;
    }
    if (c->if_reject.active && code >= 500) {
        c->if_reject.active = false;
        return refuse_text(s, c->if_reject.code ? c->if_reject.code : 450, c->if_reject.dsn, c->if_reject.text);
    }
    set_reply(s, code, dsn, text);
    smtpd_check_log(s, "reject", s->reject.p);
    return VERDICT_REJECT;
}

enum verdict smtpd_refuse(struct smtpd *s, int code, const char *dsn, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return refuse_text(s, code, dsn, text);
}

/* The first reason is kept: it is the one to tell. */
static void note(struct smtpd_deferral *d, int code, const char *dsn, const char *fmt, va_list ap)
{
    if (d->active)
        return;
    d->active = true;
    d->code = code;
    snprintf(d->dsn, sizeof d->dsn, "%s", dsn);
    vsnprintf(d->text, sizeof d->text, fmt, ap);
}

static enum verdict warn_only(struct smtpd *s, int code, const char *dsn, const char *fmt, va_list ap)
{
    char text[1024];

    vsnprintf(text, sizeof text, fmt, ap);
    return refuse_text(s, code, dsn, text);
}

static enum verdict if_permit(struct smtpd *s, int code, const char *dsn, const char *fmt, va_list ap)
{
    if (s->check.warn)
        return warn_only(s, code, dsn, fmt, ap);
    note(&s->check.if_permit, code, dsn, fmt, ap);
    return VERDICT_DUNNO;
}

enum verdict smtpd_defer_if_permit(struct smtpd *s, const char *dsn, const char *fmt, ...)
{
    enum verdict v;
    va_list ap;

    va_start(ap, fmt);
    v = if_permit(s, 450, dsn, fmt, ap);
    va_end(ap);
    return v;
}

enum verdict smtpd_defer_if_reject(struct smtpd *s, const char *dsn, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    note(&s->check.if_reject, 450, dsn, fmt, ap);
    va_end(ap);
    return VERDICT_DUNNO;
}

enum verdict smtpd_tempfail(struct smtpd *s, const char *action, int code, const char *dsn, const char *fmt, ...)
{
    enum verdict v;
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    if (strcmp(action, "defer") == 0) {
        vsnprintf(text, sizeof text, fmt, ap);
        v = refuse_text(s, code, dsn, text);
    } else
        v = if_permit(s, code, dsn, fmt, ap);
    va_end(ap);
    return v;
}

enum verdict smtpd_server_error(struct smtpd *s)
{
    s->check.warn = false;
    s->check.if_reject.active = false;
    return refuse_text(s, 451, "4.3.5", "Server configuration error");
}

enum verdict smtpd_lookup_error(struct smtpd *s, const char *name)
{
    s->check.warn = false;
    return smtpd_refuse(s, 451, "4.3.0", "<%s>: Temporary lookup failure", name);
}

static bool permit_logged(const char *action)
{
    struct str rest = str_of(par_smtpd_log_access_permit_actions()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, action) || str_eq_case(word, "static:all"))
            return true;
    return false;
}

enum verdict smtpd_permit(struct smtpd *s, const char *action, const char *class, const char *value, const char *table)
{
    char text[1024];

    if (s->check.stage == STAGE_REWRITE || !*par_smtpd_log_access_permit_actions() || !permit_logged(action))
        return VERDICT_PERMIT;
    snprintf(text, sizeof text, "action=%s for %s=%s %s%s", action, class, value, table ? "from " : "",
             table ? table : "");
    smtpd_check_log(s, "permit", text);
    return VERDICT_PERMIT;
}

/* --- running a list --- */

static enum verdict run_rule(struct smtpd *s, const struct rule *r)
{
    bool warn = s->check.warn;
    enum verdict v;

    s->check.warn = warn || r->warn;
    v = r->what->run(s, r);
    if (s->hangup)
        return VERDICT_REJECT;
    s->check.warn = warn;
    return v;
}

/* Neither a permit nor a reject could stand: what follows makes no difference. */
static bool must_defer(const struct smtpd *s)
{
    return s->check.if_permit.active && s->check.if_reject.active;
}

enum verdict smtpd_run_list(struct smtpd *s, const struct rule_list *l)
{
    enum verdict v = VERDICT_DUNNO;

    s->check.depth++;
    for (size_t i = 0; i < l->n && v == VERDICT_DUNNO && !must_defer(s); i++)
        v = run_rule(s, &l->rules[i]);
    s->check.depth--;
    return v;
}

enum verdict smtpd_restrict_class(struct smtpd *s, const struct rule *r)
{
    return smtpd_run_list(s, r->list);
}

static void enter_stage(struct smtpd *s, enum smtpd_stage stage, const char *name, const char *class)
{
    struct smtpd_check *c = &s->check;

    c->stage = stage;
    c->name = name;
    c->class = class;
    c->depth = 0;
    c->warn = false;
}

static const char *outcome(struct smtpd *s, enum verdict v)
{
    if (v != VERDICT_REJECT)
        return NULL;
    if (s->hangup)
        buf_reset(&s->reject);
    return s->reject.p ? s->reject.p : "";
}

static enum verdict run_stage(struct smtpd *s, enum smtpd_stage stage, const char *name, const char *class)
{
    s->check.if_reject.active = false;
    enter_stage(s, stage, name, class);
    return lists[stage] ? smtpd_run_list(s, lists[stage]) : VERDICT_DUNNO;
}

/* A permit that rests on something that could not be found out becomes a deferral. */
static enum verdict settle(struct smtpd *s, enum verdict v)
{
    struct smtpd_deferral *d = &s->check.if_permit;

    if (v == VERDICT_REJECT || !d->active)
        return v;
    s->check.warn = s->check.if_reject.active = false;
    return refuse_text(s, d->code ? d->code : 450, d->dsn, d->text);
}

/* --- the commands --- */

const char *smtpd_check_client(struct smtpd *s)
{
    enum verdict v;

    s->check.if_permit.active = false;
    v = run_stage(s, STAGE_CLIENT, s->peer.label, smtpd_class_client);
    s->defer_client = s->check.if_permit.active;
    return outcome(s, v);
}

const char *smtpd_check_helo(struct smtpd *s)
{
    enum verdict v;

    s->check.if_permit.active = s->defer_client;
    v = run_stage(s, STAGE_HELO, s->helo.n ? s->helo.p : "", smtpd_class_helo);
    s->defer_helo = s->check.if_permit.active;
    return outcome(s, v);
}

const char *smtpd_check_mail(struct smtpd *s)
{
    enum verdict v;

    s->check.if_permit.active = s->defer_client || s->defer_helo;
    if (s->tx)
        s->tx->sender_checked = false;
    v = run_stage(s, STAGE_SENDER, s->tx ? s->tx->sender.p : "", smtpd_class_sender);
    if (s->tx) {
        s->tx->defer_sender = s->check.if_permit.active;
        if (v != VERDICT_REJECT && par_smtpd_reject_unlisted_sender() && !s->tx->sender_checked && !s->tx->discard)
            v = restrict_unlisted_sender(s, NULL);
    }
    return outcome(s, v);
}

/* The two lists about a recipient are one: what the first notes counts in the second. */
static enum verdict check_rcpt_lists(struct smtpd *s, enum smtpd_stage first, enum smtpd_stage second)
{
    enum verdict v;

    s->check.if_permit.active = s->defer_client || s->defer_helo || (s->tx && s->tx->defer_sender);
    v = run_stage(s, first, s->rcpt.addr.p, smtpd_class_rcpt);
    if (v == VERDICT_REJECT)
        return v;
    enter_stage(s, second, s->rcpt.addr.p, smtpd_class_rcpt);
    return settle(s, smtpd_run_list(s, lists[second]));
}

const char *smtpd_check_rcpt(struct smtpd *s)
{
    bool relay_first = par_smtpd_relay_before_recipient_restrictions();
    const char *refused;
    enum verdict v;

    /* RFC 5321 section 4.5.1: <postmaster> is always reachable. */
    if (str_eq_case(buf_view(&s->rcpt.addr), "postmaster") || (s->tx && s->tx->discard))
        return NULL;
    if (par_smtpd_delay_reject() &&
        ((refused = smtpd_check_client(s)) || (refused = smtpd_check_helo(s)) || (refused = smtpd_check_mail(s))))
        return refused;
    v = relay_first ? check_rcpt_lists(s, STAGE_RELAY, STAGE_RCPT) : check_rcpt_lists(s, STAGE_RCPT, STAGE_RELAY);
    if (v != VERDICT_REJECT && !s->rcpt.class_checked && par_smtpd_reject_unlisted_recipient() &&
        !(s->tx && s->tx->discard))
        v = restrict_unlisted_rcpt(s, NULL);
    refused = outcome(s, v);
    if (!refused && param_below_level("2"))
        restrict_tell_compat(s);
    return refused;
}

/* At DATA and after it the recipient is known only when there is one. */
static const char *check_content(struct smtpd *s, enum smtpd_stage stage, const char *name, const char *class)
{
    enum verdict v;

    if (!lists[stage] || lists[stage]->n == 0 || s->tx->discard)
        return NULL;
    if (s->tx->rcpts == 1)
        smtpd_rcpt_set(s, buf_view(&s->tx->first_rcpt));
    s->check.if_permit.active = false;
    v = settle(s, run_stage(s, stage, name, class));
    smtpd_rcpt_clear(s);
    return outcome(s, v);
}

const char *smtpd_check_data(struct smtpd *s)
{
    return check_content(s, STAGE_DATA, "DATA", "Data command");
}

const char *smtpd_check_eod(struct smtpd *s)
{
    return check_content(s, STAGE_EOD, "END-OF-MESSAGE", "End-of-data");
}

const char *smtpd_check_etrn(struct smtpd *s, const char *domain)
{
    const char *refused;
    enum verdict v;

    if (par_smtpd_delay_reject() && ((refused = smtpd_check_client(s)) || (refused = smtpd_check_helo(s))))
        return refused;
    s->check.etrn = domain;
    s->check.if_permit.active = s->defer_client || s->defer_helo;
    v = settle(s, run_stage(s, STAGE_ETRN, domain, smtpd_class_etrn));
    s->check.etrn = NULL;
    return outcome(s, v);
}

const char *smtpd_check_size(struct smtpd *s, int64_t size)
{
    enter_stage(s, STAGE_SENDER, "", smtpd_class_sender);
    if (par_message_size_limit() > 0 && size > par_message_size_limit())
        return outcome(s, smtpd_refuse(s, 552, "5.3.4", "Message size exceeds fixed limit"));
    return NULL;
}

const char *smtpd_check_queue(struct smtpd *s)
{
    int64_t space = qdir_free_bytes(), limit = par_message_size_limit();

    if (space < 0)
        return NULL;
    enter_stage(s, STAGE_SENDER, "", smtpd_class_sender);
    if (space < par_queue_minfree()) {
        log_warn("not enough free space in mail queue: %lld bytes < queue_minfree", (long long)space);
        return outcome(s, smtpd_refuse(s, 452, "4.3.1", "Insufficient system storage"));
    }
    if (limit > 0 && space / 3 * 2 < limit) {
        log_warn("not enough free space in mail queue: %lld bytes < 1.5*message size limit", (long long)space);
        return outcome(s, smtpd_refuse(s, 452, "4.3.1", "Insufficient system storage"));
    }
    return NULL;
}

bool smtpd_check_rewrite(struct smtpd *s)
{
    if (s->forward.domain[0]) /* the filter in front has decided */
        return str_eq_case(str_of(s->forward.domain), "LOCAL");
    return run_stage(s, STAGE_REWRITE, s->peer.label, smtpd_class_client) == VERDICT_PERMIT;
}

/* --- start --- */

static const char *const closing[] = { "reject_unauth_destination", "defer_unauth_destination", "reject", "defer",
                                       "defer_if_permit", NULL };

/* Never an open relay: something must refuse foreign destinations. */
static void require_relay_control(void)
{
    if (smtpd_rules_contain(lists[STAGE_RELAY], closing) || smtpd_rules_contain(lists[STAGE_RCPT], closing))
        return;
    log_fatal("in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working "
              "instance of: reject_unauth_destination, defer_unauth_destination, reject, defer or defer_if_permit");
}

void smtpd_check_init(void)
{
    smtpd_rules_classes();
    lists[STAGE_CLIENT] =
        smtpd_rules_compile("smtpd_client_restrictions", par_smtpd_client_restrictions(), STAGE_CLIENT);
    lists[STAGE_HELO] = smtpd_rules_compile("smtpd_helo_restrictions", par_smtpd_helo_restrictions(), STAGE_HELO);
    lists[STAGE_SENDER] =
        smtpd_rules_compile("smtpd_sender_restrictions", par_smtpd_sender_restrictions(), STAGE_SENDER);
    lists[STAGE_RELAY] = smtpd_rules_compile("smtpd_relay_restrictions", par_smtpd_relay_restrictions(), STAGE_RELAY);
    lists[STAGE_RCPT] =
        smtpd_rules_compile("smtpd_recipient_restrictions", par_smtpd_recipient_restrictions(), STAGE_RCPT);
    lists[STAGE_DATA] = smtpd_rules_compile("smtpd_data_restrictions", par_smtpd_data_restrictions(), STAGE_DATA);
    lists[STAGE_EOD] = smtpd_rules_compile("smtpd_end_of_data_restrictions", par_smtpd_end_of_data_restrictions(),
                                           STAGE_EOD);
    lists[STAGE_ETRN] = smtpd_rules_compile("smtpd_etrn_restrictions", par_smtpd_etrn_restrictions(), STAGE_ETRN);
    lists[STAGE_REWRITE] = smtpd_rules_compile("local_header_rewrite_clients", par_local_header_rewrite_clients(),
                                               STAGE_REWRITE);
    require_relay_control();
}
