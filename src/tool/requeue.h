/* requeue.h - a queued message becomes a new submission */
/* SPDX-License-Identifier: ISC */
#ifndef TOOL_REQUEUE_H
#define TOOL_REQUEUE_H

#include "base/base.h"

/* Writes maildrop/ID, durably, with the recipients that are not done. The old file stays. NONE: no such message
 * (or none complete); TEMP with errno. */
enum result requeue_message(const char *dir, const char *id) MUST;

#endif
