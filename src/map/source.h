/* source.h - text that tables are made of: logical lines, "key value" entries
 *
 * Lines that begin with white space continue the line before; empty lines and
 * lines whose first text is # are skipped (postmap(1), INPUT FILE FORMAT).
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_SOURCE_H
#define MAP_SOURCE_H

#include "base/base.h"
#include "base/buf.h"

enum { SOURCE_LINE_MAX = 1 << 20 };

struct source {
    const char *name;  /* for messages */
    const char *ignoring; /* how the complaint about a line without value ends; postmap says less */
    int fd;            /* -1 = all of it is in ahead */
    struct buf ahead;  /* read, not yet used */
    size_t at;
    struct buf line;   /* the logical line */
    int first;         /* its first line number */
    int lines;         /* physical lines so far */
    bool utf8;         /* entries must be valid UTF-8 */
};

/* Neither takes ownership of fd. */
void source_init(struct source *s, const char *name, int fd);
void source_init_text(struct source *s, const char *name, struct str text);
void source_done(struct source *s);
/* Next logical line in s->line: OK, NONE at the end, TEMP with errno. A line longer than SOURCE_LINE_MAX is
 * warned about and skipped. */
enum result source_line(struct source *s) MUST;
/* Cuts "key value" (key maybe in double quotes, which stay): false and a warning when it is not one. */
bool source_split(struct source *s, struct str *key, struct str *value);
/* Next well-formed entry; others are warned about. Views are valid until the next call. */
enum result source_entry(struct source *s, struct str *key, struct str *value) MUST;

/* source_alias.c: aliases(5), "name: value, ...". The key is a local address in external form, the value is
 * brought to one form (blanks, quotes). */
struct alias_source {
    struct source s;
    struct buf key, value;
};
void source_alias_init(struct alias_source *a, const char *name, int fd);
void source_alias_done(struct alias_source *a);
/* As source_entry. */
enum result source_alias_entry(struct alias_source *a, struct str *key, struct str *value) MUST;

#endif
