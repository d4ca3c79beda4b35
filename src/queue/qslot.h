/* qslot.h - queue files that are used again
 *
 * A slot is a file slots/NN that keeps its name, its inode and its blocks from message to message, so that a new
 * message needs no write but its own. Its head tells what is in it: nothing (zeros, or too short), a message that is
 * done with (QMARK_SPENT), or a message, whose id has the number of the slot in it (qid.h). To everybody else such a
 * message is one of incoming.
 * Who writes or moves the file holds its lock (flock), a writer until the commit, then the queue manager together with
 * the agents that it lends its descriptor to. So no one writes into a message that has taken another's place.
 */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QSLOT_H
#define QUEUE_QSLOT_H

#include "base/base.h"
#include "queue/qdir.h"

enum { QSLOT_MAX = 32, QSLOT_NONE = -1 };

/* A slot that is free, locked; its number in *slot. fresh: it has never held a message, so its name may not be durable
 * yet. -1 when there is none. */
int qslot_claim(int *slot, bool *fresh);
/* Path of a slot. */
void qslot_path(int slot, char out[QDIR_PATH]);
/* The slot that holds this message now, or QSLOT_NONE. Only the owner of the lock may rely on it for longer. */
int qslot_of(const char *id);
/* The same for an open file, which must be that slot. */
bool qslot_holds(int fd, const char *id);
/* The message is delivered and fd its locked file: the slot is free from the moment the last descriptor of this lock is
 * closed. Durable with the next qslot_sync. */
enum result qslot_spend(int fd, int slot) MUST;
/* Makes durable what this process has spent. Nothing is lost without it: mail would be delivered twice after a power
 * cut. */
void qslot_sync(void);
/* For tools: makes the message an ordinary file of incoming, waiting for its lock if need be (the queue manager does
 * the
 * same with mail that stays). NONE: in no slot; TEMP: still in use. */
enum result qslot_leave(const char *id) MUST;
/* Visits the ids of all messages in slots, as qdir_scan. A slot whose head makes no sense goes to corrupt/. */
bool qslot_scan(bool (*visit)(const char *id, void *arg), void *arg);

#endif
