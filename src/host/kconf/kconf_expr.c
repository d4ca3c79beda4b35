/* kconf_expr.c - conditions: A && (B || !C) && D != "x" */
/* SPDX-License-Identifier: ISC */
#include "kconf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct expr *kconf_expr_new(enum op op, struct expr *left, struct expr *right)
{
    struct expr *e = kconf_alloc(sizeof(*e));

    e->op = op;
    e->left = left;
    e->right = right;
    return e;
}

struct expr *kconf_expr_sym(struct symbol *sym)
{
    struct expr *e = kconf_expr_new(E_SYM, NULL, NULL);

    e->sym = sym;
    return e;
}

struct expr *kconf_and(struct expr *a, struct expr *b)
{
    return !a ? b : !b ? a : kconf_expr_new(E_AND, a, b);
}

static void skip_blanks(const char **p)
{
    while (**p == ' ' || **p == '\t')
        ++*p;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool is_constant(const char *word)
{
    return strcmp(word, "y") == 0 || strcmp(word, "n") == 0 || isdigit((unsigned char)*word) ||
           (*word == '-' && isdigit((unsigned char)word[1]));
}

static struct symbol *parse_quoted(const char **p, struct place at)
{
    return kconf_symbol(kconf_unquote(p, at), true);
}

static struct symbol *parse_operand(const char **p, struct place at)
{
    const char *start;
    char *word;

    skip_blanks(p);
    if (**p == '"' || **p == '\'')
        return parse_quoted(p, at);
    start = *p;
    while (is_word(**p))
        ++*p;
    if (*p == start)
        kconf_die(at, "expected a symbol or value at \"%s\"", start);
    word = kconf_copy(start, (size_t)(*p - start));
    return kconf_symbol(word, is_constant(word));
}

static struct expr *parse_or(const char **p, struct place at);

static bool comparison(const char **p, enum op *op)
{
    static const struct {
        const char *text;
        enum op op;
    } table[] = { { "!=", E_NE }, { "<=", E_LE }, { ">=", E_GE }, { "=", E_EQ }, { "<", E_LT }, { ">", E_GT } };

    skip_blanks(p);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        size_t n = strlen(table[i].text);

        if (strncmp(*p, table[i].text, n) == 0) {
            *p += n;
            *op = table[i].op;
            return true;
        }
    }
    return false;
}

static struct expr *parse_term(const char **p, struct place at)
{
    struct expr *e;
    enum op op;

    skip_blanks(p);
    if (**p == '!') {
        ++*p;
        return kconf_expr_new(E_NOT, parse_term(p, at), NULL);
    }
    if (**p == '(') {
        ++*p;
        e = parse_or(p, at);
        skip_blanks(p);
        if (**p != ')')
            kconf_die(at, "no closing parenthesis");
        ++*p;
        return e;
    }
    e = kconf_expr_sym(parse_operand(p, at));
    if (comparison(p, &op)) {
        e->op = op;
        e->right_sym = parse_operand(p, at);
    }
    return e;
}

static struct expr *parse_and(const char **p, struct place at)
{
    struct expr *e = parse_term(p, at);

    for (skip_blanks(p); strncmp(*p, "&&", 2) == 0; skip_blanks(p)) {
        *p += 2;
        e = kconf_expr_new(E_AND, e, parse_term(p, at));
    }
    return e;
}

static struct expr *parse_or(const char **p, struct place at)
{
    struct expr *e = parse_and(p, at);

    for (skip_blanks(p); strncmp(*p, "||", 2) == 0; skip_blanks(p)) {
        *p += 2;
        e = kconf_expr_new(E_OR, e, parse_and(p, at));
    }
    return e;
}

struct expr *kconf_expr_parse(const char **p, struct place at)
{
    return parse_or(p, at);
}

/* Numbers are compared as numbers when both sides are. */
static int compare(struct symbol *a, struct symbol *b)
{
    const char *left = kconf_value(a), *right = kconf_value(b);
    char *end_left, *end_right;
    long long l = strtoll(left, &end_left, 0), r = strtoll(right, &end_right, 0);

    if (*left && *right && !*end_left && !*end_right)
        return (l > r) - (l < r);
    return strcmp(left, right);
}

bool kconf_true(const struct expr *e)
{
    if (!e)
        return true;
    switch (e->op) {
    case E_SYM: return strcmp(kconf_value(e->sym), "y") == 0;
    case E_NOT: return !kconf_true(e->left);
    case E_AND: return kconf_true(e->left) && kconf_true(e->right);
    case E_OR: return kconf_true(e->left) || kconf_true(e->right);
    case E_EQ: return compare(e->sym, e->right_sym) == 0;
    case E_NE: return compare(e->sym, e->right_sym) != 0;
    case E_LT: return compare(e->sym, e->right_sym) < 0;
    case E_LE: return compare(e->sym, e->right_sym) <= 0;
    case E_GT: return compare(e->sym, e->right_sym) > 0;
    case E_GE: return compare(e->sym, e->right_sym) >= 0;
    }
    return false;
}

static void print_symbol(const struct symbol *s, FILE *to)
{
    fprintf(to, s->constant && strcmp(s->name, "y") && strcmp(s->name, "n") ? "\"%s\"" : "%s", s->name);
}

static void print_side(const struct expr *e, enum op outer, FILE *to)
{
    bool wrap = e->op == E_OR && outer != E_OR;

    fputs(wrap ? "(" : "", to);
    kconf_expr_print(e, to);
    fputs(wrap ? ")" : "", to);
}

void kconf_expr_print(const struct expr *e, FILE *to)
{
    static const char *const sign[] = { [E_AND] = " && ", [E_OR] = " || ", [E_EQ] = " = ",  [E_NE] = " != ",
                                        [E_LT] = " < ",   [E_LE] = " <= ", [E_GT] = " > ",  [E_GE] = " >= " };

    if (!e) {
        fputs("y", to);
    } else if (e->op == E_SYM) {
        print_symbol(e->sym, to);
    } else if (e->op == E_NOT) {
        fputc('!', to);
        print_side(e->left, E_NOT, to);
    } else if (e->op == E_AND || e->op == E_OR) {
        print_side(e->left, e->op, to);
        fputs(sign[e->op], to);
        print_side(e->right, e->op, to);
    } else {
        print_symbol(e->sym, to);
        fputs(sign[e->op], to);
        print_symbol(e->right_sym, to);
    }
}

void kconf_each_symbol(const struct expr *e, void (*visit)(struct symbol *s, void *arg), void *arg)
{
    if (!e)
        return;
    if (e->sym)
        visit(e->sym, arg);
    if (e->right_sym)
        visit(e->right_sym, arg);
    kconf_each_symbol(e->left, visit, arg);
    kconf_each_symbol(e->right, visit, arg);
}
