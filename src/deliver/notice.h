/* notice.h - between the queue manager and the bounce service
 *
 * One connection per notice: the queue manager sends what became of some
 * recipients, with the open queue file; the service composes what the sender (or
 * the postmaster) has to be told, queues it, marks in the file what has been told,
 * and answers. Only then may the queue manager forget those recipients.
 */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_NOTICE_H
#define DELIVER_NOTICE_H

#include "base/base.h"
#include "deliver/deliver.h"
#include "net/frame.h"

enum notice_kind {
    NOTICE_FAILURE, /* undeliverable */
    NOTICE_DELAY,   /* delay_warning_time has passed */
    NOTICE_SUCCESS, /* NOTIFY=SUCCESS, and sendmail -v: everything that happened at the first attempt */
    NOTICE_VERIFY,  /* sendmail -bv */
    NOTICE_KINDS
};

struct notice {
    enum notice_kind kind;
    const char *queue_id;
    struct delivery_rcpt *rcpts; /* address, orcpt, notify, outcome, why, relayed, remote_mta, diag_type; offset: where
                                  * to mark that it is done with, 0: not now */
    size_t n;
    size_t cap;                  /* of rcpts, while they are collected */
};

enum { NOTICE_MAX_RCPTS = 1000 };

void notice_put(struct frame *f, const struct notice *n);
/* n->rcpts is allocated, text is a view into f. The queue file's descriptor is f->fd. */
enum result notice_get(struct frame *f, struct notice *n) MUST;
void notice_done(struct notice *n);

/* The answer: OK, or TEMP with why. */
void notice_put_reply(struct frame *f, enum result r, const struct why *why);
enum result notice_get_reply(struct frame *f, struct why *why) MUST;

#endif
