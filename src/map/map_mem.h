/* map_mem.h - a fixed set of keys and values in memory, small per entry
 *
 * For texthash, inline and tables built from their source. Filled once, then
 * only read. First entry of a key wins.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_MAP_MEM_H
#define MAP_MAP_MEM_H

#include "map/map_int.h"

enum { MAP_MEM_MAX = 256 << 20 }; /* bytes of keys and values of one table */

struct map_mem;

struct map_mem *map_mem_new(void) MUST;
void map_mem_free(struct map_mem *t);
/* OK; NONE: the key was there already and stays; TEMP: full. fold: keys to lower case. */
enum result map_mem_add(struct map_mem *t, struct str key, struct str value, bool fold) MUST;
/* Operations with m->state = struct map_mem. */
extern const struct map_ops map_mem_ops;

#endif
