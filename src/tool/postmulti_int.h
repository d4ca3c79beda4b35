/* postmulti_int.h - between the files of postmulti */
/* SPDX-License-Identifier: ISC */
#ifndef TOOL_POSTMULTI_INT_H
#define TOOL_POSTMULTI_INT_H

#include "base/base.h"
#include "param/param.h"

enum { MULTI_CONFIG, MULTI_QUEUE, MULTI_DATA, MULTI_NAME, MULTI_GROUP, MULTI_ENABLE, MULTI_COMMANDS, MULTI_DAEMONS,
       MULTI_VALUES };

struct instance {
    char *value[MULTI_VALUES]; /* MULTI_... */
    struct instance *next;
};

/* Name of the parameter, which is that in the environment as well. */
const char *postmulti_value_name(int k);
const char *postmulti_name(enum par_id id);
/* The primary instance's value, expanded; the caller frees. */
char *postmulti_primary(enum par_id id) MUST;

struct multi_options {
    const char *action;             /* -e */
    bool front;                     /* -a */
    const char *group, *name;       /* -g -i */
    const char *new_group, *new_name; /* -G -I */
    char **args;
};

/* All instances, the primary one first. */
struct instance *postmulti_load(void);
/* Reads one from its main.cf; fatal when that cannot be. */
struct instance *postmulti_read(const char *dir);
/* By name or directory, "-" is the primary one. */
bool postmulti_is(const struct instance *i, const struct instance *primary, const char *name);
bool postmulti_enabled(const struct instance *i);
/* postconf with these arguments: what it prints is added to out (bounded by out->max). Fatal unless it ends with 0. */
struct buf;
void postmulti_postconf(const char *dir, char *const args[], struct buf *out);
/* The life of instances. Returns the exit status. */
int postmulti_edit(const struct multi_options *o);

#endif
