/* pattern.c - what regexp and pcre tables share: /pattern/flags and $number in results
 *
 * A compiled result is its text with each $number as two bytes: $ and number + 1,
 * and each $$ as $ and DOLLAR.
 * Runs in: every process that opens tables.  Parameters: none.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/pattern.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "map/source.h"

enum { DOLLAR = 127 };

/* Position of the closing delimiter, or n. A backslash hides what follows. */
static size_t closing(struct str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == s.p[0])
            return i;
        if (s.p[i] == '\\' && i + 1 < s.n)
            i++;
    }
    return s.n;
}

enum result pattern_cut(const struct rules_kind *kind, const struct source *s, struct str text, struct rule *r,
                        struct pattern_text *out)
{
    size_t end, n = 0;

    if (!r->is_if && text.n && chr_is_alnum((unsigned char)text.p[0])) {
        rules_warn(kind, s, "ignoring unrecognized request");
        return PERM;
    }
    while (text.n && text.p[0] == '!') {
        r->negate = !r->negate;
        text = str_trim((struct str){ text.p + 1, text.n - 1 });
    }
    if (!text.n) {
        rules_warn(kind, s, "no regexp: skipping this rule");
        return PERM;
    }
    end = closing(text);
    if (end == text.n) {
        rules_warn(kind, s, "no closing regexp delimiter \"%c\": %s this rule", text.p[0],
                   kind->leaving_out);
        return PERM;
    }
    out->pattern = mem_dup_n(text.p + 1, end - 1);
    text = (struct str){ text.p + end + 1, text.n - end - 1 };
    while (n < text.n && !chr_is_space((unsigned char)text.p[n]))
        n++;
    out->flags = (struct str){ text.p, n };
    out->result = str_trim((struct str){ text.p + n, text.n - n });
    if (r->is_if && out->result.n) {
        rules_warn(kind, s, "ignoring extra text after IF statement: \"%.*s\"", (int)out->result.n, out->result.p);
        rules_warn(kind, s, "do not prepend whitespace to statements between IF and ENDIF");
    }
    return OK;
}

/* The name behind a $, and how long all of it is. NULL, or the complaint. */
static const char *macro_name(struct str after, struct str *name, size_t *used)
{
    size_t n = 0;

    if (after.n && (after.p[0] == '{' || after.p[0] == '(')) {
        char close = after.p[0] == '{' ? '}' : ')';

        while (n < after.n && after.p[n] != close)
            n++;
        if (n == after.n)
            return "truncated macro reference";
        *name = (struct str){ after.p + 1, n - 1 };
        *used = n + 1;
    } else {
        while (n < after.n && (chr_is_alnum((unsigned char)after.p[n]) || after.p[n] == '_'))
            n++;
        *name = (struct str){ after.p, n };
        *used = n;
    }
    return name->n ? NULL : "empty macro name";
}

struct compiler {
    const struct rules_kind *kind;
    const struct source *s;
    struct str text; /* all of it */
    struct buf out;
    unsigned groups;
    bool any;
};

/* One $...: how long it is, 0 = complained. */
static size_t compile_dollar(struct compiler *c, struct str after)
{
    const char *bad;
    struct str name;
    int64_t number;
    size_t used;

    if (after.n && after.p[0] == '$') {
        buf_putc(&c->out, '$');
        buf_putc(&c->out, DOLLAR);
        return 2;
    }
    bad = macro_name(after, &name, &used);
    if (bad) {
        log_warn("%s: \"%.*s\"", bad, (int)c->text.n, c->text.p);
        return 0;
    }
    if (num_parse(name, 0, 1000000, &number) != OK) {
        rules_warn(c->kind, c->s, "non-numeric replacement index \"%.*s\"", (int)name.n, name.p);
        return 0;
    }
    if (number == 0 && c->kind->no_group_zero) {
        rules_warn(c->kind, c->s, "out of range replacement index \"0\"");
        return 0;
    }
    c->any = true;
    if (number > c->groups)
        c->groups = (unsigned)number;
    buf_putc(&c->out, '$');
    buf_putc(&c->out, number < PATTERN_GROUPS ? (int)number + 1 : PATTERN_GROUPS);
    return 1 + used;
}

static bool compile(struct compiler *c)
{
    for (size_t i = 0; i < c->text.n;) {
        size_t n = 1;

        if (c->text.p[i] == '$') {
            n = compile_dollar(c, (struct str){ c->text.p + i + 1, c->text.n - i - 1 });
            if (!n) {
                rules_warn(c->kind, c->s, "bad replacement syntax: skipping this rule");
                return false;
            }
        } else {
            buf_putc(&c->out, c->text.p[i]);
        }
        i += n;
    }
    return true;
}

enum result pattern_result(struct map *m, const struct rules_kind *kind, const struct source *s, struct rule *r,
                           struct str text, unsigned *groups)
{
    struct compiler c = { .kind = kind, .s = s, .text = text };
    const char *bad = NULL;

    *groups = 0;
    if (!text.n)
        rules_warn(kind, s, "no replacement text: using empty string");
    buf_init(&c.out, 2 * SOURCE_LINE_MAX);
    if (!compile(&c)) {
        buf_done(&c.out);
        return PERM;
    }
    if (c.any && r->negate)
        bad = "$number found in negative match replacement text";
    else if (c.any && (m->flags & MAP_NO_REGSUB))
        bad = "regular expression substitution is not allowed";
    if (bad) {
        rules_warn(kind, s, "%s: skipping this rule", bad);
        buf_done(&c.out);
        return PERM;
    }
    *groups = c.groups;
    r->result = buf_take(&c.out);
    return OK;
}

enum result pattern_expand(const char *result, struct str (*group)(unsigned n, void *arg), void *arg, struct buf *out)
{
    for (const char *p = result; *p; p++) {
        if (*p != '$')
            buf_putc(out, *p);
        else if (*++p == DOLLAR)
            buf_putc(out, '$');
        else
            buf_str(out, group((unsigned)*p - 1, arg));
    }
    return out->over ? TEMP : OK;
}
