/* smtpd_restrict_dns.c - restrictions that ask DNS about client, HELO, sender and recipient names
 *
 * Questions of one restriction are asked together. A resolver that fails gives
 * a deferral, never a refusal for good.
 * Runs in: smtpd.  RFC 7505 (null MX).  Parameters: unknown_*_reject_code, *_tempfail_action,
 * permit_mx_backup_networks. Tests: tests/smtp/unknown-domains*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "mail/addr.h"
#include "map/match.h"
#include "param/param.h"
#include "route/own_addr.h"
#include "service/dns_filter.h"

enum { LOOKUP_MS = 20000, MAX_HOSTS = 20 };

void smtpd_dns_ask(struct dns_query *q, size_t n)
{
    dns_ask(q, n, LOOKUP_MS);
    dns_filter(smtpd_lists.dns_filter, q, n);
}

/* --- client --- */

enum verdict restrict_unknown_client(struct smtpd *s, const struct rule *r)
{
    if (s->peer.name_status == '2')
        return VERDICT_DUNNO;
    return smtpd_refuse(s, s->peer.name_status == '5' ? (int)par_unknown_client_reject_code() : 450, "4.7.25",
                        "Client host rejected: cannot find your hostname, [%s]", s->peer.addr);
}

enum verdict restrict_unknown_reverse(struct smtpd *s, const struct rule *r)
{
    if (s->peer.reverse_status == '2')
        return VERDICT_DUNNO;
    return smtpd_refuse(s, s->peer.reverse_status == '5' ? (int)par_unknown_client_reject_code() : 450, "4.7.1",
                        "Client host rejected: cannot find your reverse hostname, [%s]", s->peer.addr);
}

/* --- does a name have anything that mail could go to or come from? --- */

enum standing { NAME_FINE, NAME_ABSENT, NAME_NULL_MX, NAME_TEMP };

static bool is_null_mx(const struct dns_query *q)
{
    return q->records && !q->records->next && q->records->type == DNS_MX && !q->records->data[0];
}

static enum standing judge(struct dns_query *q, size_t n)
{
    bool temp = false;

    if (q[0].result == OK && is_null_mx(&q[0]))
        return NAME_NULL_MX;
    for (size_t i = 0; i < n; i++) {
        if (q[i].result == OK)
            return NAME_FINE;
        temp |= q[i].result == TEMP;
    }
    return temp ? NAME_TEMP : NAME_ABSENT;
}

static enum standing standing_of(const char *name)
{
    struct dns_query q[] = { { .name = name, .type = DNS_MX }, { .name = name, .type = DNS_A },
                             { .name = name, .type = DNS_AAAA } };
    enum standing st;

    smtpd_dns_ask(q, ARRAY_LEN(q));
    st = judge(q, ARRAY_LEN(q));
    for (size_t i = 0; i < ARRAY_LEN(q); i++)
        dns_free(q[i].records);
    return st;
}

static bool text_of(struct str name, char out[DNS_NAME])
{
    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    if (name.n >= DNS_NAME)
        return false;
    memcpy(out, name.p, name.n);
    out[name.n] = 0;
    return true;
}

enum verdict restrict_unknown_helo(struct smtpd *s, const struct rule *r)
{
    char name[DNS_NAME];
    struct sock_addr a;

    if (!s->helo.n || s->helo.p[0] == '[' || sock_parse_addr(buf_view(&s->helo), 0, &a) == OK)
        return VERDICT_DUNNO;
    switch (text_of(buf_view(&s->helo), name) ? standing_of(name) : NAME_ABSENT) {
    case NAME_FINE:
    case NAME_NULL_MX:
        return VERDICT_DUNNO;
    case NAME_TEMP:
        return smtpd_tempfail(s, par_unknown_helo_hostname_tempfail_action(), 450, "4.7.1",
                              "<%s>: %s rejected: Host not found", s->helo.p, smtpd_class_helo);
    default:
        return smtpd_refuse(s, (int)par_unknown_hostname_reject_code(), "4.7.1", "<%s>: %s rejected: Host not found",
                            s->helo.p, smtpd_class_helo);
    }
}

