/* pass.h - an agent hands a recipient on to another agent */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_PASS_H
#define DELIVER_PASS_H

#include "base/base.h"
#include "deliver/deliver.h"

/* Reads master.cf, to know what is no process; before the jail. own: this service, to which nothing is passed. */
void pass_init(const char *own);
/* part (of deliver_part) gets the outcome that the transport reports; that one has logged it. destination is
 * "transport" or "transport:nexthop"; without a next hop it is that of d. */
void pass_deliver(struct delivery *d, struct delivery_rcpt *part, const char *destination);

#endif
