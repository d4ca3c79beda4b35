/* rules.h - ordered rules with if ... endif, for cidr, regexp and pcre tables */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_RULES_H
#define MAP_RULES_H

#include "map/map_int.h"

struct source;
struct rules_kind;

struct rule {
    bool is_if;
    bool negate;     /* !pattern */
    uint32_t line;
    uint32_t after;  /* index to go on with when it does not hold */
    void *pattern;
    char *result;
};

struct rules {
    const struct rules_kind *kind;
    struct rule *v;
    uint32_t n;
};

/* What differs between the kinds. */
struct rules_kind {
    const char *what; /* "regexp" */
    /* text: one logical line, "if" cut off when r->is_if. Fills pattern, negate and result.
     * PERM: complained already, leave the rule out. */
    enum result (*parse)(const struct rules_kind *kind, struct map *m, const struct source *s, struct str text,
                         struct rule *r);
    /* Does the rule hold for subject, which is what rules_find was given? Looks at negate. OK, NONE, TEMP. */
    enum result (*match)(const struct rule *r, void *subject);
    void (*drop)(void *pattern);
    const char *endif_alone;    /* complaints */
    const char *endif_garbage;
    const char *leaving_out;    /* "skipping", "ignoring" (a rule without closing delimiter) */
    bool no_group_zero;         /* $0 in a result is an error */
    bool garbage_counts;        /* an endif with text behind it is one all the same */
};

/* Reads path, or its inline form {{rule}, {rule}}, into m->state. PERM after map_surrogate. */
enum result rules_load(struct map *m, const char *path, const struct rules_kind *kind) MUST;
/* First rule that holds. */
enum result rules_find(const struct rules *rs, void *subject, const struct rule **hit) MUST;
void rules_free(struct rules *rs);
/* "WHAT map NAME, line N: ..." */
void rules_warn(const struct rules_kind *kind, const struct source *s, const char *fmt, ...) PRINTF(3, 4);

#endif
