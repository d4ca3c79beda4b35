/* inside.c - the error, retry and discard services, which need no process
 *
 * error(8) and discard(8) say nothing but a text; who would ask them says it in
 * their place.
 * Runs in: qmgr, local.  Parameters: none.  Tests: tests/unit/qmgr_test.c, tests/local/mailbox-transport-to-a-service.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/inside.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "param/master_cf.h"

enum inside inside_kind(const struct master_entry *e)
{
    if (!e)
        return INSIDE_MISSING;
    if (strcmp(e->argv[0], "error") == 0)
        return strcmp(e->name, "retry") == 0 ? INSIDE_RETRY : INSIDE_ERROR;
    return strcmp(e->argv[0], "discard") == 0 ? INSIDE_DISCARD : AGENT;
}

enum result inside_why(struct str text, enum inside kind, struct why *why)
{
    const char *deflt = kind == INSIDE_ERROR ? "5.0.0" : kind == INSIDE_RETRY ? "4.0.0" : "2.0.0";
    char copy[WHY_TEXT], dsn[sizeof why->dsn];
    size_t n;

    text = str_trim(text);
    snprintf(copy, sizeof copy, "%.*s", (int)(text.n < sizeof copy ? text.n : sizeof copy - 1), text.p);
    n = why_dsn_length(copy);
    if (n >= sizeof dsn || (copy[n] != ' ' && copy[n]))
        n = 0;
    /* The service decides between 4 and 5; a status of another class says nothing. */
    snprintf(dsn, sizeof dsn, "%.*s", n && copy[0] == deflt[0] ? (int)n : 5, n && copy[0] == deflt[0] ? copy : deflt);
    return why_set(why, dsn, "%s", copy + n + strspn(copy + n, " "));
}
