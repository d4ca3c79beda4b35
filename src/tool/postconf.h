/* postconf.h - between the files of postconf */
/* SPDX-License-Identifier: ISC */
#ifndef TOOL_POSTCONF_H
#define TOOL_POSTCONF_H

#include "base/base.h"
#include "base/buf.h"
#include "param/param.h"

enum {
    POSTCONF_DEFAULTS = 1,   /* -d */
    POSTCONF_EXPLICIT = 2,   /* -n */
    POSTCONF_FOLD = 4,       /* -f */
    POSTCONF_NO_NAME = 8,    /* -h */
    POSTCONF_NO_VALUE = 16,  /* -H */
    POSTCONF_EXPAND = 32,    /* -x */
    POSTCONF_JSON = 64,      /* -j */
};

enum { POSTCONF_BUILTIN = 1, POSTCONF_SERVICE = 2, POSTCONF_USER = 4 }; /* -C */

enum postconf_edit { POSTCONF_SHOW, POSTCONF_SET, POSTCONF_REMOVE, POSTCONF_COMMENT }; /* -e -X -# */

enum { POSTCONF_FIELDS = 7 }; /* of master.cf, before the command */

/* One entry of master.cf as text, arguments without their outer braces. */
struct postconf_entry {
    char *field[POSTCONF_FIELDS];
    char **argv;
    int argc;
    struct postconf_entry *next;
};

/* -o name=value of an entry, as postconf_option() finds it. */
struct postconf_option {
    struct str name, value;
    int at, args; /* position in argv; 1 for -oname=value, 2 for -o name=value */
};

/* The directory of -c, MAIL_CONFIG or the built-in one; param_dir() is that only once main.cf has been read. */
const char *postconf_dir(void);

/* Warns of names that mean nothing, as postfix check does. main.cf has been read and master.cf is well-formed. */
void postconf_check(void);

/* ---- postconf_print.c ---- */
/* One "name = value" in the form the flags ask for. */
void postconf_print(unsigned flags, const char *name, const char *value);
/* A finished text and a newline. */
void postconf_print_line(const char *text);
void postconf_print_entry(unsigned flags, const struct postconf_entry *e);
/* Adds the text of an entry (what -M shows) to out; folded: as it is written to the file. */
void postconf_entry_text(const struct postconf_entry *e, bool folded, struct buf *out);
/* The command and its arguments from column on. */
void postconf_command_text(const struct postconf_entry *e, bool folded, size_t column, struct buf *out);

/* ---- postconf_entry.c ---- */
/* Reads master.cf of the configuration directory. A missing file is a warning unless it is needed; faults are fatal. */
struct postconf_entry *postconf_entries(bool needed);
/* Fatal unless line is a well-formed entry. */
struct postconf_entry *postconf_entry_parse(const char *line, int number);
/* The option at argv[at]: OK; NONE when argv[at] is no -o. */
enum result postconf_option(const struct postconf_entry *e, int at, struct postconf_option *o) MUST;
/* Number of arguments from argv[1] that are options. */
int postconf_options_end(const struct postconf_entry *e);
/* "service/type/rest" cut from the right: what is not given is "*". false when there is no type. */
bool postconf_pattern(const char *text, struct str *service, struct str *type, struct str *rest);
bool postconf_matches(const struct postconf_entry *e, struct str service, struct str type);
/* Index of a column by name (service, type, ... command = POSTCONF_FIELDS). Fatal when unknown. */
int postconf_field_index(struct str name);
const char *postconf_field_name(int i);
/* Value of $name inside an entry's -o settings. */
char *postconf_entry_expand(const struct postconf_entry *e, const char *text) MUST;

/* ---- postconf_main.c, postconf_master.c: showing ---- */
void postconf_show_main(unsigned flags, unsigned classes, const struct postconf_entry *list, char **names);
void postconf_show_master(char mode, unsigned flags, const struct postconf_entry *list, char **patterns);

/* ---- postconf_names.c: which names mean something ---- */
/* Per-service suffixes: calls visit(name, default) for each name a service brings. */
typedef void postconf_visit(const char *name, const char *dflt, void *arg);
void postconf_service_names(const struct postconf_entry *list, postconf_visit *visit, void *arg);
void postconf_names_find(const struct postconf_entry *list);
/* A user-defined name that something refers to. */
bool postconf_name_is_used(const char *name);
/* Default of a name that a service brings, or NULL. */
const char *postconf_service_default(const char *name);
void postconf_warn_undefined(void);
void postconf_warn_deprecated(void);
void postconf_warn_unused(const struct postconf_entry *list, bool main_cf);

/* ---- postconf_edit.c ---- */
void postconf_edit_main(enum postconf_edit op, char **args);
void postconf_edit_master(char mode, enum postconf_edit op, char **args);

#endif
