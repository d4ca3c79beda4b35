/* anvil.h - counters per client, in memory that the processes of all services share */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_ANVIL_H
#define SERVICE_ANVIL_H

#include "base/base.h"
#include "net/sock.h"
#include "service/shared.h"

enum anvil_rate { ANVIL_CONNECT, ANVIL_MAIL, ANVIL_RCPT, ANVIL_TLS, ANVIL_AUTH };

struct anvil_client {
    struct shared_ident id;
    char text[SHARED_IDENT]; /* "smtp:192.0.2.0/24" */
};

/* The client at an address, as one of a network with this many bits. */
void anvil_client(struct anvil_client *c, const char *service, const struct sock_addr *addr, int prefix);
/* A connection begins: how many it has now (exact when above limit; 0 = none), and how many it has begun in this time
 * unit. TEMP: not counted. A process has one client at a time. */
enum result anvil_connect(const struct anvil_client *c, int limit, int *count, int *rate) MUST;
/* It ends. */
void anvil_disconnect(void);
/* Counts one event and tells how many there were in this time unit; look: only tells. TEMP: not counted. */
enum result anvil_event(const struct anvil_client *c, enum anvil_rate what, bool look, int *rate) MUST;
/* The process ends: the last one of all logs the statistics and gives the memory back. */
void anvil_done(void);

#endif
