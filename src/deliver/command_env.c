/* command_env.c - the environment that commands of others get
 *
 * Runs in: local, pipe, spawn.  Trust: values that came with a message are put in by the caller.
 * Parameters: export_environment.  Tests: tests/smtp/pipe-arguments-and-status.t, tests/smtp/spawn-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/command_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"

char *command_env_set(struct command_env *e, const char *name, const char *value)
{
    size_t length = strlen(name), i = 0;

    if (!value)
        return NULL;
    while (i < e->n && (strncmp(e->list[i], name, length) != 0 || e->list[i][length] != '='))
        i++;
    if (i == ARRAY_LEN(e->list) - 1)
        return NULL;
    if (i < e->n)
        free(e->list[i]);
    else
        e->list[++e->n] = NULL;
    e->list[i] = mem_printf("%s=%s", name, value);
    return e->list[i] + length + 1;
}

void command_env_init(struct command_env *e)
{
    struct str rest = str_of(par_export_environment()), word;

    e->n = 0;
    e->list[0] = NULL;
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        struct str inside = word;
        char *name, *value;
        size_t eq;

        if (str_unbrace(word, &inside) != OK)
            inside = word;
        inside = str_trim(inside);
        eq = str_find(inside, '=');
        name = mem_dup_n(inside.p, eq);
        name[str_trim(str_of(name)).n] = 0;
        if (eq < inside.n) {
            inside = str_trim((struct str){ inside.p + eq + 1, inside.n - eq - 1 });
            value = mem_dup_n(inside.p, inside.n);
            (void)command_env_set(e, name, value);
            free(value);
        } else {
            (void)command_env_set(e, name, getenv(name));
        }
        free(name);
    }
    (void)command_env_set(e, "PATH", "/usr/bin:/bin");
}

void command_env_done(struct command_env *e)
{
    while (e->n)
        free(e->list[--e->n]);
}
