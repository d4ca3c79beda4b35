/* mailbox_lock.h - the locks that mail programs agree on */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_MAILBOX_LOCK_H
#define DELIVER_MAILBOX_LOCK_H

#include "base/base.h"
#include "base/why.h"

struct mailbox_lock {
    const char *path;
    const char *methods;     /* mailbox_delivery_lock: names of "fcntl", "flock", "dotlock" */
    int attempts;
    int64_t delay, stale;    /* seconds */
    bool dotlock_may_fail;   /* where the directory cannot be written */
    bool dotlocked;          /* state */
};

/* Creates PATH.lock when dotlock is wanted: OK, or TEMP/PERM with why. */
enum result mailbox_dotlock(struct mailbox_lock *l, struct why *why) MUST;
/* The kernel's locks on the open file: released when it is closed. */
enum result mailbox_lock_file(const struct mailbox_lock *l, int fd, struct why *why) MUST;
/* Removes PATH.lock when it is ours. */
void mailbox_unlock(struct mailbox_lock *l);
/* What an errno from the file system means for the mail: TEMP or PERM, with why "what: error". */
enum result mailbox_fs_failure(struct why *why, int error, const char *fmt, ...) PRINTF(3, 4);

#endif
