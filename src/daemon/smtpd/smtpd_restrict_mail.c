/* smtpd_restrict_mail.c - restrictions on sender and recipient that need no DNS
 *
 * reject_unauth_destination and what keeps this host from being an open relay is
 * here: every address is rewritten and resolved first, so that %, ! and @route
 * forms are seen for what they are.
 * Runs in: smtpd.  Parameters: relay_domains_reject_code, smtpd_sender_login_maps, ...
 * Tests: tests/smtp/relay-*.t, tests/smtp/restriction-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "mail/addr.h"
#include "map/match.h"
#include "map/map.h"
#include "param/param.h"
#include "route/rewrite.h"

/* --- tables --- */

/* Tables are asked for the address that the text stands for: user%domain@ours is user@domain. external: the text. */
static enum verdict mail_access(struct smtpd *s, struct access *a, const struct resolved *d, enum result resolved,
                                const char *external)
{
    struct buf key;
    bool found = false;
    enum verdict v;

    if (resolved == TEMP || resolved == CONF)
        return smtpd_lookup_error(s, a->name);
    a->routed = d->routed;
    buf_init(&key, 2 * ADDR_TEXT);
    if (resolved == OK && *external)
        addr_quote(&key, buf_view(&d->recipient));
    v = smtpd_access_mail(s, a, key.n ? key.p : external, &found);
    buf_done(&key);
    return v;
}

enum verdict restrict_sender_access(struct smtpd *s, const struct rule *r)
{
    struct access a = { .rule = r, .map = r->map, .class = smtpd_class_sender, .stage = s->check.stage };
    const struct resolved *d;
    enum result res;

    if (!s->tx)
        return VERDICT_DUNNO;
    a.name = s->tx->sender.p;
    d = smtpd_sender_route(s, &res);
    return mail_access(s, &a, d, res, s->tx->sender.n ? s->tx->sender_ext.p : "");
}

enum verdict restrict_rcpt_access(struct smtpd *s, const struct rule *r)
{
    struct access a = { .rule = r, .map = r->map, .name = s->rcpt.addr.p, .class = smtpd_class_rcpt,
                        .stage = s->check.stage };
    const struct resolved *d;
    enum result res;

    if (!s->rcpt.known)
        return VERDICT_DUNNO;
    d = smtpd_rcpt_route(s, &res);
    return mail_access(s, &a, d, res, s->rcpt.ext.p);
}

/* --- destinations --- */

enum destination { DEST_OURS, DEST_FOREIGN, DEST_TEMP, DEST_BAD };

static enum destination destination(struct smtpd *s)
{
    enum result res;
    const struct resolved *d = smtpd_rcpt_route(s, &res);

    if (res == PERM)
        return DEST_BAD;
    if (res != OK)
        return DEST_TEMP;
    if (d->routed && !par_allow_untrusted_routing())
        return DEST_FOREIGN;
    return d->class == CLASS_DEFAULT ? DEST_FOREIGN : DEST_OURS;
}

void restrict_tell_compat(struct smtpd *s)
{
    enum result res;
    const struct resolved *d = smtpd_rcpt_route(s, &res);

    if (res != OK)
        return;
    if (d->class == CLASS_RELAY && param_compat(P_relay_domains, "2")) {
        struct str domain = addr_domain(buf_view(&s->rcpt.addr));

        log_info("using backwards-compatible default setting relay_domains=$mydestination to accept mail for domain "
                 "\"%.*s\"", (int)domain.n, domain.p);
    }
    if (param_compat(P_smtpd_relay_restrictions, "1") && destination(s) == DEST_FOREIGN && !s->auth.done &&
        match_host(smtpd_lists.mynetworks, s->peer.name, s->peer.addr) == NONE)
        log_info("using backwards-compatible default setting \"smtpd_relay_restrictions = (empty)\" to avoid \"Relay "
                 "access denied\" error for recipient \"%s\" from client \"%s\"", s->rcpt.addr.p, s->peer.label);
}

