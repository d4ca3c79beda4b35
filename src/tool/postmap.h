/* postmap.h - building, changing and asking lookup tables: what postmap and postalias share
 *
 * postmap.c has the options, postmap_build.c writes, postmap_query.c asks,
 * postmap_message.c takes keys from a message.
 */
/* SPDX-License-Identifier: ISC */
#ifndef TOOL_POSTMAP_H
#define TOOL_POSTMAP_H

#include "base/base.h"
#include "base/buf.h"
#include "map/map_cdb_make.h"

struct postmap_options {
    const char *tool;        /* "postmap", "postalias" */
    bool alias;              /* sources are in aliases(5) form */
    bool fold;               /* keys to lower case (off with -f) */
    bool bytes;              /* no UTF-8 checks (-u; -b and -h without -U) */
    bool with_nul;           /* -N */
    bool as_owner;           /* work as the owner of the source (off with -o) */
    bool same_mode;          /* permissions of the source (off with -p) */
    bool incremental;        /* -i */
    bool files;              /* -F: values are file names on the way in, base64 in the table */
    bool json;               /* -j */
    bool header, body, mime; /* -h -b -m */
    enum cdb_double doubles; /* -r, -w */
};

/* The command under either name. Returns the exit status. */
int postmap_command(const char *tool, bool alias, int argc, char **argv);
/* "type:path" of an argument: the type may be left out. The caller frees. */
char *postmap_spec(const char *arg) MUST;
unsigned postmap_flags(const struct postmap_options *o); /* for map_open() */
/* Builds or adds to one table. Fatal when it cannot. */
void postmap_build(const struct postmap_options *o, const char *arg);
/* Removes a key, or with "-" those on standard input: true when one was there. */
bool postmap_delete(const struct postmap_options *o, char *const *args, int n, const char *key);
/* Prints answers: true when there was one. */
bool postmap_query(const struct postmap_options *o, char *const *args, int n, const char *key);
bool postmap_query_stdin(const struct postmap_options *o, char *const *args, int n);
void postmap_list(const struct postmap_options *o, char *const *args, int n);
/* Reads one message from standard input and gives each header or body line to ask; keys are valid for the call. */
void postmap_message(const struct postmap_options *o, void (*ask)(struct str key, void *arg), void *arg);

/* newaliases: postalias for every table of a list ("$alias_database"). Returns the exit status. */
int postalias_rebuild(const char *list);

#endif
