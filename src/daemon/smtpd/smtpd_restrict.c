/* smtpd_restrict.c - restrictions on the client and its HELO, and those that look at nothing
 *
 * One function per row of restriction.def. No DNS here (see smtpd_restrict_dns.c).
 * Runs in: smtpd.  Parameters: *_reject_code of smtpd_restrictions.def.
 * Tests: tests/smtp/restriction-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "map/map.h"
#include "map/match.h"
#include "param/param.h"
#include "route/own_addr.h"

/* --- generic --- */

enum verdict restrict_permit(struct smtpd *s, const struct rule *r)
{
    return smtpd_permit(s, "permit", s->check.class, s->check.name, NULL);
}

enum verdict restrict_reject(struct smtpd *s, const struct rule *r)
{
    return smtpd_refuse(s, (int)par_reject_code(), "5.7.1", "<%s>: %s rejected: Access denied", s->check.name,
                        s->check.class);
}

enum verdict restrict_defer(struct smtpd *s, const struct rule *r)
{
    return smtpd_refuse(s, (int)par_defer_code(), "4.3.2", "<%s>: %s rejected: Try again later", s->check.name,
                        s->check.class);
}

enum verdict restrict_defer_if_permit(struct smtpd *s, const struct rule *r)
{
    return smtpd_defer_if_permit(s, "4.7.0", "<%s>: %s rejected: defer_if_permit requested", s->check.name,
                                 s->check.class);
}

enum verdict restrict_defer_if_reject(struct smtpd *s, const struct rule *r)
{
    return smtpd_defer_if_reject(s, "4.7.0", "<%s>: %s rejected: defer_if_reject requested", s->check.name,
                                 s->check.class);
}

enum verdict restrict_sleep(struct smtpd *s, const struct rule *r)
{
    struct timespec t = { .tv_sec = (time_t)r->number };

    (void)nanosleep(&t, NULL);
    return VERDICT_DUNNO;
}

enum verdict restrict_plaintext(struct smtpd *s, const struct rule *r)
{
    if (smtpd_tls_active(s))
        return VERDICT_DUNNO;
    return smtpd_refuse(s, (int)par_plaintext_reject_code(), "4.7.1", "Session encryption is required");
}

enum verdict restrict_pipelining(struct smtpd *s, const struct rule *r)
{
    if (!s->pipelined)
        return VERDICT_DUNNO;
    return smtpd_refuse(s, 503, "5.5.0", "<%s>: %s rejected: Improper use of SMTP command pipelining", s->check.name,
                        s->check.class);
}

enum verdict restrict_multi_bounce(struct smtpd *s, const struct rule *r)
{
    bool rcpt_stage = s->rcpt.known && s->check.stage != STAGE_DATA && s->check.stage != STAGE_EOD;

    if (!s->tx || s->tx->sender.n || s->tx->rcpts + (rcpt_stage ? 1 : 0) < 2)
        return VERDICT_DUNNO;
    return smtpd_refuse(s, (int)par_multi_recipient_bounce_reject_code(), "5.5.3",
                        "<%s>: %s rejected: Multi-recipient bounce", s->check.name, s->check.class);
}

/* --- client --- */

static bool same_host(const struct sock_addr *a, int prefix, void *arg)
{
    struct smtpd *s = arg;
    char text[SOCK_ADDR_TEXT];

    sock_text(a, text);
    return strcmp(text, s->peer.addr) != 0;
}

/* mynetworks_style=host would not have permitted it. */
static void tell_style(struct smtpd *s)
{
    if (param_compat(P_mynetworks_style, "2") && param_compat(P_mynetworks, "2") &&
        sock_each_local(same_host, s) == OK && strncmp(s->peer.addr, "127.", 4) != 0)
        log_info("using backwards-compatible default setting mynetworks_style=%s to permit request from client \"%s\"",
                 par_mynetworks_style(), s->peer.label);
}

enum verdict restrict_permit_mynetworks(struct smtpd *s, const struct rule *r)
{
    switch (match_host(smtpd_lists.mynetworks, s->peer.name, s->peer.addr)) {
    case OK:
        tell_style(s);
        return smtpd_permit(s, "permit_mynetworks", smtpd_class_client, s->peer.label, NULL);
    case NONE:
        return VERDICT_DUNNO;
    default:
        return smtpd_lookup_error(s, s->peer.label);
    }
}

enum verdict restrict_permit_interfaces(struct smtpd *s, const struct rule *r)
{
    if (!own_addr_has(&s->peer.sock) && !own_addr_proxy(&s->peer.sock))
        return VERDICT_DUNNO;
    return smtpd_permit(s, "permit_inet_interfaces", smtpd_class_client, s->peer.label, NULL);
}

enum verdict restrict_permit_sasl(struct smtpd *s, const struct rule *r)
{
    if (!s->auth.done || !par_smtpd_sasl_auth_enable()) /* XCLIENT can say so too */
        return VERDICT_DUNNO;
    return smtpd_permit(s, "permit_sasl_authenticated", smtpd_class_sasl, s->auth.user.p, NULL);
}

enum verdict restrict_permit_certs(struct smtpd *s, const struct rule *r)
{
    char print[256];
    enum result res = NONE;

    if (!smtpd_lists.relay_certs)
        return VERDICT_DUNNO;
    for (int key = 0; key < 2 && res == NONE; key++)
        if (smtpd_tls_fingerprint(s, key, print, sizeof print) == OK)
            res = maps_get(smtpd_lists.relay_certs, str_of(print), &s->answer, NULL);
    if (res == OK)
        return smtpd_permit(s, "permit_tls_clientcerts", smtpd_class_cert, print, NULL);
    return res == NONE ? VERDICT_DUNNO : smtpd_lookup_error(s, s->peer.label);
}

