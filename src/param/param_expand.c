/* param_expand.c - the $name language of main.cf
 *
 * $name ${name} $(name), ${name?text} ${name?{a}:{b}} ${name:text},
 * ${{a} op {b} ? {c} : {d}} with == != < <= >= > and their "level" forms,
 * ${function{text}}, $$. A recursive-descent parser over borrowed text; names
 * are looked up by a callback, so the same language serves main.cf, banners
 * and local(8) expansions.
 * Runs in: every process.  Parameters: none.
 * Tests: tests/unit/param_test.c, tests/fuzz/fuzz_main_cf.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/idna.h"
#include "base/num.h"
#include "base/str.h"
#include "param/param_int.h"

enum { NESTING_MAX = 100 };

struct parser {
    struct expand *e;
    struct buf *out;
    int depth;
};

static enum result expand_part(struct parser *p, struct str text);

static enum result fail(struct parser *p, const char *what, struct str at)
{
    snprintf(p->e->bad, sizeof p->e->bad, "%s: \"%.*s\"", what, at.n > 60 ? 60 : (int)at.n, at.p);
    return PERM;
}

static enum result too_long(struct parser *p)
{
    snprintf(p->e->bad, sizeof p->e->bad, "the expanded text is too long");
    return PERM;
}

static bool is_name_char(int c)
{
    return chr_is_alnum(c) || c == '_';
}

static struct str skip(struct str s, size_t n)
{
    return (struct str){ s.p + n, s.n - n };
}

static struct str skip_blanks(struct str s)
{
    while (s.n && chr_is_space((unsigned char)s.p[0]))
        s = skip(s, 1);
    return s;
}

static struct str take_name(struct str *s)
{
    struct str name = { s->p, 0 };

    while (name.n < s->n && is_name_char((unsigned char)s->p[name.n]))
        name.n++;
    *s = skip(*s, name.n);
    return name;
}

/* Position behind the bracket that closes the one at s.p[0], or 0. */
static size_t matching(struct str s, int open, int close)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == open)
            depth++;
        else if (s.p[i] == close && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* Cuts "{text}" off the front of *s; blanks inside are kept. */
static bool take_braced(struct str *s, struct str *inside)
{
    size_t n = s->n && s->p[0] == '{' ? matching(*s, '{', '}') : 0;

    if (!n)
        return false;
    *inside = (struct str){ s->p + 1, n - 2 };
    *s = skip(*s, n);
    return true;
}

/* {yes}:{no}, {yes}:no, {yes} or yes */
static enum result take_choice(struct parser *p, struct str s, struct str *yes, struct str *no)
{
    struct str rest = skip_blanks(s);

    *no = (struct str){ NULL, 0 };
    *yes = s;
    if (!rest.n || rest.p[0] != '{')
        return OK;
    if (!take_braced(&rest, yes))
        return fail(p, "truncated macro reference", s);
    rest = skip_blanks(rest);
    if (!rest.n)
        return OK;
    if (rest.p[0] != ':')
        return fail(p, "\":\" expected at", rest);
    *no = skip(rest, 1);
    rest = skip_blanks(*no);
    if (!rest.n || rest.p[0] != '{')
        return OK;
    if (!take_braced(&rest, no))
        return fail(p, "truncated macro reference", s);
    rest = skip_blanks(rest);
    return rest.n ? fail(p, "unexpected input at", rest) : OK;
}

/* What follows ":" alone: {text} or text. */
static enum result take_else(struct parser *p, struct str s, struct str *no)
{
    struct str rest = skip_blanks(s);

    *no = s;
    if (!rest.n || rest.p[0] != '{')
        return OK;
    if (!take_braced(&rest, no))
        return fail(p, "truncated macro reference", s);
    rest = skip_blanks(rest);
    return rest.n ? fail(p, "unexpected input at", rest) : OK;
}

static enum result expand_to(struct parser *p, struct str text, struct buf *out)
{
    struct parser inner = { .e = p->e, .out = out, .depth = p->depth };

    return expand_part(&inner, text);
}

static enum result add_value(struct parser *p, const char *value)
{
    const char *filter = p->e->filter;
    size_t at = p->out->n;

    if (!buf_puts(p->out, value))
        return too_long(p);
    if (filter)
        for (; at < p->out->n; at++)
            if (!strchr(filter, p->out->p[at]))
                p->out->p[at] = '_';
    return OK;
}

static enum result get(struct parser *p, struct str name, const char **value)
{
    char text[256];

    *value = NULL;
    if (name.n >= sizeof text)
        return NONE;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    return p->e->get(p->e, text, value);
}

/* Comparison operators, the longer of two with the same beginning first. */
enum op { OP_EQ, OP_NE, OP_LE, OP_GE, OP_LT, OP_GT };

static const char operators[][3] = { [OP_EQ] = "==", [OP_NE] = "!=", [OP_LE] = "<=",
                                     [OP_GE] = ">=", [OP_LT] = "<",  [OP_GT] = ">" };

static bool take_operator(struct str *s, enum op *op, bool *level)
{
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        size_t n = strlen(operators[i]);

        if (s->n < n || memcmp(s->p, operators[i], n) != 0)
            continue;
        *op = (enum op)i;
        *s = skip(*s, n);
        *level = s->n >= 5 && memcmp(s->p, "level", 5) == 0;
        if (*level)
            *s = skip(*s, 5);
        return true;
    }
    return false;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!chr_is_digit((unsigned char)s.p[i]))
            return false;
    return s.n > 0;
}

