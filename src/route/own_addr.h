/* own_addr.h - network addresses that are this machine: inet_interfaces and proxy_interfaces */
/* SPDX-License-Identifier: ISC */
#ifndef ROUTE_OWN_ADDR_H
#define ROUTE_OWN_ADDR_H

#include "base/base.h"
#include "net/sock.h"

/* Reads both parameters; names in them are looked up. Before the jail; later calls do nothing. */
void own_addr_init(void);
bool own_addr_has(const struct sock_addr *a);   /* inet_interfaces */
bool own_addr_proxy(const struct sock_addr *a); /* proxy_interfaces */
/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" of either list. */
bool own_addr_literal(struct str literal);
/* Addresses of a host, for param_host_lookup(). */
bool own_addr_lookup(const char *name, void (*each)(int family, const void *addr, void *arg), void *arg);

#endif
