/* mailbox.h - append to an mbox file, or add a file to a Maildir; as the current user */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_MAILBOX_H
#define DELIVER_MAILBOX_H

#include <sys/types.h>

#include "base/base.h"
#include "base/why.h"
#include "deliver/deliver.h"

struct mailbox {
    const char *path;        /* ends with / for a Maildir */
    const char *user;        /* for messages */
    unsigned flags;          /* COPY_* */
    const char *locks;       /* mailbox_delivery_lock: "fcntl", "flock", "dotlock" */
    int64_t size_limit;      /* bytes; 0 = none */
    int lock_attempts;
    int64_t lock_delay, stale_lock_time; /* seconds */
    bool check_owner;        /* the mbox must belong to uid */
    uid_t uid;
    bool dotlock_may_fail;   /* a file named in aliases or .forward */
    const char *hostname;
};

/* Durable when OK. TEMP/PERM with why, nothing added. */
enum result mailbox_deliver(const struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                            struct why *why) MUST;

#endif
