/* smtp_hosts.c - which addresses to try for a destination, and in which order
 *
 * MX records by preference (RFC 5321 section 5.1), null MX (RFC 7505), SRV
 * where configured, else the addresses of the name itself. Equal preferences
 * are shuffled. When one of the addresses is our own, it and everything at or
 * beyond its preference is dropped: mail must not loop.
 * Runs in: smtp, lmtp, in the jail; hosts and resolv.conf were read before.
 * Parameters: inet_protocols, inet_interfaces, proxy_interfaces, smtp_host_lookup, ignore_mx_lookup_error,
 * smtp_defer_if_no_mx_address_found, smtp_randomize_addresses, smtp_address_preference, smtp_mx_address_limit,
 * smtp_balance_inet_protocols, smtp_dns_reply_filter, smtp_cname_overrides_servername, use_srv_lookup,
 * ignore_srv_lookup_error, allow_srv_lookup_fallback, smtp_bind_address, smtp_bind_address6.
 * Tests: tests/client/mx-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "net/crypto.h"
#include "service/dns_filter.h"

enum {
    DNS_MS = 30000,   /* for one round of questions */
    HOSTS_MAX = 100,  /* addresses kept for one destination */
    BATCH = 4,        /* server names looked up at once */
};

/* What the lookups of one destination came to so far. */
struct lookup {
    struct smtp_hosts *hosts;
    bool temp;          /* one failed for now: absence of others proves nothing */
    struct why why;     /* of the newest failure, temporary ones first */
};

/* --- own addresses --- */

static void add_own(const struct sock_addr *a)
{
    smtp_agent->own = mem_resize(smtp_agent->own, (smtp_agent->own_n + 1) * sizeof *a);
    smtp_agent->own[smtp_agent->own_n++] = *a;
}

static bool add_local(const struct sock_addr *a, int prefix UNUSED, void *arg UNUSED)
{
    add_own(a);
    return true;
}

static bool loopback(const struct sock_addr *a)
{
    if (a->sa.sa_family == AF_INET)
        return (ntohl(a->in.sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
}

/* The members of inet_interfaces or proxy_interfaces: names or addresses. */
static void add_listed(const char *list)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        struct sock_addr a;
        char name[DNS_NAME];
        struct dns_query q = { .name = name };

        if (sock_parse_addr(word, 0, &a) == OK) {
            add_own(&a);
            continue;
        }
        if (word.n >= sizeof name)
            continue;
        memcpy(name, word.p, word.n);
        name[word.n] = 0;
        if (!strcmp(name, "loopback-only"))
            memcpy(name, "localhost", sizeof "localhost");
        dns_host(&q, AF_UNSPEC, true, true, DNS_MS);
        for (struct dns_record *r = q.records; r; r = r->next)
            add_own(&r->addr);
        dns_free(q.records);
    }
}

static void parse_bind(enum par_id id, int family, struct sock_addr *out)
{
    const char *text = smtp_str(id);

    *out = (struct sock_addr){ .len = 0 };
    if (!*text)
        return;
    if (sock_parse_addr(str_of(text), 0, out) != OK || out->sa.sa_family != family)
        log_fatal("bad %s parameter: %s", smtp_par_name(id), text);
}

/* A host with one address to listen on also speaks from it. */
static void bind_to_only(void)
{
    struct sock_addr *four = NULL, *six = NULL;
    int n4 = 0, n6 = 0;

    for (size_t i = 0; i < smtp_agent->own_n; i++) {
        struct sock_addr *a = &smtp_agent->own[i];

        if (a->sa.sa_family == AF_INET)
            n4++, four = a;
        else
            n6++, six = a;
    }
    if (!smtp_agent->bind4.len && n4 == 1 && !loopback(four))
        smtp_agent->bind4 = *four;
    if (!smtp_agent->bind6.len && n6 == 1 && !loopback(six))
        smtp_agent->bind6 = *six;
}

void smtp_hosts_init(void)
{
    const char *own = par_inet_interfaces();

    parse_bind(P_smtp_bind_address, AF_INET, &smtp_agent->bind4);
    parse_bind(P_smtp_bind_address6, AF_INET6, &smtp_agent->bind6);
    if (!strcmp(own, "all") || !strcmp(own, "loopback-only")) {
        if (sock_each_local(add_local, NULL) != OK)
            log_warn("cannot list the addresses of this host");
    } else {
        add_listed(own);
        bind_to_only();
    }
    add_listed(par_proxy_interfaces());
}

