/* run_as.h - do one thing as another user, in a process of its own */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_RUN_AS_H
#define DELIVER_RUN_AS_H

#include <sys/types.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/why.h"

struct run_as {
    uid_t uid;
    gid_t gid;
    gid_t extra;      /* effective group instead of gid, e.g. of the mail spool; (gid_t)-1 = none */
};

/* Forks, changes identity for good, calls work, and brings back its result, why and the text it put into out
 * (bounded by out->max; out may be NULL). TEMP with why when the process cannot be made or dies. As an ordinary
 * user it calls work in place when the identity is already the right one, and refuses otherwise. */
enum result run_as(const struct run_as *who, enum result (*work)(void *arg, struct buf *out, struct why *why),
                   void *arg, struct buf *out, struct why *why) MUST;

#endif
