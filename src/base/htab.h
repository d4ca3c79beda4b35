/* htab.h - text keys to pointers, in memory; keys compare without regard to ASCII case */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_HTAB_H
#define BASE_HTAB_H

#include "base/base.h"

struct htab;

struct htab *htab_new(void) MUST;
/* Frees the table; gives each value to drop first unless it is NULL. */
void htab_free(struct htab *t, void (*drop)(void *value));
void *htab_get(const struct htab *t, struct str key);
/* Copies the key. Returns the former value, or NULL. */
void *htab_put(struct htab *t, struct str key, void *value);
/* Returns the value that was there, or NULL. */
void *htab_remove(struct htab *t, struct str key);
size_t htab_count(const struct htab *t);
/* Visits entries in no order; removal of the visited entry is allowed when walk
 * is started again. Start with *at = 0; false at the end. */
bool htab_each(const struct htab *t, size_t *at, const char **key, void **value);

#endif
