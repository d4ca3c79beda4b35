/* master_cf.h - master.cf: one struct per service line
 *
 * Syntax of master(5): comments, continuation lines, eight columns, "-" for a
 * default, { } quoting. Any error is reported with file and line.
 */
/* SPDX-License-Identifier: ISC */
#ifndef PARAM_MASTER_CF_H
#define PARAM_MASTER_CF_H

#include "base/base.h"

enum service_type { SERVICE_INET, SERVICE_UNIX, SERVICE_DGRAM, SERVICE_FIFO, SERVICE_PASS };

struct master_entry {
    char *name;              /* "smtp", "127.0.0.1:2525", "public name of the socket" */
    enum service_type type;
    bool private;
    bool unprivileged;
    bool chroot;
    bool chroot_old;         /* yes, by the old default */
    int wakeup;              /* seconds, 0 = none */
    bool wakeup_if_used;     /* trailing ? */
    int maxproc;             /* 0 = no limit; -1 = default_process_limit */
    char **argv;             /* command, arguments; NULL-terminated; braces removed */
    int argc;
    int line;                /* where the entry begins */
    struct master_entry *next;
};

/* Reads DIR/master.cf into *list, in file order, a repeated (name, type)
 * replacing the earlier one. CONF after logging every error. Free with master_cf_free. */
enum result master_cf_read(const char *dir, struct master_entry **list) MUST;
void master_cf_free(struct master_entry *list);
/* The entry of that name and type, or NULL. */
const struct master_entry *master_cf_find(const struct master_entry *list, const char *name, enum service_type type);
const char *master_cf_type_name(enum service_type type);
/* The "name=value" of each -o in turn, NULL after the last; start with *at = 1. */
char *master_cf_next_option(const struct master_entry *entry, int *at);
/* The value of an -o for name in this entry's arguments, or NULL. */
const char *master_cf_option(const struct master_entry *entry, const char *name);

#endif
