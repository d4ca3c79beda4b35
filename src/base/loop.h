/* loop.h - one thread, many descriptors and timers
 *
 * For master, the queue manager and other event-driven services. Callbacks run
 * one at a time; a callback may add and remove anything, itself included.
 */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include "base/base.h"

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop_timer {
    int64_t at; /* clock_ms; set by loop_timer_set */
    void (*run)(void *arg);
    void *arg;
    size_t slot; /* position in the heap + 1; 0 = not set */
};

/* One loop per process. events is what to wait for; what happened is passed on. 0 events removes. */
void loop_watch(int fd, unsigned events, void (*run)(int fd, unsigned events, void *arg), void *arg);
void loop_forget(int fd);
/* (Re)arms the timer, embedded in the caller's object, ms from now. */
void loop_timer_set(struct loop_timer *t, int64_t ms, void (*run)(void *arg), void *arg);
void loop_timer_clear(struct loop_timer *t);
/* Handles one round of events; waits at most max_ms (<0 = until something happens). */
void loop_once(int64_t max_ms);

#endif