/* Digits of any length, leading zeros without weight. */
static int compare_digits(struct str a, struct str b)
{
    while (a.n && a.p[0] == '0')
        a = skip(a, 1);
    while (b.n && b.p[0] == '0')
        b = skip(b, 1);
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

static int compare_text(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = n ? memcmp(a.p, b.p, n) : 0;

    return d ? d : a.n < b.n ? -1 : a.n > b.n;
}

/* major[.minor[.patch]] as one number per part; missing parts are 0. */
static bool parse_level(struct str s, int64_t part[3])
{
    part[0] = part[1] = part[2] = 0;
    for (int i = 0; i < 3; i++) {
        size_t n = str_find(s, '.');

        if (num_parse((struct str){ s.p, n }, 0, INT32_MAX, &part[i]) != OK)
            return false;
        if (n == s.n)
            return true;
        s = skip(s, n + 1);
    }
    return false;
}

static enum result compare_levels(struct parser *p, struct str a, struct str b, int *d)
{
    int64_t x[3], y[3];

    if (!parse_level(a, x))
        return fail(p, "malformed compatibility level syntax", a);
    if (!parse_level(b, y))
        return fail(p, "malformed compatibility level syntax", b);
    *d = 0;
    for (int i = 0; i < 3 && !*d; i++)
        *d = x[i] < y[i] ? -1 : x[i] > y[i];
    return OK;
}

static bool holds(enum op op, int d)
{
    switch (op) {
    case OP_EQ:
        return d == 0;
    case OP_NE:
        return d != 0;
    case OP_LE:
        return d <= 0;
    case OP_GE:
        return d >= 0;
    case OP_LT:
        return d < 0;
    case OP_GT:
        return d > 0;
    }
    return false;
}

static enum result compare(struct parser *p, struct str left, enum op op, bool level, struct str right, bool *truth)
{
    struct buf a, b;
    enum result r;
    int d = 0;

    buf_init(&a, PARAM_TEXT_MAX);
    buf_init(&b, PARAM_TEXT_MAX);
    r = expand_to(p, left, &a);
    if (r == OK)
        r = expand_to(p, right, &b);
    if (r == OK && level)
        r = compare_levels(p, buf_view(&a), buf_view(&b), &d);
    else if (r == OK)
        d = all_digits(buf_view(&a)) && all_digits(buf_view(&b)) ? compare_digits(buf_view(&a), buf_view(&b))
                                                                 : compare_text(buf_view(&a), buf_view(&b));
    *truth = holds(op, d);
    buf_done(&a);
    buf_done(&b);
    return r;
}

/* {left} op {right}, then nothing ("true" or empty), ?choice or :else */
static enum result expand_comparison(struct parser *p, struct str s)
{
    struct str left, right, yes = STR("true"), no = { NULL, 0 };
    bool level, truth;
    enum result r = OK;
    enum op op;

    if (!take_braced(&s, &left))
        return fail(p, "truncated macro reference", s);
    s = skip_blanks(s);
    if (!take_operator(&s, &op, &level))
        return fail(p, "\"==\" or \"!=\" or \"<\" or \"<=\" or \">=\" or \">\" expected at", s);
    s = skip_blanks(s);
    if (!take_braced(&s, &right))
        return fail(p, "\"{expression}\" expected at", s);
    s = skip_blanks(s);
    if (s.n && s.p[0] == '?') {
        r = take_choice(p, skip(s, 1), &yes, &no);
    } else if (s.n && s.p[0] == ':') {
        yes = no;
        r = take_else(p, skip(s, 1), &no);
    } else if (s.n) {
        return fail(p, "\"?\" or \":\" expected at", s);
    }
    if (r == OK)
        r = compare(p, left, op, level, right, &truth);
    return r == OK ? expand_part(p, truth ? yes : no) : r;
}

/* ${domain_to_ascii{text}}: each label that is not ASCII becomes its xn-- form. */
static enum result expand_function(struct parser *p, struct str name, struct str s)
{
    struct str inside, rest = s;
    struct buf text, ascii;
    enum result r;

    if (!take_braced(&rest, &inside) || skip_blanks(rest).n)
        return fail(p, "attribute name syntax error at", s);
    if (!str_eq(name, "domain_to_ascii"))
        return fail(p, "unknown function", name);
    buf_init(&text, PARAM_TEXT_MAX);
    r = expand_to(p, inside, &text);
    buf_init(&ascii, PARAM_TEXT_MAX);
    if (r == OK && idna_to_ascii(buf_view(&text), &ascii) != OK)
        r = fail(p, "no ASCII form for domain", buf_view(&text));
    if (r == OK)
        r = add_value(p, ascii.p);
    buf_done(&ascii);
    buf_done(&text);
    return r;
}

static enum result expand_name(struct parser *p, struct str name, struct str rest)
{
    struct str yes = { NULL, 0 }, no = { NULL, 0 };
    const char *value;
    bool empty;
    enum result r;

    rest = skip_blanks(rest);
    if (rest.n && rest.p[0] == '{')
        return expand_function(p, name, rest);
    if (rest.n && rest.p[0] != '?' && rest.p[0] != ':')
        return fail(p, "attribute name syntax error at", rest);
    r = get(p, name, &value);
    if (r != OK && r != NONE)
        return r;
    empty = !value || !*value;
    if (!rest.n)
        p->e->empty |= empty;
    if (!rest.n)
        return empty ? OK : add_value(p, value);
    r = rest.p[0] == '?' ? take_choice(p, skip(rest, 1), &yes, &no) : take_else(p, skip(rest, 1), &no);
    return r == OK ? expand_part(p, empty ? no : yes) : r;
}

/* The text between the outer brackets. */
static enum result expand_brackets(struct parser *p, struct str whole, struct str s)
{
    struct str name;

    s = skip_blanks(s);
    if (!s.n)
        return fail(p, "empty macro name", whole);
    if (s.p[0] == '{')
        return expand_comparison(p, s);
    name = take_name(&s);
    if (!name.n)
        return fail(p, "attribute name syntax error at", s);
    return expand_name(p, name, s);
}

/* s begins behind the "$"; *s is left behind the reference. */
static enum result expand_reference(struct parser *p, struct str *s)
{
    struct str whole = { s->p - 1, s->n + 1 };
    struct str name;
    size_t n;

    if (s->n && (s->p[0] == '{' || s->p[0] == '(')) {
        n = s->p[0] == '{' ? matching(*s, '{', '}') : matching(*s, '(', ')');
        if (!n)
            return fail(p, "truncated macro reference", whole);
        name = (struct str){ s->p + 1, n - 2 };
        *s = skip(*s, n);
        return expand_brackets(p, (struct str){ whole.p, n + 1 }, name);
    }
    name = take_name(s);
    if (!name.n)
        return fail(p, "empty macro name", whole);
    return expand_name(p, name, (struct str){ NULL, 0 });
}

static enum result expand_part(struct parser *p, struct str s)
{
    enum result r = OK;

    if (++p->depth > NESTING_MAX) {
        p->depth--;
        return fail(p, "unreasonable macro call nesting", s);
    }
    while (r == OK && s.n) {
        size_t n = str_find(s, '$');

        if (!buf_add(p->out, s.p, n))
            r = too_long(p);
        s = skip(s, n);
        if (r != OK || !s.n)
            break;
        s = skip(s, 1);
        if (s.n && s.p[0] == '$') {
            if (!buf_putc(p->out, '$'))
                r = too_long(p);
            s = skip(s, 1);
        } else {
            r = expand_reference(p, &s);
        }
    }
    p->depth--;
    return r;
}

enum result param_expand_run(struct expand *e, struct str text, struct buf *out)
{
    struct parser p = { .e = e, .out = out };

    e->bad[0] = 0;
    return expand_part(&p, text);
}

/* A caller's names first, then main.cf. */
struct caller {
    const char *(*lookup)(const char *name, void *arg);
    void *arg;
};

static enum result get_caller(struct expand *e, const char *name, const char **value)
{
    struct caller *c = e->arg;

    *value = c->lookup ? c->lookup(name, c->arg) : NULL;
    if (!*value)
        *value = param_text_why(name, e->bad, sizeof e->bad);
    return *value ? OK : e->bad[0] ? PERM : NONE;
}

enum result param_expand_with(const char *text, const char *(*lookup)(const char *name, void *arg), void *arg,
                              const char *filter, struct buf *out, const char **bad)
{
    static char why[sizeof((struct expand *)0)->bad];
    struct caller c = { lookup, arg };
    struct expand e = { .get = get_caller, .arg = &c, .filter = filter };
    enum result r = param_expand_run(&e, str_of(text), out);

    if (r != OK) {
        memcpy(why, e.bad, sizeof why);
        if (bad)
            *bad = why;
    } else if (bad && e.empty) {
        *bad = "";
    }
    return r;
}
