/* haproxy.h - the PROXY protocol of HAProxy, versions 1 and 2: who a proxy's client is */
/* SPDX-License-Identifier: ISC */
#ifndef NET_HAPROXY_H
#define NET_HAPROXY_H

#include "base/base.h"
#include "net/sock.h"

enum { HAPROXY_MAX = 2048 };

struct haproxy {
    bool no_inet, no_inet6;       /* set by the caller: addresses of this kind are not for this host */
    bool local;                   /* the proxy speaks for itself: both addresses are those of the connection */
    struct sock_addr client, server;
};

/* The header at the beginning of a connection: OK and its length; AGAIN: incomplete; PERM: none, why is one line. */
enum result haproxy_parse(struct str bytes, struct haproxy *out, size_t *used, const char **why) MUST;
/* Takes the header, and not one byte more, off a socket: OK; PERM: bad (why); TEMP: not there in time, or gone. */
enum result haproxy_read(int fd, int timeout_ms, struct haproxy *out, const char **why) MUST;

#endif
