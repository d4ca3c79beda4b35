/* match.h - match lists: names, domains, networks, with !pattern, /file, type:table
 *
 * mynetworks, mydestination, relay_domains, debug_peer_list, *_exceptions...
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_MATCH_H
#define MAP_MATCH_H

#include "base/base.h"

struct match;

enum {
    MATCH_SUBDOMAINS = 1, /* "example.com" also matches "x.example.com" */
    MATCH_NOTHING_ON_ERROR = 2,
};

/* param_name is for messages and for parent_domain_matches_subdomains. Reads /file members at once.
 * Never NULL; a bad member makes every lookup that reaches it TEMP. */
struct match *match_new(const char *param_name, const char *list, unsigned flags) MUST;
void match_free(struct match *m);
/* OK = listed, NONE = not, TEMP = could not tell (logged). */
enum result match_string(struct match *m, const char *s) MUST;              /* whole strings, case ignored */
enum result match_domain(struct match *m, const char *domain) MUST;
/* name or address of a host; either may be NULL. addr "192.0.2.1", "2001:db8::1" without brackets. */
enum result match_host(struct match *m, const char *name, const char *addr) MUST;

/* "1.2.3.0/24", "[2001:db8::]/32", "[::1]": a network pattern against an address. PERM when malformed. */
enum result match_network(struct str pattern, const char *addr) MUST;

#endif
