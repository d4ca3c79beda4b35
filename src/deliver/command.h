/* command.h - the message on standard input of a command, and what its end means */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_COMMAND_H
#define DELIVER_COMMAND_H

#include <sys/types.h>

#include "base/base.h"
#include "base/why.h"
#include "deliver/deliver.h"

struct command {
    char *const *argv;       /* executed as it is; or NULL: text below */
    const char *text;        /* command line: executed directly when it needs no shell, else by shell -c */
    const char *shell;       /* local_command_shell, or NULL: /bin/sh when needed */
    char *const *env;        /* "NAME=value", NULL-terminated; the whole environment */
    const char *dir;         /* working directory, or NULL */
    const char *chroot;      /* or NULL */
    uid_t uid;
    gid_t gid;
    int time_limit;          /* seconds */
    int64_t file_limit;      /* bytes of any file that it writes; 0 = none */
    unsigned flags;          /* COPY_* */
    const char *eol;
};

/* OK: exit status 0, the output is in why. TEMP/PERM with why: sysexits status and the command's output, per
 * pipe(8)/local(8). Changes identity in the child only, which must be possible for this process. */
enum result command_run(const struct command *c, const struct delivery *d, const struct delivery_rcpt *r,
                        struct why *why) MUST;

#endif
