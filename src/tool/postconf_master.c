/* postconf_master.c - postconf -M, -F, -P: showing master.cf
 *
 * Runs in: postconf.  Parameters: none.  Tests: tests/param/test_postconf.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "tool/postconf.h"

enum { TEXT_MAX = 1024 * 1024 };

/* The entry with $name expanded in its -o settings. */
static struct postconf_entry *expanded(const struct postconf_entry *e)
{
    struct postconf_entry *copy = mem_new(sizeof *copy);
    int end = postconf_options_end(e);

    *copy = *e;
    copy->argv = mem_new_array((size_t)e->argc + 1, sizeof *copy->argv);
    memcpy(copy->argv, e->argv, (size_t)e->argc * sizeof *e->argv);
    for (int i = 1; i < end; i++) {
        struct postconf_option o;
        char *raw, *text;

        if (postconf_option(e, i, &o) != OK)
            continue;
        raw = mem_dup_n(o.value.p, o.value.n);
        text = postconf_entry_expand(e, raw);
        copy->argv[i + o.args - 1] = mem_printf("%s%.*s=%s", o.args == 1 ? "-o" : "", (int)o.name.n, o.name.p, text);
        free(raw);
        free(text);
        i += o.args - 1;
    }
    return copy;
}

static void show_field(unsigned flags, const struct postconf_entry *e, int i)
{
    char *name = mem_printf("%s/%s/%s", e->field[0], e->field[1], postconf_field_name(i));
    struct buf text;

    buf_init(&text, TEXT_MAX);
    if (i < POSTCONF_FIELDS) {
        postconf_print(flags & ~(unsigned)POSTCONF_FOLD, name, e->field[i]);
    } else if ((flags & POSTCONF_JSON) || (flags & POSTCONF_NO_VALUE)) {
        postconf_command_text(e, false, 0, &text);
        postconf_print(flags, name, text.p);
    } else {
        if (!(flags & POSTCONF_NO_NAME))
            buf_printf(&text, "%s = ", name);
        postconf_command_text(e, flags & POSTCONF_FOLD, text.n, &text);
        postconf_print_line(text.p);
    }
    buf_done(&text);
    free(name);
}

static bool show_fields(unsigned flags, const struct postconf_entry *e, struct str which)
{
    int only = str_eq(which, "*") ? -1 : postconf_field_index(which);

    for (int i = 0; i <= POSTCONF_FIELDS; i++)
        if (only < 0 || only == i)
            show_field(flags, e, i);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct postconf_option *x = a, *y = b;
    size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
    int d = memcmp(x->name.p, y->name.p, n);

    return d ? d : x->name.n < y->name.n ? -1 : x->name.n > y->name.n ? 1 : x->at - y->at;
}

static void show_option(unsigned flags, const struct postconf_entry *e, const struct postconf_option *o)
{
    char *name = mem_printf("%s/%s/%.*s", e->field[0], e->field[1], (int)o->name.n, o->name.p);
    char *value = mem_dup_n(o->value.p, o->value.n);

    postconf_print(flags, name, value);
    free(name);
    free(value);
}

/* In alphabetical order; of a repeated name the last. */
static bool show_options(unsigned flags, const struct postconf_entry *e, struct str which)
{
    struct postconf_option *o = mem_new_array((size_t)e->argc, sizeof *o);
    int end = postconf_options_end(e), n = 0;
    bool any = false;

    for (int i = 1; i < end; i++)
        if (postconf_option(e, i, &o[n]) == OK)
            i += o[n++].args - 1;
    qsort(o, (size_t)n, sizeof *o, by_name);
    for (int i = 0; i < n; i++) {
        if (i + 1 < n && str_same(o[i].name, o[i + 1].name))
            continue;
        if (!str_eq(which, "*") && !str_same(which, o[i].name))
            continue;
        show_option(flags, e, &o[i]);
        any = true;
    }
    free(o);
    return any;
}

static bool show_entry(char mode, unsigned flags, const struct postconf_entry *e, struct str which)
{
    if (flags & POSTCONF_EXPAND)
        e = expanded(e);
    if (mode == 'F')
        return show_fields(flags, e, which);
    if (mode == 'P')
        return show_options(flags, e, which);
    postconf_print_entry(flags, e);
    return true;
}

static void show_matching(char mode, unsigned flags, const struct postconf_entry *list, const char *pattern)
{
    struct str service, type, rest;
    bool any = false;

    (void)postconf_pattern(pattern, &service, &type, &rest);
    if (mode == 'M' && !str_eq(rest, "*"))
        log_fatal("-M option requires service_name[/type]");
    for (const struct postconf_entry *e = list; e; e = e->next)
        if (postconf_matches(e, service, type))
            any |= show_entry(mode, flags, e, rest);
    if (!any)
        log_warn("unmatched request: \"%s\"", pattern);
}

void postconf_show_master(char mode, unsigned flags, const struct postconf_entry *list, char **patterns)
{
    if (!*patterns)
        for (const struct postconf_entry *e = list; e; e = e->next)
            (void)show_entry(mode, flags, e, STR("*"));
    for (; *patterns; patterns++)
        show_matching(mode, flags, list, *patterns);
}
