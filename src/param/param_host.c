/* param_host.c - defaults that depend on the machine or the process
 *
 * Each is worked out only when somebody asks for it: a process that never
 * looks at mynetworks never lists interfaces. Daemons that need mynetworks or
 * myhostname ask before they enter the jail.
 * Runs in: every process.  Tests: tests/unit/param_test.c
 * Parameters: inet_interfaces, inet_protocols, mydomain, myhostname, mynetworks_style
 */
/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "param/param_int.h"

enum { HOST_NAME_ROOM = 256, NETWORKS_MAX = 64 * 1024 };

/* Why a value that another depends on could not be told. */
static char why[160];

static param_lookup_host *lookup_host;

/* The value of another parameter: NULL after setting why. */
static const char *text_of(enum par_id id)
{
    char name[PARAM_NAME_ROOM];

    (void)param_name(id, name);
    return param_text_why(name, why, sizeof why);
}

static const char *host_name(void)
{
    static char name[HOST_NAME_ROOM];

    if (!name[0] && (gethostname(name, sizeof name - 1) < 0 || !name[0]))
        snprintf(name, sizeof name, "localhost");
    return name;
}

static char *computed_myhostname(void)
{
    const char *name = host_name(), *domain;

    if (strchr(name, '.'))
        return mem_dup(name);
    domain = param_raw(STR("mydomain"), NULL) ? text_of(P_mydomain) : "localdomain";
    return domain ? mem_printf("%s.%s", name, domain) : NULL;
}

static char *computed_mydomain(void)
{
    const char *name = text_of(P_myhostname), *dot = name ? strchr(name, '.') : NULL;

    return name ? mem_dup(dot ? dot + 1 : "localdomain") : NULL;
}

/* One of our addresses with its interface's netmask. */
struct network {
    int family;
    unsigned char addr[16];
    unsigned char mask[16];
};

struct networks {
    struct network *list;
    size_t n;
};

static size_t addr_size(int family)
{
    return family == AF_INET ? 4 : 16;
}

static const void *addr_bytes(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET)
        return &((const struct sockaddr_in *)(const void *)sa)->sin_addr;
    return &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
}

static bool family_wanted(int family)
{
    const char *protocols = text_of(P_inet_protocols);
    struct str rest = str_of(protocols ? protocols : ""), word;
    const char *name = family == AF_INET ? "ipv4" : family == AF_INET6 ? "ipv6" : NULL;

    if (!name || (family == AF_INET6 && !ENABLE_IPV6))
        return false;
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, "all") || str_eq_case(word, name))
            return true;
    return false;
}

static void add_network(struct networks *ns, int family, const void *addr, const void *mask)
{
    struct network n = { .family = family };

    memcpy(n.addr, addr, addr_size(family));
    if (mask)
        memcpy(n.mask, mask, addr_size(family));
    else
        memset(n.mask, 0xFF, sizeof n.mask);
    for (size_t i = 0; i < ns->n; i++)
        if (ns->list[i].family == family && memcmp(ns->list[i].addr, n.addr, sizeof n.addr) == 0)
            return;
    ns->list = mem_resize(ns->list, (ns->n + 1) * sizeof *ns->list);
    ns->list[ns->n++] = n;
}

static void list_interfaces(struct networks *ns)
{
    struct ifaddrs *all, *i;

    if (getifaddrs(&all) < 0) {
        log_warn("cannot list network interfaces: mynetworks is the loopback network only");
        return;
    }
    /* IPv4 first, as addresses are listed everywhere else */
    for (int family = AF_INET;; family = AF_INET6) {
        for (i = all; i; i = i->ifa_next)
            if (i->ifa_addr && i->ifa_addr->sa_family == family && family_wanted(family) && (i->ifa_flags & IFF_UP))
                add_network(ns, family, addr_bytes(i->ifa_addr), i->ifa_netmask ? addr_bytes(i->ifa_netmask) : NULL);
        if (family == AF_INET6)
            break;
    }
    freeifaddrs(all);
}

/* The netmask of an address that inet_interfaces names. */
static const unsigned char *mask_of(const struct networks *own, int family, const void *addr)
{
    for (size_t i = 0; i < own->n; i++)
        if (own->list[i].family == family && memcmp(own->list[i].addr, addr, addr_size(family)) == 0)
            return own->list[i].mask;
    return NULL;
}

static bool is_loopback(const struct network *n)
{
    static const unsigned char v6[16] = { [15] = 1 };

    return n->family == AF_INET ? n->addr[0] == 127 : memcmp(n->addr, v6, sizeof v6) == 0;
}

struct named {
    struct networks *ns;
    const struct networks *own;
};

static void add_found(int family, const void *addr, void *arg)
{
    struct named *n = arg;

    if (family_wanted(family))
        add_network(n->ns, family, addr, mask_of(n->own, family, addr));
}

