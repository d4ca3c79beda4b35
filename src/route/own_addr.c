/* own_addr.c - network addresses that are this machine: inet_interfaces and proxy_interfaces
 *
 * Runs in: every process that resolves addresses; filled before the jail.
 * Parameters: inet_interfaces, proxy_interfaces.  Tests: tests/unit/resolve_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "route/own_addr.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/dns.h"
#include "param/param.h"

struct addr_list {
    struct sock_addr *list;
    size_t n;
};

enum { LOOKUP_MS = 30000 };

static struct addr_list own, proxy;
static bool ready;

static void add(struct addr_list *l, const struct sock_addr *a)
{
    if ((l->n & (l->n - 1)) == 0)
        l->list = mem_resize(l->list, (l->n ? 2 * l->n : 1) * sizeof(*l->list));
    l->list[l->n++] = *a;
}

static bool add_interface(const struct sock_addr *a, int prefix, void *arg)
{
    add(arg, a);
    return true;
}

static bool is_loopback(const struct sock_addr *a)
{
    if (a->sa.sa_family == AF_INET)
        return (ntohl(a->in.sin_addr.s_addr) >> 24) == 127;
    return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
}

static bool add_loopback(const struct sock_addr *a, int prefix, void *arg)
{
    if (is_loopback(a))
        add(arg, a);
    return true;
}

static void add_name(struct addr_list *l, const char *name, const char *param)
{
    struct dns_query q = { .name = name };

    dns_host(&q, AF_UNSPEC, true, true, LOOKUP_MS);
    if (q.result != OK)
        log_warn("parameter %s: host %s not found: %s", param, name, q.why.text);
    for (struct dns_record *r = q.records; r; r = r->next)
        add(l, &r->addr);
    dns_free(q.records);
}

static void add_member(struct addr_list *l, struct str member, const char *param)
{
    struct sock_addr a;
    enum result r = OK;
    char *name;

    if (str_eq_case(member, "all")) {
        r = sock_each_local(add_interface, l);
    } else if (str_eq_case(member, "loopback-only")) {
        r = sock_each_local(add_loopback, l);
    } else if (sock_parse_addr(member, 0, &a) == OK) {
        add(l, &a);
    } else {
        name = mem_dup_n(member.p, member.n);
        add_name(l, name, param);
        free(name);
    }
    if (r != OK)
        log_warn("parameter %s: cannot list network interfaces", param);
}

static void fill(struct addr_list *l, const char *value, const char *param)
{
    struct str rest = str_of(value), member;

    while (str_word(&rest, STR_LIST_SEPS, &member) == OK)
        add_member(l, member, param);
}

void own_addr_init(void)
{
    if (ready)
        return;
    ready = true;
    fill(&own, par_inet_interfaces(), "inet_interfaces");
    fill(&proxy, par_proxy_interfaces(), "proxy_interfaces");
}

static bool listed(const struct addr_list *l, const struct sock_addr *a)
{
    for (size_t i = 0; i < l->n; i++)
        if (sock_same_host(&l->list[i], a))
            return true;
    return false;
}

bool own_addr_has(const struct sock_addr *a)
{
    own_addr_init();
    return listed(&own, a);
}

bool own_addr_proxy(const struct sock_addr *a)
{
    own_addr_init();
    return listed(&proxy, a);
}

bool own_addr_literal(struct str literal)
{
    struct sock_addr a;

    if (literal.n < 3 || literal.p[0] != '[' || literal.p[literal.n - 1] != ']')
        return false;
    if (sock_parse_addr(literal, 0, &a) != OK)
        return false;
    return own_addr_has(&a) || own_addr_proxy(&a);
}

bool own_addr_lookup(const char *name, void (*each)(int family, const void *addr, void *arg), void *arg)
{
    struct dns_query q = { .name = name };
    bool found;

    dns_host(&q, AF_UNSPEC, true, true, LOOKUP_MS);
    found = q.result == OK;
    for (struct dns_record *r = q.records; r; r = r->next) {
        bool v4 = r->addr.sa.sa_family == AF_INET;

        each(r->addr.sa.sa_family, v4 ? (const void *)&r->addr.in.sin_addr : &r->addr.in6.sin6_addr, arg);
    }
    dns_free(q.records);
    return found;
}
