/* network.h - "192.0.2.0/24", "2001:db8::/32": address patterns */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_NETWORK_H
#define MAP_NETWORK_H

#include "base/base.h"

struct network {
    uint8_t family; /* AF_INET, AF_INET6 */
    uint8_t bits;
    uint8_t addr[16];
};

enum { NETWORK_WHY = 200 };

/* "1.2.3.4", "1.2.3.0/24", "2001:db8::/32", "[2001:db8::]/32". PERM: why holds the reason. */
enum result network_parse(struct str text, struct network *out, char why[NETWORK_WHY]) MUST;
/* An address as a client has it, no length, no brackets. NONE when it is not one. IPv4-mapped IPv6 stays IPv6. */
enum result network_parse_addr(struct str text, struct network *out) MUST;
bool network_holds(const struct network *net, const struct network *addr);

#endif
