/* postmap_none.c - postmap and postalias in a build without cdb: there is no table type that is made
 *
 * Runs as: any user.  Parameters: none.  Feature: POSTMAP without MAP_CDB.
 */
/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "tool/postmap.h"

void postmap_build(const struct postmap_options *o, const char *arg)
{
    log_fatal_status(1, "%s: no table type of this build needs %s: texthash tables are read from their source, "
                        "cdb, hash and btree tables need MAP_CDB", arg, o->tool);
}

bool postmap_delete(const struct postmap_options *o, char *const *args, int n, const char *key)
{
    log_fatal_status(1, "%s: %s cannot delete from a table without MAP_CDB", args[0], o->tool);
}