bool smtp_hosts_is_self(const struct sock_addr *a)
{
    for (size_t i = 0; i < smtp_agent->own_n; i++)
        if (sock_same_host(a, &smtp_agent->own[i]))
            return true;
    return false;
}

/* --- addresses of names --- */

static bool listed(const char *list, const char *word)
{
    struct str rest = str_of(list), w;

    while (str_word(&rest, STR_LIST_SEPS, &w) == OK)
        if (str_eq_case(w, word))
            return true;
    return false;
}

static bool want_family(int family)
{
    const char *list = par_inet_protocols();

    if (!ENABLE_IPV6 && family == AF_INET6)
        return false;
    return listed(list, "all") || listed(list, family == AF_INET ? "ipv4" : "ipv6");
}

/* smtp_dns_reply_filter */
static bool filtered(const struct dns_record *r)
{
    return dns_filter_ignores(smtp_agent->dns_filter, r);
}

static void add_host(struct lookup *l, const char *name, const struct dns_record *r, unsigned pref, uint16_t port)
{
    struct smtp_hosts *h = l->hosts;
    struct smtp_host *one;

    if (h->n >= HOSTS_MAX || !want_family(r->addr.sa.sa_family) || filtered(r))
        return;
    if (h->n % 8 == 0)
        h->list = mem_resize(h->list, (h->n + 8) * sizeof *h->list);
    one = &h->list[h->n++];
    *one = (struct smtp_host){ .addr = r->addr, .pref = pref };
    sock_set_port(&one->addr, port);
    if (smtp_bool(P_smtp_cname_overrides_servername) && r->name[0])
        name = r->name;
    snprintf(one->name, sizeof one->name, "%s", name);
}

static void take_answer(struct lookup *l, struct dns_query *q, unsigned pref, uint16_t port)
{
    for (struct dns_record *r = q->records; r; r = r->next)
        if (r->type == DNS_A || r->type == DNS_AAAA)
            add_host(l, q->name, r, pref, port);
    if (q->result != OK && !(l->temp && q->result != TEMP))
        l->why = q->why;
    if (q->result == TEMP)
        l->temp = true;
    dns_free(q->records);
    q->records = NULL;
}

struct server { const char *name; unsigned pref; uint16_t port; };

/* DNS only: all questions at once. */
static void ask_dns(struct lookup *l, const struct server *servers, size_t n)
{
    struct dns_query q[2 * BATCH];
    const struct server *of[2 * BATCH];
    size_t count = 0;

    memset(q, 0, sizeof q);
    for (size_t i = 0; i < n; i++) {
        for (int six = 1; six >= 0; six--) {
            if (!want_family(six ? AF_INET6 : AF_INET))
                continue;
            of[count] = &servers[i];
            q[count].name = servers[i].name;
            q[count++].type = six ? DNS_AAAA : DNS_A;
        }
    }
    dns_ask(q, count, DNS_MS);
    for (size_t i = 0; i < count; i++)
        take_answer(l, &q[i], of[i]->pref, of[i]->port);
}

