/* kconf.h - the configuration language of Kconfig files, as far as this project uses it
 *
 * A program of the build, run on the build machine only (HOSTCC): reads the
 * Kconfig files and a .config, settles every symbol, writes .config and
 * autoconf.h. It frees nothing; it lives for a moment.
 */
/* SPDX-License-Identifier: ISC */
#ifndef HOST_KCONF_H
#define HOST_KCONF_H

#include <stdbool.h>
#include <stdio.h>

enum type { T_UNKNOWN, T_BOOL, T_INT, T_HEX, T_STRING };

struct place { /* where something was written */
    const char *file;
    int line;
};

enum op { E_SYM, E_NOT, E_AND, E_OR, E_EQ, E_NE, E_LT, E_LE, E_GT, E_GE };

struct expr {
    enum op op;
    struct symbol *sym;       /* E_SYM, and the left side of a comparison */
    struct symbol *right_sym; /* comparisons */
    struct expr *left, *right;
};

struct prop { /* default, select, imply, range: a value and when it holds */
    struct prop *next;
    struct expr *value; /* default: any expression; select, imply: E_SYM */
    struct symbol *low, *high; /* range */
    struct expr *when;         /* NULL = always */
};

struct symbol {
    struct symbol *next;
    const char *name;
    bool constant, defined;
    enum type type;
    struct prop *defaults, *ranges, *selects, *implies;
    struct node *node;         /* first definition */
    struct node *choice;       /* the choice it is a member of */
    struct prop *selected_by, *implied_by; /* value: the symbol that does it */
    const char *user;          /* what a file or a person set; NULL when nobody did */
    const char *value;         /* settled */
    bool settled, settling;
    bool written;              /* in .config already */
    struct place set_at;       /* where user came from */
};

enum kind { N_MENU, N_CONFIG, N_CHOICE, N_COMMENT, N_IF };

struct node { /* one entry of the menu tree, in file order */
    enum kind kind;
    struct node *parent, *child, *last_child, *next;
    struct symbol *sym;  /* N_CONFIG; N_CHOICE when it is named */
    const char *prompt;
    struct expr *prompt_when; /* prompt "..." if EXPR */
    struct expr *depends;     /* its own "depends on" lines */
    struct expr *all;         /* and those of everything around it */
    struct prop *defaults;    /* N_CHOICE */
    const char *help;
    struct node *same;   /* next definition of the same symbol */
    struct place at;
};

/* kconf_util.c */
void *kconf_alloc(size_t n);
char *kconf_copy(const char *p, size_t n);
char *kconf_join(const char *a, const char *b, const char *c);
void kconf_die(struct place at, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));
void kconf_warn(struct place at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Faults that are collected: the run ends with status 1 after all of them were said. */
void kconf_fault(struct place at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
extern int kconf_faults;
/* The text in quotes at *p, its escapes undone; *p moves behind it. */
char *kconf_unquote(const char **p, struct place at);
/* A whole file as text, NULL when it cannot be read. */
char *kconf_read(const char *path);
/* Writes text to path unless it is there already, through a temporary file. True when it changed. */
bool kconf_write(const char *path, const char *text);

/* kconf_sym.c */
extern struct symbol *kconf_symbols; /* in order of definition */
struct symbol *kconf_symbol(const char *name, bool constant);
bool kconf_is_name(const char *text); /* letters, digits and _ */
struct symbol *kconf_find(const char *name); /* a defined one, or NULL */

/* kconf_parse.c: reads top and what it sources; paths below srctree */
extern const char *kconf_title;
struct node *kconf_parse(const char *srctree, const char *top);

/* kconf_expr.c */
struct expr *kconf_expr_new(enum op op, struct expr *left, struct expr *right);
struct expr *kconf_expr_sym(struct symbol *sym);
struct expr *kconf_and(struct expr *a, struct expr *b); /* NULL is true */
/* Parses text at *p up to its end or a word that cannot continue it; *p moves on. */
struct expr *kconf_expr_parse(const char **p, struct place at);
bool kconf_true(const struct expr *e); /* settles what it needs */
void kconf_expr_print(const struct expr *e, FILE *to);
void kconf_each_symbol(const struct expr *e, void (*visit)(struct symbol *s, void *arg), void *arg);

/* kconf_value.c */
void kconf_check(struct node *root);          /* types, undefined names, circles */
void kconf_unsettle(void);                    /* values are to be computed again */
const char *kconf_value(struct symbol *s);    /* settled value: "y", "n", or text */
bool kconf_visible(const struct node *n);     /* may a person change it now */
bool kconf_symbol_visible(const struct symbol *s);
bool kconf_wanted_met(struct symbol *s);      /* false: user asked for what its dependencies forbid */
/* Is text a possible value of s? Says why not. */
bool kconf_fits(struct symbol *s, const char *text, struct place at);
void kconf_set(struct symbol *s, const char *text, struct place at);

/* kconf_file.c */
void kconf_load(const char *path, bool strict); /* strict: unknown names and unmet wishes are faults */
void kconf_save(const char *path, struct node *root);
void kconf_save_minimal(const char *path, struct node *root);
void kconf_save_header(const char *path);

/* kconf_menu.c: the text menu; true when the result is to be saved */
bool kconf_menu(struct node *root);

#endif
