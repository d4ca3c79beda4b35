/* map.h - lookup tables: "type:name" to an answer
 *
 * A table that cannot be opened becomes one whose every lookup is TEMP and
 * says why. Tables opened before the jail stay usable in it; map_changed()
 * tells when a process should end and be started anew to see a replaced one.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_MAP_H
#define MAP_MAP_H

#include "base/base.h"
#include "base/buf.h"

struct map;

enum {
    MAP_FOLD = 1,      /* fold the key to lower case (fixed-string tables) */
    MAP_NO_REGSUB = 2, /* $number in a result is an error (aliases, transport) */
    MAP_KEEP_KEY = 4,  /* no partial keys are ever asked (pattern tables see the whole) */
    MAP_FATAL = 8,     /* end the process when the table cannot be opened (commands) */
    MAP_BYTES = 16,    /* keys, values and sources need not be UTF-8 */
    MAP_NO_UNAUTH = 32, /* answers decide about rights: not from a server that nobody has authenticated */
};

enum map_class { MAP_FIXED, MAP_PATTERN };

/* spec "type:name", or a bare "/file" of the default type. Never NULL. Shared: the same
 * spec and flags give the same table again. Owned by the registry until the process ends. */
struct map *map_open(const char *spec, unsigned flags);
/* OK: answer in *out (replaced). NONE: absent. TEMP: could not tell; why in log. */
enum result map_get(struct map *m, struct str key, struct buf *out) MUST;
enum map_class map_class(const struct map *m);
/* Next entry in the table's own order: OK; NONE at the end; TEMP; PERM: this type cannot be listed.
 * Start with *at = 0; views are valid until the next call. */
enum result map_each(struct map *m, size_t *at, struct str *key, struct str *value) MUST;
const char *map_name(const struct map *m); /* "type:name" */
/* Some open table has been replaced on disk; its name, or NULL. */
const char *map_changed(void);
/* Visits the types of this build in alphabetical order. Start with *at = 0. */
bool map_each_type(size_t *at, const char **name);
/* hash, btree, dbm, sdbm, lmdb and cdb: answered by NAME.cdb. */
bool map_is_cdb(const char *type);

/* A list parameter of tables ("a:b, c:d"), searched in order. */
struct maps;
struct maps *maps_open(const char *param_name, const char *list, unsigned flags) MUST;
/* First answer. *from (may be NULL): the table it came from. TEMP as soon as one fails. */
enum result maps_get(struct maps *ms, struct str key, struct buf *out, const char **from) MUST;
bool maps_empty(const struct maps *ms);
/* As maps_get for a part of what is looked up: pattern tables are not asked. */
enum result maps_get_part(struct maps *ms, struct str key, struct buf *out, const char **from) MUST;

/* Search order of access(5), virtual(5), canonical(5): what to ask for an address. */
enum {
    MAPS_EXT = 1,     /* user+ext@dom, then user@dom; the unmatched "+ext" goes to *ext */
    MAPS_BARE = 2,    /* user+ext, user when the domain is in mydestination/$inet_interfaces or is $myorigin */
    MAPS_DOMAIN = 4,  /* @dom (virtual, canonical) */
    MAPS_USER_AT = 8, /* user@ (access) */
    MAPS_PLAIN_DOMAIN = 16, /* dom, and parents per parent_domain_matches_subdomains (access, transport) */
    MAPS_PARENT = 32, /* .dom parents always */
    MAPS_ANY = 64,    /* "*" (transport) */
};
/* is_local tells whether user@domain may be asked as bare user. ext may be NULL. addr is in external (quoted) form. */
enum result maps_find_address(struct maps *ms, struct str addr, unsigned how, bool (*is_local)(struct str domain),
                              struct buf *out, struct buf *ext, const char **from) MUST;
/* Search order of access(5) for a host name: name, then parents per parent_domain_matches_subdomains (param_name). */
enum result maps_find_domain(struct maps *ms, struct str domain, struct buf *out, const char **from) MUST;
/* Search order of access(5) for an address: 192.0.2.1, 192.0.2, 192.0, 192; likewise by groups of an IPv6 address. */
enum result maps_find_network(struct maps *ms, struct str addr, struct buf *out, const char **from) MUST;
/* param_name is in parent_domain_matches_subdomains. */
bool maps_parent_matches(const char *param_name);

#endif
