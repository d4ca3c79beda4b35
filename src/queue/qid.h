/* qid.h - making and reading queue ids */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QID_H
#define QUEUE_QID_H

#include <sys/time.h>

#include "base/base.h"
#include "queue/qfile.h"

/* Short form: 5 hex digits of microseconds, 7 of seconds. Long form (enable_long_queue_ids): seconds and
 * microseconds in base 52, "z", number in base 51. A message written to a slot (qslot.h) has its number in the last
 * bits of the microseconds, or instead of the number, so that its file can be found; slot is -1 for others, which
 * never look so. */
void qid_make(struct timeval now, unsigned long number, int slot, bool long_form, char out[QUEUE_ID_MAX]);
/* The slot that this id names, or -1. */
int qid_slot(const char *id);
/* Letters and digits (and _), at most QUEUE_ID_MAX - 1. */
bool qid_valid(struct str id);
bool qid_is_long(struct str id);
/* The characters that choose the hash directory: the id itself, or for a long id its microseconds as 5 hex digits. */
void qid_hash_text(const char *id, char out[QUEUE_ID_MAX]);

/* When it was made, or -1 when it is not one of ours. The short form repeats every 8.5 years: the latest such time up
 * to a day after now is meant. */
int64_t qid_time(const char *id, int64_t now);

#endif
