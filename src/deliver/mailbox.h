/* mailbox.h - append to an mbox file, or add a file to a Maildir; as the current user */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_MAILBOX_H
#define DELIVER_MAILBOX_H

#include <sys/types.h>

#include "base/base.h"
#include "base/why.h"
#include "deliver/deliver.h"

/* A user's; a file that an alias or a .forward names; a virtual one. */
enum mailbox_kind { MAILBOX_USER, MAILBOX_FILE, MAILBOX_VIRTUAL };

struct mailbox {
    enum mailbox_kind kind;
    const char *path;        /* ends with / for a Maildir */
    const char *user;        /* for messages */
    unsigned flags;          /* COPY_* */
    const char *locks;       /* mailbox_delivery_lock: "fcntl", "flock", "dotlock" */
    int64_t size_limit;      /* bytes of the whole file; 0 = none */
    int lock_attempts;
    int64_t lock_delay, stale_lock_time; /* seconds */
    bool check_owner;        /* the mbox must belong to uid */
    uid_t uid;
    gid_t gid;
    bool become;             /* root locks and creates in a spool directory that nobody else may write; uid writes */
    int64_t start;           /* result: where the message begins in an mbox */
};

/* Before the jail: fatal for a limit below message_size_limit, and for locks that there are not. */
void mailbox_check(const char *limit_param, int64_t limit, const char *locks);
/* Durable when OK, and marked in the queue file (deliver_mark) where r has a place there. TEMP/PERM with why, nothing
 * added. Which file system errors are lasting is Postfix's choice, but for those that speak of the machine and not of
 * the mailbox. */
enum result mailbox_deliver(struct mailbox *m, const struct delivery *d, const struct delivery_rcpt *r,
                            struct why *why) MUST;

#endif
