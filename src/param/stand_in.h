/* stand_in.h - parameters of a service of Postfix that is called in place here
 *
 * cleanup and rewrite are no processes, yet master.cf may give their entries -o
 * settings, or have several entries of which cleanup_service_name chooses one.
 */
/* SPDX-License-Identifier: ISC */
#ifndef PARAM_STAND_IN_H
#define PARAM_STAND_IN_H

#include "param/param.h"

struct stand_in {
    struct param_view *view; /* NULL: it sees what we see */
    bool missing;            /* master.cf has no such service */
};

/* Looks at master.cf; before the jail. Warns of an entry that is missing. */
void stand_in_open(struct stand_in *s, const char *service);

#endif
