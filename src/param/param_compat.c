/* param_compat.c - which old defaults are in force
 *
 * Whoever acts on one says so in the log, as Postfix does, so that an operator
 * knows what to set before compatibility_level is raised.
 * Runs in: any process.  Parameters: compatibility_level.  Tests: tests/smtp/compatibility-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "param/param.h"

bool param_below_level(const char *level)
{
    char text[64];
    char *answer;
    bool below;

    snprintf(text, sizeof text, "${{$compatibility_level} <level {%s} ? {y} : {n}}", level);
    answer = param_expand(text);
    below = answer[0] == 'y';
    free(answer);
    return below;
}

bool param_compat(enum par_id id, const char *level)
{
    struct param_row row;

    param_row(id, &row);
    return !param_raw(str_of(row.name), NULL) && param_below_level(level);
}
