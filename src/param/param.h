/* param.h - main.cf: one typed getter per parameter
 *
 * Every parameter is one row in a .def file beside the module that reads it;
 * par_NAME() below is made from the row. A value is evaluated ($name expanded,
 * unit applied, range checked) at its first use and kept, so a process pays
 * only for what it reads. An explicit setting that is wrong ends the process
 * with file, line, name, value and range; param_check() does that for all of
 * them at start.
 */
/* SPDX-License-Identifier: ISC */
#ifndef PARAM_PARAM_H
#define PARAM_PARAM_H

#include "base/base.h"
#include "base/buf.h"

/* Row macros (see param/rows.h for the list of files):
 *  P_STR (name, default, min_len, max_len(0=none), feature, "doc")  const char *
 *  P_RAW (name, default, min_len, max_len, feature, "doc")          const char *, $ kept
 *  P_INT (name, default, min, max(0=none), feature, "doc")          int64_t
 *  P_SIZE(name, default, min, max, feature, "doc")                  int64_t bytes
 *  P_TIME(name, default, unit, min, max, feature, "doc")            int64_t seconds
 *  P_BOOL(name, default, feature, "doc")                            bool
 *  P_NONE(name, default, status, "doc")   of interest at install time only: printed, never read
 *  P_OLD (name, default, status, "doc")   former name: read through the default of its successor
 *  P_GONE(name, default, status, "doc")   removed from Postfix: without effect there and here
 *  P_VOID(name, default, "reason", "doc") cannot exist here; whoever sets it is told the reason at start
 * default is the text main.cf would have, or FN(function) for one that param_host.c computes.
 * feature is a Kconfig symbol without CONFIG_, or ALWAYS.
 */
enum par_id { /* P_name in alphabetical order, made from the rows */
#include "gen/param_ids.h"
    PAR_COUNT
};

const char *param_str(enum par_id id);
int64_t param_num(enum par_id id);

#define P_STR(name, ...) static inline const char *par_##name(void) { return param_str(P_##name); }
#define P_RAW(name, ...) static inline const char *par_##name(void) { return param_str(P_##name); }
#define P_INT(name, ...) static inline int64_t par_##name(void) { return param_num(P_##name); }
#define P_SIZE(name, ...) static inline int64_t par_##name(void) { return param_num(P_##name); }
#define P_TIME(name, ...) static inline int64_t par_##name(void) { return param_num(P_##name); }
#define P_BOOL(name, ...) static inline bool par_##name(void) { return param_num(P_##name) != 0; }
#define P_NONE(name, ...)
#include "param/rows.h"

/* Reads DIR/main.cf (dir NULL: MAIL_CONFIG, then the built-in directory). A
 * missing file is fatal unless optional. Call once, before any getter. */
void param_load(const char *dir, bool optional);
/* The directory in use. */
const char *param_dir(void);
/* For $process_name and $service_name; the texts must stay. service may be NULL. */
void param_set_process(const char *program, const char *service);
/* -o name=value or "{ name = value }" text; wins over main.cf, "name" may be user-defined. Fatal when malformed. */
void param_override(const char *name_is_value);
/* A view: main.cf with these -o (NULL at the end) and without our own. For services of Postfix that are called in place
 * here (param/stand_in.h). NULL when that makes no difference. Stays. */
struct param_view;
struct param_view *param_view_new(char **options) MUST;
/* From now on the getters answer as view has it (NULL: no change). Returns the former one. */
struct param_view *param_view_use(struct param_view *view);
/* mynetworks needs the addresses of a host that inet_interfaces names, and DNS is a matter of the layers above: each is
 * called with every address, 4 or 16 bytes. False: not found. Unless set, names are not found. */
typedef bool param_lookup_host(const char *name, void (*each)(int family, const void *addr, void *arg), void *arg);
void param_host_lookup(param_lookup_host *lookup);
/* Checks every explicit setting: value, range, syntax of expressions. Logs each fault with file and line;
 * CONF when there was one. */
enum result param_check(void) MUST;
/* Is compatibility_level below this one ("3.6")? */
bool param_below_level(const char *level);
/* Is the value the default of a level below this one, and nobody has set it? */
bool param_compat(enum par_id id, const char *level);
/* Warns of names that have no effect in this build. */
void param_check_names(void);

/* A setting of any name, user-defined ones included, expanded: NULL when nobody
 * defines it and it is not built in. Valid until the process ends. */
const char *param_lookup(const char *name);
/* Expands $name in text as main.cf does; the caller frees. */
char *param_expand(const char *text) MUST;
/* As param_expand, but names are looked up by the caller first (local(8)
 * expansions, pipe macros, banners): lookup returns NULL for unknown. filter: bytes
 * that may stay in a substituted value, others become _; NULL = all. PERM + *bad
 * set for a syntax error; OK with *bad = "" where a name without ? or : had no value. */
enum result param_expand_with(const char *text, const char *(*lookup)(const char *name, void *arg), void *arg,
                              const char *filter, struct buf *out, const char **bad) MUST;

/* <transport>_<suffix> with the fallback its row names, e.g. ("smtp", P_transport_destination_concurrency_limit).
 * Rows whose name begins with transport_ and whose doc says "per transport". */
int64_t param_transport_num(const char *transport, enum par_id pattern);
/* The same for rows that are text (the concurrency feedbacks). */
const char *param_transport_str(const char *transport, enum par_id pattern);
/* smtp_X in an smtp process, lmtp_X when lmtp is set: the twin row of a P_smtp_ id. */
enum par_id param_lmtp(enum par_id smtp_id);

/* For postconf, checks and tests. */
struct param_row {
    const char *name;
    const char *dflt;      /* as main.cf would spell it; begins with \1 when computed: see param_lookup */
    char type;             /* 's' str, 'r' raw, 'i' int, 'z' size, 't' time, 'b' bool, 'n' none, 'o' old, 'g' gone */
    bool in_build;         /* its feature is compiled in */
    const char *feature;   /* Kconfig symbol */
    int64_t min, max;      /* of the value, or of a string's length; max 0 = none */
    char unit;             /* of a bare number, for 't' */
};
void param_row(enum par_id id, struct param_row *row);
/* NONE when no row has this name. */
enum result param_find(struct str name, enum par_id *id) MUST;
/* What setting this row does in this build. */
enum param_effect {
    PARAM_READ,     /* code acts on it */
    PARAM_NOT_READ, /* no code reads it yet */
    PARAM_LEFT_OUT, /* its feature is switched off */
    PARAM_GONE,     /* Postfix itself has removed it */
};
enum param_effect param_effect(enum par_id id);
/* As param_lookup, but a fault is returned: NULL with why set. Undefined: NULL and why empty. */
const char *param_text_why(const char *name, char *why, size_t room);
/* The raw text main.cf or -o gives: NULL when it is not set there. line may be NULL. */
const char *param_raw(struct str name, int *line);
/* Visits explicit settings in file order, last one of a name only. Start with *at = 0. */
bool param_each_set(size_t *at, const char **name, const char **raw);

#endif
