/* resolve.h - an address to transport, next hop and recipient (what trivial-rewrite's resolving does)
 *
 * Address classes, transport_maps, relayhost, sender-dependent maps, content
 * filter syntax. Tables are opened by resolve_init(), before the jail.
 */
/* SPDX-License-Identifier: ISC */
#ifndef ROUTE_RESOLVE_H
#define ROUTE_RESOLVE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/why.h"

enum address_class { CLASS_LOCAL, CLASS_VIRTUAL_ALIAS, CLASS_VIRTUAL_MAILBOX, CLASS_RELAY, CLASS_DEFAULT };

struct resolved {
    enum address_class class;
    bool routed;            /* had a source route, % or ! that was not ours: reject_unauth_destination looks at it */
    struct buf transport, nexthop, recipient; /* recipient in internal form */
    struct why why;
};

void resolve_init(void);
void resolved_init(struct resolved *r);
void resolved_done(struct resolved *r);
/* OK; TEMP: a table failed, why says which; PERM: malformed address (why: 5.1.3 "bad address syntax"). */
enum result resolve(const char *sender, const char *addr, struct resolved *out) MUST;
/* The same for an address probe: address_verify_* settings take the place of the usual ones. resolve_probe_init() comes
 * before the jail. */
void resolve_probe_init(void);
enum result resolve_probe(const char *sender, const char *addr, struct resolved *out) MUST;
/* Opens the tables of resolve_known_recipient(), before the jail: only who asks needs them. */
void resolve_known_init(void);
/* Is an address known in its class (reject_unlisted_recipient, reject_unlisted_sender)? OK; NONE: its class has a table
 * where it is not; PERM: its transport is error: or retry:, which take nobody (4.y.z is retry:); TEMP: a table failed.
 * why has the text as Postfix; the status is dsn unless the transport says one. */
enum result resolve_known_recipient(const char *addr, const struct resolved *r, const char *dsn,
                                    struct why *why) MUST;

#endif
