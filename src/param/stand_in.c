/* stand_in.c - parameters of a service of Postfix that is called in place here
 *
 * Runs in: every process that accepts or routes mail, before the jail.
 * Parameters: those that the entry's -o name.  Tests: tests/cleanup/service-name*.t
 */
/* SPDX-License-Identifier: ISC */
#include "param/stand_in.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "param/master_cf.h"

void stand_in_open(struct stand_in *s, const char *service)
{
    const struct master_entry *e;
    struct master_entry *list;
    char **options, *path = mem_printf("%s/master.cf", param_dir());
    bool exists = access(path, F_OK) == 0;
    int n = 0;

    free(path);
    if (!exists)
        return; /* a program that does without */
    if (master_cf_read(param_dir(), &list) != OK)
        log_fatal("master.cf cannot be used");
    e = master_cf_find(list, service, SERVICE_UNIX);
    s->missing = !e;
    if (!e)
        log_warn("%s/master.cf has no service %s unix: mail cannot be accepted", param_dir(), service);
    options = mem_new_array(e ? (size_t)e->argc + 1 : 1, sizeof *options);
    for (int at = 1; e && (options[n] = master_cf_next_option(e, &at)); n++)
        continue;
    s->view = param_view_new(options);
    free(options);
    master_cf_free(list);
}