enum verdict restrict_permit_destination(struct smtpd *s, const struct rule *r)
{
    if (!s->rcpt.known)
        return VERDICT_DUNNO;
    switch (destination(s)) {
    case DEST_OURS:
        return smtpd_permit(s, "permit_auth_destination", smtpd_class_rcpt, s->rcpt.addr.p, NULL);
    case DEST_TEMP:
        return smtpd_lookup_error(s, s->rcpt.addr.p);
    default:
        return VERDICT_DUNNO;
    }
}

static enum verdict bad_syntax(struct smtpd *s)
{
    return smtpd_refuse(s, 501, "5.1.3", "<%s>: Recipient address rejected: bad address syntax", s->rcpt.addr.p);
}

static enum verdict no_relay(struct smtpd *s, int code, const char *dsn)
{
    if (!s->rcpt.known)
        return VERDICT_DUNNO;
    switch (destination(s)) {
    case DEST_OURS:
        return VERDICT_DUNNO;
    case DEST_TEMP:
        return smtpd_lookup_error(s, s->rcpt.addr.p);
    case DEST_BAD:
        return bad_syntax(s);
    default:
        return smtpd_refuse(s, code, dsn, "<%s>: Relay access denied", s->rcpt.addr.p);
    }
}

enum verdict restrict_unauth_destination(struct smtpd *s, const struct rule *r)
{
    return no_relay(s, (int)par_relay_domains_reject_code(), "5.7.1");
}

enum verdict restrict_defer_destination(struct smtpd *s, const struct rule *r)
{
    return no_relay(s, (int)par_relay_domains_reject_code() - 100, "4.7.1");
}

/* --- addresses that are complete --- */

/* The domain as written; a literal counts as complete. */
static bool is_fqdn(struct str internal)
{
    struct str domain = addr_domain(internal);
    size_t at = addr_at(internal);

    if (at >= internal.n)
        return false;
    if (domain.n && domain.p[domain.n - 1] == '.')
        domain.n--;
    if (domain.n && domain.p[0] == '[')
        return true;
    return str_find(domain, '.') < domain.n && domain.p[0] != '.' && addr_valid_domain(domain);
}

enum verdict restrict_non_fqdn_sender(struct smtpd *s, const struct rule *r)
{
    if (!s->tx || !s->tx->sender.n || is_fqdn(buf_view(&s->tx->sender)))
        return VERDICT_DUNNO;
    return smtpd_refuse(s, (int)par_non_fqdn_reject_code(), "5.5.2", "<%s>: %s rejected: need fully-qualified address",
                        s->tx->sender.p, smtpd_class_sender);
}

enum verdict restrict_non_fqdn_rcpt(struct smtpd *s, const struct rule *r)
{
    if (!s->rcpt.known || is_fqdn(buf_view(&s->rcpt.addr)))
        return VERDICT_DUNNO;
    return smtpd_refuse(s, (int)par_non_fqdn_reject_code(), "5.5.2", "<%s>: %s rejected: need fully-qualified address",
                        s->rcpt.addr.p, smtpd_class_rcpt);
}

/* --- addresses that exist --- */

static int unlisted_code(const struct resolved *d, enum result known, const struct why *why)
{
    if (d->class == CLASS_VIRTUAL_ALIAS)
        return (int)par_unknown_virtual_alias_reject_code();
    if (known == PERM)
        return why->dsn[0] == '4' ? 450 : 550;
    switch (d->class) {
    case CLASS_LOCAL: return (int)par_unknown_local_recipient_reject_code();
    case CLASS_VIRTUAL_MAILBOX: return (int)par_unknown_virtual_mailbox_reject_code();
    default: return (int)par_unknown_relay_recipient_reject_code();
    }
}

static enum verdict unlisted(struct smtpd *s, const char *addr, const char *class, const struct resolved *d,
                             enum result resolved)
{
    bool sender = class == smtpd_class_sender;
    struct why why = { .dsn = "" };
    enum result known;

