/* map_cdb_make.h - writing NAME.cdb: readers see the old table or the new one
 *
 * Apart from the reader, so that a program that only reads carries no writer.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_MAP_CDB_MAKE_H
#define MAP_MAP_CDB_MAKE_H

#include <sys/stat.h>

#include "base/base.h"

struct cdb_maker;

enum cdb_double { CDB_DOUBLE_WARN, CDB_DOUBLE_REPLACE, CDB_DOUBLE_IGNORE };

/* Starts NAME.cdb.tmp, locked against others who write this table. Fatal with errno's text when it cannot. */
struct cdb_maker *map_cdb_make_start(const char *name, mode_t mode, bool with_nul) MUST;
/* NONE: the key was there already (and was not replaced). */
enum result map_cdb_make_put(struct cdb_maker *mk, struct str key, struct str value, enum cdb_double how) MUST;
/* Syncs, moves to NAME.cdb, syncs the directory. TEMP with errno; the old table is then untouched. */
enum result map_cdb_make_finish(struct cdb_maker *mk) MUST;
void map_cdb_make_cancel(struct cdb_maker *mk);

#endif
