/* endpoint.h - the server that a setting or an argument names, "inet:host:port" or "unix:path", as addresses */
/* SPDX-License-Identifier: ISC */
#ifndef NET_ENDPOINT_H
#define NET_ENDPOINT_H

#include "base/base.h"
#include "base/why.h"
#include "net/sock.h"

enum { ENDPOINT_ADDRS = 16 };

struct endpoint_want {
    const char *service; /* port when none is named; NULL: one must be, and a lone word is the port */
    int family;          /* AF_INET, AF_INET6 or AF_UNSPEC */
    bool listen;         /* no host means every interface instead of localhost */
    int timeout_ms;      /* of the question for the host's addresses */
};

struct endpoint {
    const char *path;    /* of a UNIX socket, part of the text given; NULL: the addresses */
    struct sock_addr addr[ENDPOINT_ADDRS];
    size_t n;
};

/* "unix:path" or "local:path", "inet:host:port", "host:port", ":port", "host" to addresses: OK; TEMP: the host's
 * cannot be had now; NONE: it has none; PERM: malformed. Unless OK, why->text says it. Calls dns_host(): dns_init()
 * comes first. */
enum result endpoint_find(struct endpoint *e, const char *text, const struct endpoint_want *want,
                          struct why *why) MUST;
/* Connects to the first of "unix:path" or "inet:host:port" that answers: the socket, or -1 with errno. */
int endpoint_connect(const char *text, int timeout_ms);

#endif