static enum verdict unknown_domain(struct smtpd *s, const char *addr, const struct resolved *d, enum result resolved,
                                   const char *class, const char *dsn, int null_code, const char *null_dsn)
{
    char name[DNS_NAME];

    if (resolved == TEMP || resolved == CONF)
        return smtpd_lookup_error(s, addr);
    if (resolved != OK || d->class != CLASS_DEFAULT)
        return VERDICT_DUNNO;
    if (!text_of(addr_domain(buf_view(&d->recipient)), name) || !name[0] || name[0] == '[')
        return VERDICT_DUNNO;
    switch (standing_of(name)) {
    case NAME_FINE:
        return VERDICT_DUNNO;
    case NAME_NULL_MX:
        return smtpd_refuse(s, null_code, null_dsn, "<%s>: %s rejected: Domain %s does not accept mail (nullMX)", addr,
                            class, name);
    case NAME_TEMP:
        return smtpd_tempfail(s, par_unknown_address_tempfail_action(), 450, dsn, "<%s>: %s rejected: Domain not found",
                              addr, class);
    default:
        return smtpd_refuse(s, (int)par_unknown_address_reject_code(), dsn, "<%s>: %s rejected: Domain not found", addr,
                            class);
    }
}

enum verdict restrict_unknown_sender(struct smtpd *s, const struct rule *r)
{
    enum result res;
    const struct resolved *d;

    if (!s->tx || !s->tx->sender.n)
        return VERDICT_DUNNO;
    d = smtpd_sender_route(s, &res);
    return unknown_domain(s, s->tx->sender.p, d, res, smtpd_class_sender, "4.1.8", 550, "5.7.27");
}

enum verdict restrict_unknown_rcpt(struct smtpd *s, const struct rule *r)
{
    enum result res;
    const struct resolved *d;

    if (!s->rcpt.known)
        return VERDICT_DUNNO;
    d = smtpd_rcpt_route(s, &res);
    return unknown_domain(s, s->rcpt.addr.p, d, res, smtpd_class_rcpt, "4.1.2", 556, "5.1.10");
}

/* --- tables of the hosts behind a name --- */

/* Looks up host names and all their addresses; the first answer counts. */
static enum verdict ask_hosts(struct smtpd *s, const struct access *a, const char *const *hosts, size_t n,
                              enum dns_type type)
{
    bool found = false;
    enum verdict v = VERDICT_DUNNO;

    for (size_t i = 0; i < n && !found; i++) {
        struct dns_query q = { .name = hosts[i] };

        if (type != DNS_A)
            v = smtpd_access_domain(s, a, hosts[i], &found);
        if (found)
            break;
        dns_host(&q, AF_UNSPEC, true, false, LOOKUP_MS);
        if (q.result != OK && type != DNS_A)
            log_warn("Unable to look up %s host %s for %s %s: %s", dns_type_name(type), hosts[i], a->class, a->name,
                     dns_native_reason(&q));
        dns_filter(smtpd_lists.dns_filter, &q, 1);
        for (const struct dns_record *d = q.records; d && !found; d = d->next) {
            char ip[SOCK_ADDR_TEXT];

            sock_text(&d->addr, ip);
            v = smtpd_access_address(s, a, ip, &found);
        }
        dns_free(q.records);
    }
    return v;
}

static enum verdict ask_records(struct smtpd *s, const struct access *a, struct dns_query *q)
{
    const char *hosts[MAX_HOSTS];
    size_t n = 0;
    enum verdict v;

    for (const struct dns_record *d = q->records; d && n < MAX_HOSTS; d = d->next)
        if (d->type == q->type && d->data[0])
            hosts[n++] = d->data;
    v = ask_hosts(s, a, hosts, n, q->type);
    dns_free(q->records);
    return v;
}

static enum verdict server_access(struct smtpd *s, const struct access *a, const char *name, enum dns_type type)
{
    struct dns_query q = { .name = name, .type = type };
    const char *one[] = { name };

