/* command_env.c - the environment that commands of others get
 *
 * Runs in: local, pipe, spawn.  Trust: values that came with a message are put in by the caller.
 * Parameters: export_environment.  Tests: tests/smtp/pipe-arguments-and-status.t, tests/smtp/spawn-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/command_env.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"

static bool room(const struct command_env *e)
{
    return e->n < ARRAY_LEN(e->list) - 1;
}

void command_env_add(struct command_env *e, const char *name, const char *value)
{
    if (value && *value && room(e))
        e->list[e->n++] = mem_printf("%s=%s", name, value);
    e->list[e->n] = NULL;
}

void command_env_init(struct command_env *e)
{
    struct str rest = str_of(par_export_environment()), word;

    e->n = 0;
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        struct str inside = word, value = { "", 0 };
        size_t eq;
        char *name;

        if (str_unbrace(word, &inside) != OK)
            inside = word;
        inside = str_trim(inside);
        eq = str_find(inside, '=');
        if (eq < inside.n)
            value = str_trim((struct str){ inside.p + eq + 1, inside.n - eq - 1 });
        name = mem_dup_n(inside.p, eq);
        name[str_trim(str_of(name)).n] = 0;
        if (eq < inside.n && room(e))
            e->list[e->n++] = mem_printf("%s=%.*s", name, (int)value.n, value.p);
        else if (eq == inside.n)
            command_env_add(e, name, getenv(name));
        free(name);
    }
    command_env_add(e, "PATH", "/usr/bin:/bin");
}

void command_env_done(struct command_env *e)
{
    while (e->n)
        free(e->list[--e->n]);
}
