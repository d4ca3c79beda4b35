/* rewrite.h - addresses to canonical form (what trivial-rewrite's rewriting does)
 *
 * Source routes, bang paths, % hack, append_at_myorigin, append_dot_mydomain,
 * per rewrite context. Called in place by whoever needs it; no process.
 */
/* SPDX-License-Identifier: ISC */
#ifndef ROUTE_REWRITE_H
#define ROUTE_REWRITE_H

#include "base/base.h"
#include "base/buf.h"

enum rewrite_context { REWRITE_LOCAL, REWRITE_REMOTE, REWRITE_NONE };

/* Opens tables; before the jail (resolve_init and cleanup_init do it). */
void rewrite_init(void);
/* myorigin, or the first line of the file it names, as Debian's configurations have it (/etc/mailname). */
const char *rewrite_origin(void);
/* Rewrites an internal-form address in place in *addr. */
void rewrite_internal(enum rewrite_context ctx, struct buf *addr);
/* The same for external form (headers). */
void rewrite_external(enum rewrite_context ctx, struct buf *addr);
/* How the rewrite service sees parameters; resolving goes by that as well. */
struct stand_in;
const struct stand_in *rewrite_stand_in(void);
/* Is user@domain a local address: mydestination, inet_interfaces/proxy_interfaces literal. OK, NONE, TEMP. */
enum result rewrite_is_local_domain(struct str domain) MUST;
/* May user@domain be looked up as a bare user: $myorigin or a local domain. For maps_find_address. */
bool rewrite_is_bare_domain(struct str domain);

#endif