    if (type == DNS_A)
        return ask_hosts(s, a, one, 1, type);
    smtpd_dns_ask(&q, 1);
    /* Name servers are those of the nearest parent that has some; no MX means the host itself. */
    while (type == DNS_NS && q.result == NONE && (q.name = strchr(q.name, '.')) && q.name[1]) {
        dns_free(q.records);
        q = (struct dns_query){ .name = q.name + 1, .type = type };
        smtpd_dns_ask(&q, 1);
    }
    if (q.result == OK)
        return ask_records(s, a, &q);
    dns_free(q.records);
    if (type == DNS_MX && q.result == NONE)
        return ask_hosts(s, a, one, 1, type);
    log_warn("Unable to look up %s host for %s: %s", dns_type_name(type), q.result == TEMP ? q.name : a->name,
             q.result == TEMP ? "Host not found, try again"
             : q.nxdomain     ? "Host not found"
                              : "Host found but no data record of requested type");
    if (q.result == TEMP)
        return smtpd_tempfail(s, par_reject_tempfail_action(), 450, "4.1.8", "<%s>: %s rejected: Unable to look up %s",
                              a->name, a->class, type == DNS_MX ? "mail server" : "name server");
    return VERDICT_DUNNO;
}

static enum verdict by_name(struct smtpd *s, const struct rule *r, const char *shown, const char *class,
                            struct str name, enum dns_type type)
{
    struct access a = { .rule = r, .map = r->map, .name = shown, .class = class, .stage = s->check.stage,
                        .no_permit = true };
    struct sock_addr literal;
    char text[DNS_NAME];
    bool found = false;

    if (name.n && (name.p[0] == '[' || sock_parse_addr(name, 0, &literal) == OK)) {
        if (type == DNS_NS || sock_parse_addr(name, 0, &literal) != OK)
            return VERDICT_DUNNO;
        sock_text(&literal, text);
        return smtpd_access_address(s, &a, text, &found);
    }
    if (!name.n || !text_of(name, text) || dns_valid_hostname(str_of(text)) != OK)
        return VERDICT_DUNNO;
    return server_access(s, &a, text, type);
}

static enum verdict by_client(struct smtpd *s, const struct rule *r, enum dns_type type)
{
    if (s->peer.name_status != '2')
        return VERDICT_DUNNO;
    return by_name(s, r, s->peer.label, smtpd_class_client, str_of(s->peer.name), type);
}

static enum verdict by_reverse(struct smtpd *s, const struct rule *r, enum dns_type type)
{
    if (s->peer.reverse_status != '2')
        return VERDICT_DUNNO;
    return by_name(s, r, s->peer.reverse, smtpd_class_reverse, str_of(s->peer.reverse), type);
}

static enum verdict by_helo(struct smtpd *s, const struct rule *r, enum dns_type type)
{
    return by_name(s, r, s->helo.p, smtpd_class_helo, buf_view(&s->helo), type);
}

static enum verdict by_sender(struct smtpd *s, const struct rule *r, enum dns_type type)
{
    if (!s->tx || !s->tx->sender.n)
        return VERDICT_DUNNO;
    return by_name(s, r, s->tx->sender.p, smtpd_class_sender, addr_domain(buf_view(&s->tx->sender)), type);
}

static enum verdict by_rcpt(struct smtpd *s, const struct rule *r, enum dns_type type)
{
    if (!s->rcpt.known)
        return VERDICT_DUNNO;
    return by_name(s, r, s->rcpt.addr.p, smtpd_class_rcpt, addr_domain(buf_view(&s->rcpt.addr)), type);
}

#define SERVERS(what, suffix, type)                                            \
    enum verdict restrict_##what##_##suffix(struct smtpd *s, const struct rule *r) \
    {                                                                          \
        return by_##what(s, r, type);                                          \
    }
