/* endpoint.c - the server that a setting or an argument names, "inet:host:port" or "unix:path", as addresses
 *
 * Called for policy and authentication servers, tables that ask a server, and by the load tools.
 * Runs in: smtpd, commands, whoever opens such a table.  Parameters: none.  Tests: tests/unit/endpoint_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/endpoint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "net/dns.h"

static enum result split(const char *text, const struct endpoint_want *want, char host[DNS_NAME], uint16_t *port)
{
    struct str host_text, port_text;
    bool bracketed;

    if (sock_split(str_of(text), &host_text, &port_text, &bracketed) != OK || host_text.n >= DNS_NAME)
        return PERM;
    if (!port_text.n && want->service) {
        port_text = str_of(want->service);
    } else if (!port_text.n && !bracketed) {
        port_text = host_text;
        host_text.n = 0;
    }
    snprintf(host, DNS_NAME, "%.*s", (int)host_text.n, host_text.p);
    return sock_parse_port(port_text, port);
}

static void add(struct endpoint *e, const struct sock_addr *a, uint16_t port)
{
    if (e->n == ENDPOINT_ADDRS || (!ENABLE_IPV6 && a->sa.sa_family == AF_INET6))
        return;
    e->addr[e->n] = *a;
    sock_set_port(&e->addr[e->n++], port);
}

static void every_interface(struct endpoint *e, int family, uint16_t port)
{
    struct sock_addr a;

    if (family != AF_INET6 && sock_parse_addr(STR("0.0.0.0"), port, &a) == OK)
        add(e, &a, port);
    if (family != AF_INET && sock_parse_addr(STR("::"), port, &a) == OK)
        add(e, &a, port);
}

enum result endpoint_find(struct endpoint *e, const char *text, const struct endpoint_want *want, struct why *why)
{
    struct dns_query q = { .name = "localhost" };
    char host[DNS_NAME];
    uint16_t port;

    e->path = NULL;
    e->n = 0;
    if (str_begins_case(str_of(text), "unix:") || str_begins_case(str_of(text), "local:")) {
        e->path = strchr(text, ':') + 1;
        return *e->path ? OK : why_set(why, "5.4.4", "%s: no path", text);
    }
    if (str_begins_case(str_of(text), "inet:"))
        text += 5;
    if (split(text, want, host, &port) != OK)
        return why_set(why, "5.4.4", "%s: not a host and a port", text);
    if (!host[0] && want->listen) {
        every_interface(e, want->family, port);
        return OK;
    }
    if (host[0])
        q.name = host;
    dns_host(&q, want->family, true, true, want->timeout_ms);
    for (const struct dns_record *d = q.records; d; d = d->next)
        add(e, &d->addr, port);
    dns_free(q.records);
    if (q.result != OK)
        *why = q.why;
    else if (!e->n)
        why_set(why, "5.4.4", "%s: no address of this family", text);
    return q.result == OK && !e->n ? NONE : q.result;
}

int endpoint_connect(const char *text, int timeout_ms)
{
    const struct endpoint_want want = { .family = AF_UNSPEC, .timeout_ms = timeout_ms };
    struct endpoint e;
    struct why why;
    int fd = -1;

    switch (endpoint_find(&e, text, &want, &why)) {
    case OK: break;
    case PERM: errno = EINVAL; return -1;
    default: errno = EHOSTUNREACH; return -1;
    }
    if (e.path)
        return sock_connect_unix(e.path, timeout_ms);
    for (size_t i = 0; i < e.n && fd < 0; i++)
        fd = sock_connect(&e.addr[i], NULL, timeout_ms);
    return fd;
}