/* Up to BATCH servers. smtp_host_lookup: dns, native (the hosts file), or both. */
static void ask(struct lookup *l, const struct server *servers, size_t n)
{
    const char *how = smtp_str(P_smtp_host_lookup);
    bool dns = listed(how, "dns") && !par_disable_dns_lookups(), native = listed(how, "native") || !dns;

    if (dns && !native) {
        ask_dns(l, servers, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct dns_query q = { .name = servers[i].name };
        int family = !want_family(AF_INET) ? AF_INET6 : want_family(AF_INET6) ? AF_UNSPEC : AF_INET;

        dns_host(&q, family, dns, native, DNS_MS);
        take_answer(l, &q, servers[i].pref, servers[i].port);
    }
}

/* --- order --- */

static unsigned pick(unsigned n)
{
    uint32_t v;

    crypto_random(&v, sizeof v);
    return v % n;
}

static void shuffle(struct smtp_hosts *h)
{
    for (size_t i = h->n; i > 1; i--) {
        size_t j = pick((unsigned)i);
        struct smtp_host t = h->list[i - 1];

        h->list[i - 1] = h->list[j];
        h->list[j] = t;
    }
}

/* Smaller goes first; equal ones keep their order. */
static unsigned rank(const struct smtp_host *h, const char *preference)
{
    bool later = (!strcmp(preference, "ipv6") && h->addr.sa.sa_family == AF_INET) ||
                 (!strcmp(preference, "ipv4") && h->addr.sa.sa_family == AF_INET6);

    return 2 * h->pref + later;
}

static void sort(struct smtp_hosts *h)
{
    const char *preference = smtp_str(P_smtp_address_preference);

    for (size_t i = 1; i < h->n; i++) {
        struct smtp_host one = h->list[i];
        size_t at = i;

        for (; at && rank(&h->list[at - 1], preference) > rank(&one, preference); at--)
            h->list[at] = h->list[at - 1];
        h->list[at] = one;
    }
}

static size_t count_family(const struct smtp_hosts *h, int family)
{
    size_t n = 0;

    for (size_t i = 0; i < h->n; i++)
        n += h->list[i].addr.sa.sa_family == family;
    return n;
}

/* The first limit addresses, but neither family shut out by the other. */
static void balance(struct smtp_hosts *h, size_t limit)
{
    size_t six = count_family(h, AF_INET6), four = h->n - six, half = limit / 2, out = 0;
    size_t room6 = six < half ? six : four < half ? limit - four : limit - half, room4;

    if (room6 > six)
        room6 = six;
    room4 = limit - room6;
    for (size_t i = 0; i < h->n && out < limit; i++) {
        size_t *room = h->list[i].addr.sa.sa_family == AF_INET6 ? &room6 : &room4;

        if (!*room)
            continue;
        --*room;
        h->list[out++] = h->list[i];
    }
    h->n = out;
}

void smtp_hosts_arrange(struct smtp_hosts *h)
{
    size_t limit = (size_t)smtp_num(P_smtp_mx_address_limit);

    if (smtp_bool(P_smtp_randomize_addresses))
        shuffle(h);
    sort(h);
    if (limit && h->n > limit) {
        if (limit > 1 && smtp_bool(P_smtp_balance_inet_protocols) && count_family(h, AF_INET6) % h->n)
            balance(h, limit);
        h->n = h->n < limit ? h->n : limit;
    }
}

/* Drops ourselves and what is not better. OK, or PERM + why when nothing better is left. */
static enum result drop_self(struct smtp_hosts *h, const char *nexthop, struct why *why)
{
    unsigned best = UINT32_MAX, self = UINT32_MAX;
    size_t out = 0;

    for (size_t i = 0; i < h->n; i++) {
        best = h->list[i].pref < best ? h->list[i].pref : best;
        if (h->list[i].pref < self && smtp_hosts_is_self(&h->list[i].addr))
            self = h->list[i].pref;
    }
    if (!h->loop_check || self == UINT32_MAX)
        return OK;
    if (self == best)
        return why_set(why, "5.4.6", "mail for %s loops back to myself", nexthop);
    for (size_t i = 0; i < h->n; i++)
        if (h->list[i].pref < self)
            h->list[out++] = h->list[i];
    h->n = out;
    return OK;
}

/* --- destinations --- */

static enum result nothing_found(struct lookup *l, bool mx, const char *name, struct why *why)
{
    *why = l->why;
    if (l->temp) {
        why_class(why, '4');
        return TEMP;
    }
    if (mx)
        log_warn("no MX host for %s has a valid address record", name);
    if (!why->dsn[0])
        (void)why_set(why, "5.4.4", mx ? "no MX host for %s has a valid address record" : "unable to look up host %s",
                      name);
    if (mx && smtp_bool(P_smtp_defer_if_no_mx_address_found))
        why_class(why, '4');
    return why->dsn[0] == '4' ? TEMP : PERM;
}

static enum result find_host(const struct smtp_dest *d, struct lookup *l, struct why *why)
{
    struct server one = { d->host, 0, d->port };
    struct dns_record literal = { .type = DNS_A };

    if (sock_parse_addr(str_of(d->host), 0, &literal.addr) == OK) {
        l->hosts->list = mem_new(8 * sizeof *l->hosts->list);
        sock_set_port(&literal.addr, d->port);
        l->hosts->list[0].addr = literal.addr;
        snprintf(l->hosts->list[0].name, sizeof l->hosts->list[0].name, "%s", d->host);
        l->hosts->n = 1;
        return OK;
    }
    ask(l, &one, 1);
    return l->hosts->n ? OK : nothing_found(l, false, d->host, why);
}

static int by_preference(const void *a, const void *b)
{
    const struct server *x = a, *y = b;

    return x->pref < y->pref ? -1 : x->pref > y->pref;
}

/* Server names to addresses, best first, until there are enough of them. */
static enum result find_servers(struct dns_record *records, const struct smtp_dest *d, bool srv, struct lookup *l,
                                struct why *why)
{
    struct server list[DNS_MAX_RECORDS];
    size_t n = 0, limit = (size_t)smtp_num(P_smtp_mx_address_limit);

    for (struct dns_record *r = records; r && n < ARRAY_LEN(list); r = r->next)
        if (r->type == (srv ? DNS_SRV : DNS_MX) && r->data[0] && !filtered(r))
            list[n++] = (struct server){ r->data, r->pref, srv ? r->port : d->port };
    for (size_t i = n; smtp_bool(P_smtp_randomize_addresses) && i > 1; i--) {
        size_t j = pick((unsigned)i);
        struct server t = list[i - 1];

        list[i - 1] = list[j];
        list[j] = t;
    }
    qsort(list, n, sizeof *list, by_preference);
    for (size_t i = 0; i < n && (!limit || l->hosts->n < limit || list[i].pref == list[i - 1].pref); i += BATCH)
        ask(l, list + i, n - i < BATCH ? n - i : BATCH);
    return l->hosts->n ? OK : nothing_found(l, true, d->host, why);
}

static bool null_mx(const struct dns_record *r)
{
    return r && !r->next && r->type == DNS_MX && !r->data[0];
}

static enum result find_mx(const struct smtp_dest *d, struct lookup *l, struct why *why)
{
    struct dns_query q = { .name = d->host, .type = DNS_MX };
    enum result r;

    dns_ask(&q, 1, DNS_MS);
    if (q.result == OK && null_mx(q.records))
        r = why_set(why, "5.1.0", "Domain %s does not accept mail (nullMX)", d->host);
    else if (q.result == OK)
        r = find_servers(q.records, d, false, l, why);
    else if (q.result == NONE || (q.result == TEMP && par_ignore_mx_lookup_error()))
        r = find_host(d, l, why); /* RFC 5321 section 5.1: no MX, so the name is its own server */
    else {
        *why = q.why;
        r = q.result;
    }
    dns_free(q.records);
    return r;
}

/* RFC 6186 style "_service._tcp.domain". NONE: go on with MX. */
static enum result find_srv(const struct smtp_dest *d, struct lookup *l, struct why *why)
{
    char name[DNS_NAME + 48];
    struct dns_query q = { .name = name, .type = DNS_SRV };
    enum result r;

    snprintf(name, sizeof name, "_%s._tcp.%s", d->service, d->host);
    dns_ask(&q, 1, DNS_MS);
    r = q.result;
    if (r == OK)
        r = find_servers(q.records, d, true, l, why);
    else if ((r == NONE && par_allow_srv_lookup_fallback()) || (r == TEMP && par_ignore_srv_lookup_error()))
        r = NONE;
    else {
        *why = q.why;
        r = r == TEMP ? TEMP : PERM;
    }
    dns_free(q.records);
    return r;
}

enum result smtp_hosts_find(const struct smtp_dest *d, const char *nexthop, struct smtp_hosts *out, struct why *why)
{
    struct lookup l = { .hosts = out };
    enum result r = NONE;

    *out = (struct smtp_hosts){ .loop_check = d->port == SMTP_PORT };
    if (d->use_mx && listed(par_use_srv_lookup(), d->service))
        r = find_srv(d, &l, why);
    if (r == NONE)
        r = d->use_mx ? find_mx(d, &l, why) : find_host(d, &l, why);
    if (r == OK)
        r = drop_self(out, nexthop, why);
    if (r == OK)
        smtp_hosts_arrange(out);
    else
        smtp_hosts_done(out);
    return r;
}

void smtp_hosts_done(struct smtp_hosts *h)
{
    free(h->list);
    *h = (struct smtp_hosts){ .n = 0 };
}
