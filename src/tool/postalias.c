/* postalias.c - postmap for aliases(5), and what newaliases does
 *
 * Runs as: any user; as root it works with the rights of the source's owner.
 * Parameters: smtputf8_enable, and those of postmap.  Feature: POSTALIAS.  Tests: tests/tables/
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"
#include "tool/postmap.h"

int postalias_main(int argc, char **argv);

int postalias_main(int argc, char **argv)
{
    return postmap_command("postalias", true, argc, argv);
}

int postalias_rebuild(const char *list)
{
    struct postmap_options o = {
        .tool = "postalias", .alias = true, .fold = true, .as_owner = true, .same_mode = true
    };
    struct str rest = str_of(list), word;

    o.bytes = !par_smtputf8_enable();
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        char *arg = mem_dup_n(word.p, word.n);

        postmap_build(&o, arg);
        free(arg);
    }
    return 0;
}