SERVERS(client, a, DNS_A)
SERVERS(client, mx, DNS_MX)
SERVERS(client, ns, DNS_NS)
SERVERS(reverse, a, DNS_A)
SERVERS(reverse, mx, DNS_MX)
SERVERS(reverse, ns, DNS_NS)
SERVERS(helo, a, DNS_A)
SERVERS(helo, mx, DNS_MX)
SERVERS(helo, ns, DNS_NS)
SERVERS(sender, a, DNS_A)
SERVERS(sender, mx, DNS_MX)
SERVERS(sender, ns, DNS_NS)
SERVERS(rcpt, a, DNS_A)
SERVERS(rcpt, mx, DNS_MX)
SERVERS(rcpt, ns, DNS_NS)
#undef SERVERS

/* --- backup mail exchanger --- */

/* One of our addresses; with networks: an address in there. */
static bool address_matches(const struct sock_addr *a, struct match *networks)
{
    char ip[SOCK_ADDR_TEXT];

    if (!networks)
        return own_addr_has(a) || own_addr_proxy(a);
    sock_text(a, ip);
    return match_host(networks, NULL, ip) == OK;
}

static bool host_matches(const char *host, struct match *networks, bool *temp)
{
    struct dns_query q = { .name = host };
    bool found = false;

    dns_host(&q, AF_UNSPEC, true, true, LOOKUP_MS);
    dns_filter(smtpd_lists.dns_filter, &q, 1);
    *temp |= q.result == TEMP;
    for (const struct dns_record *d = q.records; d && !found; d = d->next)
        found = address_matches(&d->addr, networks);
    dns_free(q.records);
    return found;
}

static bool some_host_matches(const struct dns_query *q, unsigned max_pref, struct match *networks, bool *temp)
{
    for (const struct dns_record *d = q->records; d; d = d->next)
        if (d->type == DNS_MX && d->data[0] && d->pref <= max_pref && host_matches(d->data, networks, temp))
            return true;
    return false;
}

static unsigned best_pref(const struct dns_query *q)
{
    unsigned best = 65535;

    for (const struct dns_record *d = q->records; d; d = d->next)
        if (d->type == DNS_MX && d->pref < best)
            best = d->pref;
    return best;
}

/* We are in the list of mail exchangers, but not a primary one, and those are where permit_mx_backup_networks says. */
static bool is_backup(const char *domain, bool *temp)
{
    struct dns_query q = { .name = domain, .type = DNS_MX };
    const char *text = par_permit_mx_backup_networks();
    struct match *networks;
    bool good;

    smtpd_dns_ask(&q, 1);
    *temp |= q.result == TEMP;
    good = q.result == OK && some_host_matches(&q, 65535, NULL, temp) &&
           !some_host_matches(&q, best_pref(&q), NULL, temp); /* mail for a domain of which we are the primary loops */
    if (good && *text) {
        networks = match_new("permit_mx_backup_networks", text, 0);
        good = some_host_matches(&q, best_pref(&q), networks, temp);
        match_free(networks);
    }
    dns_free(q.records);
    return good;
}

enum verdict restrict_permit_mx_backup(struct smtpd *s, const struct rule *r)
{
    enum verdict v = restrict_permit_destination(s, r);
    char name[DNS_NAME];
    bool temp = false;
    enum result res;
    const struct resolved *d;

    if (v != VERDICT_DUNNO || !s->rcpt.known)
        return v;
    d = smtpd_rcpt_route(s, &res);
    if (res != OK || d->routed || !text_of(addr_domain(buf_view(&d->recipient)), name) || !name[0] || name[0] == '[')
        return VERDICT_DUNNO;
    if (is_backup(name, &temp))
        return smtpd_permit(s, "permit_mx_backup", smtpd_class_rcpt, s->rcpt.addr.p, NULL);
    if (temp)
        return smtpd_defer_if_reject(s, "4.4.4", "<%s>: %s rejected: Unable to look up mail exchanger information: "
                                     "Host not found, try again", s->rcpt.addr.p, smtpd_class_rcpt);
    return VERDICT_DUNNO;
}