/* Postfix asks relay_clientcerts here too. */
enum verdict restrict_permit_all_certs(struct smtpd *s, const struct rule *r)
{
    if (!smtpd_tls_trusted(s))
        return restrict_permit_certs(s, r);
    return smtpd_permit(s, "permit_tls_all_clientcerts", smtpd_class_client, s->peer.label, NULL);
}

static struct access client_access(struct smtpd *s, const struct rule *r)
{
    return (struct access){ .rule = r, .map = r->map, .name = s->peer.label, .class = smtpd_class_client,
                            .stage = s->check.stage };
}

enum verdict restrict_client_access(struct smtpd *s, const struct rule *r)
{
    struct access a = client_access(s, r);
    bool found = false;
    enum verdict v = smtpd_access_domain(s, &a, s->peer.name, &found);

    return found ? v : smtpd_access_address(s, &a, s->peer.addr, &found);
}

enum verdict restrict_reverse_access(struct smtpd *s, const struct rule *r)
{
    struct access a = client_access(s, r);
    bool found = false;

    a.name = s->peer.reverse;
    a.class = smtpd_class_reverse;
    a.no_permit = true;
    return smtpd_access_domain(s, &a, s->peer.reverse, &found);
}

static const char *const cert_orders[] = { "cert_fingerprint", "pubkey_fingerprint" };

static bool wants_order(const char *text, const char *order)
{
    const char *eq = text ? strstr(text, "search_order") : NULL;

    return !eq || strstr(eq, order) != NULL;
}

enum verdict restrict_ccert_access(struct smtpd *s, const struct rule *r)
{
    char print[256];
    bool found = false;
    enum verdict v = VERDICT_DUNNO;

    for (int i = 0; i < 2 && !found; i++) {
        struct access a = {
            .rule = r, .map = r->map, .name = print, .class = smtpd_class_cert, .stage = s->check.stage
        };

        if (wants_order(r->text, cert_orders[i]) && smtpd_tls_fingerprint(s, i, print, sizeof print) == OK)
            v = smtpd_access_key(s, &a, print, &found);
    }
    return v;
}

enum verdict restrict_sasl_access(struct smtpd *s, const struct rule *r)
{
    struct access a = { .rule = r, .map = r->map, .name = s->auth.user.p, .class = smtpd_class_sasl,
                        .stage = s->check.stage };
    bool found = false;

    return s->auth.done ? smtpd_access_key(s, &a, s->auth.user.p, &found) : VERDICT_DUNNO;
}

/* Any answer counts: the table lists clients. */
enum verdict restrict_address_map(struct smtpd *s, const struct rule *r)
{
    enum result res = map_get(r->map, str_of(s->peer.name), &s->answer);

    if (res == NONE)
        res = map_get(r->map, str_of(s->peer.addr), &s->answer);
    return res == OK ? VERDICT_PERMIT : VERDICT_DUNNO;
}

/* --- HELO --- */

enum verdict restrict_helo_access(struct smtpd *s, const struct rule *r)
{
    struct access a = {
        .rule = r, .map = r->map, .name = s->helo.p, .class = smtpd_class_helo, .stage = s->check.stage
    };
    bool found = false;

    return s->helo.n ? smtpd_access_domain(s, &a, s->helo.p, &found) : VERDICT_DUNNO;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]": a literal as RFC 5321 section 4.1.3 has it. */
static bool is_literal(struct str name)
{
    return name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
}

static bool valid_literal(struct str name)
{
    struct sock_addr a;

    return sock_parse_addr(name, 0, &a) == OK;
}

enum verdict restrict_invalid_helo(struct smtpd *s, const struct rule *r)
{
    struct str name = buf_view(&s->helo);
    struct sock_addr a;
    const char *what = "Invalid name";

    if (!name.n)
        return VERDICT_DUNNO;
    if (name.p[name.n - 1] == '.')
        name.n--;
    if (is_literal(name) ? valid_literal(name) : dns_valid_hostname(name) == OK || sock_parse_addr(name, 0, &a) == OK)
        return VERDICT_DUNNO;
    if (is_literal(name))
        what = "invalid ip address";
    return smtpd_refuse(s, (int)par_invalid_hostname_reject_code(), "5.5.2", "<%s>: %s rejected: %s", s->helo.p,
                        smtpd_class_helo, what);
}

enum verdict restrict_non_fqdn_helo(struct smtpd *s, const struct rule *r)
{
    struct str name = buf_view(&s->helo);

    if (!name.n)
        return VERDICT_DUNNO;
    if (is_literal(name) && valid_literal(name))
        return VERDICT_DUNNO;
    if (name.p[name.n - 1] == '.')
        name.n--;
    if (dns_valid_hostname(name) == OK && str_find(name, '.') < name.n)
        return VERDICT_DUNNO;
    return smtpd_refuse(s, (int)par_non_fqdn_reject_code(), "5.5.2", "<%s>: %s rejected: need fully-qualified hostname",
                        s->helo.p, smtpd_class_helo);
}

/* --- ETRN --- */

enum verdict restrict_etrn_access(struct smtpd *s, const struct rule *r)
{
    struct access a = {
        .rule = r, .map = r->map, .name = s->check.etrn, .class = smtpd_class_etrn, .stage = s->check.stage
    };
    bool found = false;

    return s->check.etrn ? smtpd_access_domain(s, &a, s->check.etrn, &found) : VERDICT_DUNNO;
}
