/* param_int.h - between the files of param/ */
/* SPDX-License-Identifier: ISC */
#ifndef PARAM_PARAM_INT_H
#define PARAM_PARAM_INT_H

#include "param/param.h"

enum { PARAM_TEXT_MAX = 256 * 1024, PARAM_FILE_MAX = 1024 * 1024 }; /* a value; a whole main.cf */

enum param_type { TYPE_STR, TYPE_RAW, TYPE_INT, TYPE_SIZE, TYPE_BOOL, TYPE_NONE, TYPE_OLD, TYPE_GONE,
                  TYPE_SECONDS, TYPE_MINUTES, TYPE_HOURS, TYPE_DAYS, TYPE_WEEKS };

enum { PARAM_NAME_ROOM = 64, PARAM_DEFAULT_ROOM = 4096 }; /* param_pack.c sees that they suffice */

/* Unpacks the name; returns its length. */
size_t param_name(enum par_id id, char name[PARAM_NAME_ROOM]);
/* The default as main.cf would spell it; returns its length. */
size_t param_default(enum par_id id, char text[PARAM_DEFAULT_ROOM]);
enum param_type param_type(enum par_id id);
/* Of a bare number of a time; 0 for other types. */
char param_unit(enum par_id id);
/* Of the value, or of a string's length; max 0 = none. */
void param_bounds(enum par_id id, int64_t *min, int64_t *max);

/* FN(name) as a default: worked out when asked for, by param_host_value(). */
enum { PARAM_COMPUTED = '\1' };

/* One expansion: where names are looked up, what may stay in values, what went wrong. */
struct expand {
    /* OK with *value (valid until the next call), NONE when undefined, PERM after setting .bad */
    enum result (*get)(struct expand *e, const char *name, const char **value);
    void *arg;
    const char *filter;
    bool empty;             /* a name without a condition had no value */
    char bad[160];
};

/* Adds the expansion of text to *out. PERM with e->bad set. */
enum result param_expand_run(struct expand *e, struct str text, struct buf *out) MUST;

/* Value of a computed default; the caller frees. NULL with *bad set when another value that it needs is faulty. */
char *param_host_value(enum par_id id, const char **bad) MUST;

/* What went wrong with the text of this row, or NULL. Sets *num for the numeric types. */
const char *param_row_problem(enum par_id id, const char *text, int64_t *num);

/* Takes the settings of a main.cf in memory, which must stay: NULL, or what is wrong with *line that begins at *at. */
const char *param_load_text(char *text, size_t n, int *line, const char **at);
/* Forgets everything and frees what was handed out. For tests. */
void param_reset(void);

struct master_entry;
/* As master_cf_read, from memory; path is for messages. */
enum result master_cf_parse(const char *path, char *text, size_t n, struct master_entry **list) MUST;

bool param_row_used(enum par_id id);
bool param_row_known_feature(enum par_id id);

#endif
