/* param_int.h - between the files of param/ */
/* SPDX-License-Identifier: ISC */
#ifndef PARAM_PARAM_INT_H
#define PARAM_PARAM_INT_H

#include "param/param.h"

enum { PARAM_TEXT_MAX = 1024 * 1024 }; /* a value, or a whole main.cf */

/* FN(name) as a default: worked out when asked for, by param_host_NAME(). */
enum { PARAM_COMPUTED = '\1' };

/* One expansion: where names are looked up, what may stay in values, what went wrong. */
struct expand {
    /* OK with *value (valid until the next call), NONE when undefined, PERM after setting .bad */
    enum result (*get)(struct expand *e, const char *name, const char **value);
    void *arg;
    const char *filter;
    char bad[160];
};

/* Adds the expansion of text to *out. PERM with e->bad set. */
enum result param_expand_run(struct expand *e, struct str text, struct buf *out) MUST;

/* Value of a computed default. NULL when the name is unknown. The caller frees. */
char *param_host_value(const char *function) MUST;

/* What went wrong with the text of this row, or NULL. Sets *num for the numeric types. */
const char *param_row_problem(enum par_id id, const char *text, int64_t *num);

bool param_row_used(enum par_id id);
bool param_row_known_feature(enum par_id id);

#endif
