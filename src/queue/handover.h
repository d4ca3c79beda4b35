/* handover.h - mail that is delivered before its sender has an answer needs no sync
 *
 * The writer of a message in a slot tells the queue manager first and waits a moment for the mark that says that the
 * message is done with. Only if it stays, it is synced.
 */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_HANDOVER_H
#define QUEUE_HANDOVER_H

#include "base/base.h"

/* Is it worth a try? More and more rarely when mail stays. */
bool handover_pays(void);
/* For the writer, until somebody changes the marks of the file or says handover_wake, or CONFIG_QUEUE_WAIT_MS are
 * over. */
void handover_wait(int fd);
/* How it ended. */
void handover_end(bool delivered);
/* For the queue manager: the marks have changed, or the message will stay. */
void handover_wake(int fd);

#endif
