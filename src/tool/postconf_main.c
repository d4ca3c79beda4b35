/* postconf_main.c - showing main.cf: what is set, what is built in, what services bring
 *
 * Runs in: postconf.  Parameters: any.  Tests: tests/param/test_postconf.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "tool/postconf.h"

struct name {
    const char *text;
    const char *dflt; /* of a name that a service brings */
    unsigned class;
};

struct names {
    struct name *list;
    size_t n, cap;
};

static void add(struct names *ns, const char *text, const char *dflt, unsigned class)
{
    if (ns->n == ns->cap) {
        ns->cap = ns->cap ? ns->cap * 2 : 1024;
        ns->list = mem_resize(ns->list, ns->cap * sizeof *ns->list);
    }
    ns->list[ns->n++] = (struct name){ text, dflt, class };
}

/* "transport_x" rows stand for names that begin with a service's name. */
static bool is_pattern(const struct param_row *row)
{
    return strncmp(row->name, "transport_", 10) == 0 && strcmp(row->name, "transport_maps") != 0 &&
           strcmp(row->name, "transport_retry_time") != 0;
}

static void add_rows(struct names *ns)
{
    for (int i = 0; i < PAR_COUNT; i++) {
        struct param_row row;

        param_row((enum par_id)i, &row);
        if (row.type == 'g' || is_pattern(&row) || (row.type == 'o' && !param_raw(str_of(row.name), NULL)))
            continue;
        add(ns, row.name, NULL, POSTCONF_BUILTIN);
    }
}

static void add_service_name(const char *name, const char *dflt, void *arg)
{
    add(arg, mem_dup(name), dflt, POSTCONF_SERVICE);
}

static void add_user_names(struct names *ns)
{
    const char *name, *raw;
    enum par_id id;

    for (size_t at = 0; param_each_set(&at, &name, &raw);)
        if (param_find(str_of(name), &id) != OK && !postconf_service_default(name) && postconf_name_is_used(name))
            add(ns, name, NULL, POSTCONF_USER);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static void collect(struct names *ns, unsigned flags, const struct postconf_entry *list)
{
    add_rows(ns);
    postconf_service_names(list, add_service_name, ns);
    if (!(flags & POSTCONF_DEFAULTS))
        add_user_names(ns);
    qsort(ns->list, ns->n, sizeof *ns->list, by_text);
}

/* The text to show; the caller frees. */
static char *value_of(const struct name *name, unsigned flags)
{
    const char *raw = flags & POSTCONF_DEFAULTS ? NULL : param_raw(str_of(name->text), NULL);
    struct param_row row = { .type = 's', .dflt = "" };
    enum par_id id;

    if (param_find(str_of(name->text), &id) == OK)
        param_row(id, &row);
    if (!raw)
        raw = name->dflt ? name->dflt : row.dflt;
    if (raw[0] == '\1')
        return mem_dup(param_lookup(name->text));
    if (!(flags & POSTCONF_EXPAND) || row.type == 'r')
        return mem_dup(raw);
    if (name->dflt || row.type == 'o')
        return param_expand(raw);
    return mem_dup(param_lookup(name->text));
}

static void show(const struct name *name, unsigned flags)
{
    char *value;

    if ((flags & POSTCONF_EXPLICIT) && !param_raw(str_of(name->text), NULL) &&
        !(strcmp(name->text, "config_directory") == 0 && strcmp(param_dir(), CONFIG_CONFIG_DIR) != 0))
        return;
    value = value_of(name, flags);
    postconf_print(flags, name->text, value);
    free(value);
}

static void show_named(const struct names *ns, unsigned flags, char **names)
{
    for (; *names; names++) {
        struct name key = { .text = *names };
        const struct name *found = bsearch(&key, ns->list, ns->n, sizeof key, by_text);

        if (found)
            show(found, flags);
        else
            log_warn("%s: unknown parameter", *names);
    }
}

void postconf_show_main(unsigned flags, unsigned classes, const struct postconf_entry *list, char **names)
{
    struct names ns = { 0 };

    collect(&ns, flags, list);
    if (*names) {
        show_named(&ns, flags, names);
        return;
    }
    for (size_t i = 0; i < ns.n; i++)
        if ((ns.list[i].class & classes) && (i == 0 || by_text(&ns.list[i - 1], &ns.list[i]) != 0))
            show(&ns.list[i], flags);
}