    if (strstr(par_receive_override_options(), "no_unknown_recipient_checks"))
        return VERDICT_DUNNO;
    if (resolved == PERM)
        return smtpd_refuse(s, 501, sender ? "5.1.7" : "5.1.3", "<%s>: %s rejected: bad address syntax", addr, class);
    if (resolved != OK)
        return smtpd_lookup_error(s, addr);
    known = resolve_known_recipient(addr, d, sender ? "5.1.0" : "5.1.1", &why);
    if (known == OK)
        return VERDICT_DUNNO;
    if (known == TEMP)
        return smtpd_lookup_error(s, addr);
    smtpd_fix_dsn(class, why.dsn);
    return smtpd_refuse(s, unlisted_code(d, known, &why), why.dsn, "<%s>: %s rejected: %s", addr, class, why.text);
}

enum verdict restrict_unlisted_rcpt(struct smtpd *s, const struct rule *r)
{
    enum result res;
    const struct resolved *d;

    if (!s->rcpt.known)
        return VERDICT_DUNNO;
    s->rcpt.class_checked = true;
    d = smtpd_rcpt_route(s, &res);
    return unlisted(s, s->rcpt.addr.p, smtpd_class_rcpt, d, res);
}

enum verdict restrict_unlisted_sender(struct smtpd *s, const struct rule *r)
{
    enum result res;
    const struct resolved *d;

    if (!s->tx || !s->tx->sender.n)
        return VERDICT_DUNNO;
    s->tx->sender_checked = true;
    d = smtpd_sender_route(s, &res);
    return unlisted(s, s->tx->sender.p, smtpd_class_sender, d, res);
}

/* --- who may use which sender address --- */

enum owner { OWNER_NONE, OWNER_ME, OWNER_OTHER, OWNER_TEMP };

static bool listed_login(struct str list, const char *user)
{
    struct str word;

    while (str_word(&list, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, user))
            return true;
    return false;
}

static bool login_local(struct str domain)
{
    return rewrite_is_local_domain(domain) == OK;
}

static enum owner owner_of_sender(struct smtpd *s)
{
    enum result r = NONE;

    if (smtpd_lists.sender_login)
        r = maps_find_address(smtpd_lists.sender_login, buf_view(&s->tx->sender_ext),
                              MAPS_EXT | MAPS_BARE | MAPS_DOMAIN, login_local, &s->answer, NULL, NULL);
    if (r == NONE)
        return OWNER_NONE;
    if (r != OK)
        return OWNER_TEMP;
    return s->auth.done && listed_login(buf_view(&s->answer), s->auth.user.p) ? OWNER_ME : OWNER_OTHER;
}

static enum verdict not_owner(struct smtpd *s)
{
    return smtpd_refuse(s, 553, "5.7.1", "<%s>: %s rejected: not owned by user %s", s->tx->sender.p, smtpd_class_sender,
                        s->auth.user.p);
}

static enum verdict not_logged_in(struct smtpd *s)
{
    return smtpd_refuse(s, 553, "5.7.1", "<%s>: %s rejected: not logged in", s->tx->sender.p, smtpd_class_sender);
}

/* unlisted: may an address nobody owns be used after a login? The null sender belongs to everybody. */
static enum verdict login_check(struct smtpd *s, bool with_login, bool without_login, bool unlisted_allowed)
{
    enum owner o;

    if (!s->tx || !s->tx->sender.n || (s->auth.done ? !with_login : !without_login))
        return VERDICT_DUNNO;
    o = owner_of_sender(s);
    if (o == OWNER_TEMP)
        return smtpd_lookup_error(s, s->tx->sender.p);
    if (!s->auth.done)
        return o == OWNER_OTHER ? not_logged_in(s) : VERDICT_DUNNO;
    return o == OWNER_OTHER || (o == OWNER_NONE && !unlisted_allowed) ? not_owner(s) : VERDICT_DUNNO;
}

enum verdict restrict_auth_login(struct smtpd *s, const struct rule *r)
{
    return login_check(s, true, false, false);
}

enum verdict restrict_unauth_login(struct smtpd *s, const struct rule *r)
{
    return login_check(s, false, true, false);
}

enum verdict restrict_known_login(struct smtpd *s, const struct rule *r)
{
    return login_check(s, true, true, true);
}

enum verdict restrict_login(struct smtpd *s, const struct rule *r)
{
    return login_check(s, true, true, false);
}
