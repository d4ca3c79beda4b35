/* smtpd_peer.c - who the client is: address, verified and unverified name
 *
 * A name counts only when the address is among the addresses of that name.
 * Runs in: smtpd.  Trust: what DNS says about a client is the client's own word.
 * Parameters: smtpd_peername_lookup, smtpd_client_port_logging, smtpd_upstream_proxy_*.  Tests: tests/smtp/client-*.t,
 * tests/smtp/proxy-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "map/match.h"
#include "net/haproxy.h"
#include "param/param.h"

enum { LOOKUP_MS = 20000 };

void smtpd_peer_label(struct smtpd_peer *p)
{
    if (par_smtpd_client_port_logging())
        snprintf(p->label, sizeof p->label, "%s[%s]:%s", p->name, p->addr, p->port);
    else
        snprintf(p->label, sizeof p->label, "%s[%s]", p->name, p->addr);
}

void smtpd_peer_literal(const char *addr, char *out, size_t cap)
{
    snprintf(out, cap, "%s%s", strchr(addr, ':') ? "IPv6:" : "", addr);
}

static void set_name(char out[DNS_NAME], const char *name)
{
    snprintf(out, DNS_NAME, "%s", name);
}

static bool usable(const char *name)
{
    struct sock_addr a;

    return dns_valid_hostname(str_of(name)) == OK && sock_parse_addr(str_of(name), 0, &a) != OK;
}

/* The forward half: does the name lead back to the address? */
static char confirm(struct smtpd_peer *p, const char *name)
{
    struct dns_query q = { .name = name };
    char status = '5';

    dns_host(&q, p->sock.sa.sa_family == AF_INET6 && strchr(p->addr, ':') ? AF_INET6 : AF_INET, true, true, LOOKUP_MS);
    for (const struct dns_record *r = q.records; r && status != '2'; r = r->next)
        if (sock_same_host(&r->addr, &p->sock))
            status = '2';
    if (status != '2' && q.result == TEMP)
        status = '4';
    if (status != '2')
        log_warn("hostname %s does not resolve to address %s%s%s", name, p->addr, q.result == OK ? "" : ": ",
                 q.result == OK ? "" : dns_native_reason(&q));
    dns_free(q.records);
    return status;
}

static void lookup(struct smtpd_peer *p)
{
    struct dns_query q = { .name = "" };

    dns_reverse(&q, &p->sock, true, LOOKUP_MS);
    if (q.result != OK || !q.records) {
        p->name_status = p->reverse_status = q.result == TEMP ? '4' : '5';
    } else if (!usable(q.records->data)) {
        struct sock_addr a;

        if (sock_parse_addr(str_of(q.records->data), 0, &a) == OK)
            log_warn("numeric hostname: %s", q.records->data);
        p->name_status = p->reverse_status = '5';
    } else {
        set_name(p->reverse, q.records->data);
        p->reverse_status = '2';
        p->name_status = confirm(p, p->reverse);
        if (p->name_status == '2')
            set_name(p->name, p->reverse);
    }
    dns_free(q.records);
}

static void local_end(struct smtpd_peer *p, int fd)
{
    p->local.len = sizeof p->local.all;
    if (getsockname(fd, &p->local.sa, &p->local.len) < 0 ||
        (p->local.sa.sa_family != AF_INET && p->local.sa.sa_family != AF_INET6))
        return;
    sock_text(&p->local, p->local_addr);
    snprintf(p->local_port, sizeof p->local_port, "%u", (unsigned)sock_port(&p->local));
}

static void show_addrs(struct smtpd_peer *p)
{
    sock_text(&p->sock, p->addr);
    snprintf(p->port, sizeof p->port, "%u", (unsigned)sock_port(&p->sock));
    sock_text(&p->local, p->local_addr);
    snprintf(p->local_port, sizeof p->local_port, "%u", (unsigned)sock_port(&p->local));
}

static enum result read_proxy_header(int fd, struct haproxy *h, const char **why)
{
#if ENABLE_SMTPD_HAPROXY
    return haproxy_read(fd, (int)(par_smtpd_upstream_proxy_timeout() * 1000), h, why);
#else
    *why = "the protocol is not in this build (SMTPD_HAPROXY)";
    return CONF;
#endif
}

static bool speaks(const char *protocol)
{
    struct str rest = str_of(par_inet_protocols()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, "all") || str_eq_case(word, protocol))
            return true;
    return false;
}

/* The client that a proxy speaks for. False: it did not say. */
static bool from_proxy(struct smtpd_peer *p, int fd)
{
    const char *protocol = par_smtpd_upstream_proxy_protocol(), *why = NULL;
    struct haproxy h = { .local = true, .no_inet = !speaks("ipv4"), .no_inet6 = !speaks("ipv6") };

    if (strcmp(protocol, "haproxy") != 0) {
        log_warn("unsupported smtpd_upstream_proxy_protocol value: \"%s\"", protocol);
    } else if (read_proxy_header(fd, &h, &why) != OK) {
        log_warn("haproxy read: %s", why);
    } else {
        if (!h.local) {
            p->sock = h.client;
            p->local = h.server;
            show_addrs(p);
        }
        return true;
    }
    return false;
}

bool smtpd_peer_init(struct smtpd_peer *p, int fd, const struct sock_addr *peer)
{
    bool known = true;

    set_name(p->name, "unknown");
    set_name(p->reverse, "unknown");
    p->name_status = p->reverse_status = '5';
    p->sock = *peer;
    if (peer->len == 0) { /* stand-alone, or a UNIX-domain socket */
        set_name(p->name, "localhost");
        set_name(p->reverse, "localhost");
        p->name_status = p->reverse_status = '2';
        (void)!sock_parse_addr(STR("127.0.0.1"), 0, &p->sock);
        snprintf(p->addr, sizeof p->addr, "127.0.0.1");
        snprintf(p->port, sizeof p->port, "0");
    } else {
        sock_text(peer, p->addr);
        snprintf(p->port, sizeof p->port, "%u", (unsigned)sock_port(peer));
        local_end(p, fd);
        if (*par_smtpd_upstream_proxy_protocol())
            known = from_proxy(p, fd);
        if (known && par_smtpd_peername_lookup())
            lookup(p);
    }
    smtpd_peer_label(p);
    return known;
}

bool smtpd_peer_is_mynetworks(struct smtpd *s)
{
    return match_host(smtpd_lists.mynetworks, s->peer.name, s->peer.addr) == OK;
}
