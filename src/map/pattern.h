/* pattern.h - what regexp and pcre tables share: /pattern/flags and $number in results */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_PATTERN_H
#define MAP_PATTERN_H

#include "map/rules.h"

enum { PATTERN_GROUPS = 100 }; /* $0 to $99 */

struct pattern_text {
    char *pattern;     /* between the delimiters; the caller frees */
    struct str flags;
    struct str result; /* what follows; for an if: nothing */
};

/* Cuts one rule's text apart and sets r->negate. PERM: complained. */
enum result pattern_cut(const struct rules_kind *kind, const struct source *s, struct str text, struct rule *r,
                        struct pattern_text *out) MUST;
/* Checks and compiles the text of a result. *groups: highest number in it, 0 when there is none. PERM: complained. */
enum result pattern_result(struct map *m, const struct rules_kind *kind, const struct source *s, struct rule *r,
                           struct str text, unsigned *groups) MUST;
/* Writes a compiled result; group gives the text of one number. */
enum result pattern_expand(const char *result, struct str (*group)(unsigned n, void *arg), void *arg,
                           struct buf *out) MUST;

#endif