/* An address, or a name that the layers above look up. */
static bool each_address(const char *name, struct named *n)
{
    unsigned char addr[16];

    for (int family = AF_INET;; family = AF_INET6) {
        if (inet_pton(family, name, addr) == 1) {
            add_found(family, addr, n);
            return true;
        }
        if (family == AF_INET6)
            return lookup_host && lookup_host(name, add_found, n);
    }
}

static void add_named(struct networks *ns, const struct networks *own, struct str word)
{
    struct named named = { ns, own };
    char *name;

    if (word.n > 2 && word.p[0] == '[' && word.p[word.n - 1] == ']')
        word = (struct str){ word.p + 1, word.n - 2 };
    name = mem_dup_n(word.p, word.n);
    if (str_eq_case(word, "localhost") || str_eq_case(word, "loopback-only")) {
        for (size_t i = 0; i < own->n; i++)
            if (is_loopback(&own->list[i]))
                add_network(ns, own->list[i].family, own->list[i].addr, own->list[i].mask);
    } else if (!each_address(name, &named)) {
        log_warn("inet_interfaces: host not found: %s", name);
    }
    free(name);
}

static void add_text(struct buf *out, const struct network *n, int bits)
{
    unsigned char net[16] = { 0 };
    char text[INET6_ADDRSTRLEN];

    for (size_t i = 0; i < addr_size(n->family); i++) {
        int left = bits - (int)i * 8;
        unsigned keep = left >= 8 ? 0xFF : left <= 0 ? 0 : 0xFFu << (8 - left) & 0xFF;

        net[i] = (unsigned char)(n->addr[i] & keep);
    }
    if (inet_ntop(n->family, net, text, sizeof text))
        buf_printf(out, n->family == AF_INET ? "%s%s/%d" : "%s[%s]/%d", out->n ? " " : "", text, bits);
}

static int mask_bits(const struct network *n)
{
    int bits = 0;

    for (size_t i = 0; i < addr_size(n->family); i++)
        bits += __builtin_popcount(n->mask[i]);
    return bits;
}

static int class_bits(const struct network *n)
{
    if (n->family != AF_INET)
        return mask_bits(n);
    return n->addr[0] < 128 ? 8 : n->addr[0] < 192 ? 16 : n->addr[0] < 224 ? 24 : 32;
}

static int bits_of_style(const struct network *n, struct str style)
{
    if (str_eq_case(style, "host"))
        return (int)addr_size(n->family) * 8;
    return str_eq_case(style, "class") ? class_bits(n) : mask_bits(n);
}

static char *computed_mynetworks(void)
{
    const char *interfaces = text_of(P_inet_interfaces);
    const char *mode = interfaces && text_of(P_inet_protocols) ? text_of(P_mynetworks_style) : NULL;
    struct networks own = { 0 }, named = { 0 };
    struct str rest, word, style;
    struct buf out, seen;

    if (!mode)
        return NULL;
    rest = str_of(interfaces);
    style = str_of(mode);
    buf_init(&out, NETWORKS_MAX);
    buf_init(&seen, NETWORKS_MAX);
    list_interfaces(&own);
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        if (!str_eq_case(word, "all")) {
            add_named(&named, &own, word);
            continue;
        }
        for (size_t i = 0; i < own.n; i++)
            add_network(&named, own.list[i].family, own.list[i].addr, own.list[i].mask);
    }
    for (size_t i = 0; i < named.n; i++) {
        const struct network *n = &named.list[i];

        buf_reset(&seen);
        add_text(&seen, n, bits_of_style(n, style));
        if (!strstr(out.p, seen.p))
            buf_printf(&out, "%s%s", out.n ? " " : "", seen.p);
    }
    free(own.list);
    free(named.list);
    buf_done(&seen);
    return buf_take(&out);
}

static char *computed_process_id(void)
{
    return mem_printf("%ld", (long)getpid());
}

static char *computed_config_directory(void)
{
    return mem_dup(param_dir());
}

static const char *own_process_name = "postlet", *own_service_name = "amnesiac";

void param_set_process(const char *program, const char *service)
{
    own_process_name = program;
    if (service)
        own_service_name = service;
}

static char *computed_process_name(void)
{
    return mem_dup(own_process_name);
}

static char *computed_service_name(void)
{
    return mem_dup(own_service_name);
}

static const struct {
    enum par_id id;
    char *(*value)(void);
} computed[] = {
    { P_config_directory, computed_config_directory },
    { P_mydomain, computed_mydomain },
    { P_myhostname, computed_myhostname },
    { P_mynetworks, computed_mynetworks },
    { P_process_id, computed_process_id },
    { P_process_name, computed_process_name },
    { P_service_name, computed_service_name },
};

char *param_host_value(enum par_id id, const char **bad)
{
    *bad = why;
    for (size_t i = 0; i < ARRAY_LEN(computed); i++)
        if (computed[i].id == id)
            return computed[i].value();
    return NULL;
}

void param_host_lookup(param_lookup_host *lookup)
{
    lookup_host = lookup;
}
