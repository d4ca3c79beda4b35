/* pickup_int.h - one submission, from the socket or from maildrop */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_PICKUP_INT_H
#define DAEMON_PICKUP_INT_H

#include <sys/types.h>

#include "base/base.h"
#include "base/why.h"
#include "net/frame.h"

/* Where the records come from: OK, NONE at the end, TEMP. */
struct pickup_source {
    enum result (*next)(void *arg, struct frame *f);
    void *arg;
    uid_t uid;              /* who submits */
    const char *orig_id;    /* after postsuper -r: the former queue id */
};

/* Reads BEGIN to END and queues the message. OK: id set. TEMP/PERM with why. */
enum result pickup_message(const struct pickup_source *src, char *id, struct why *why) MUST;
/* Takes what lies in maildrop, once. */
void maildrop_scan(void);
/* The same, unless the directory is as it was after the last look. */
void maildrop_scan_if_changed(void);

#endif
