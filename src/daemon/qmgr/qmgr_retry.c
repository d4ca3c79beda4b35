/* qmgr_retry.c - when a deferred message is tried again
 *
 * Intervals double, from minimal_backoff_time to maximal_backoff_time, as a
 * function of the message's age alone. So nothing needs to be written at a
 * failed attempt, and a queue manager that starts anew finds the same times
 * from the queue ids.
 * Runs in: qmgr.  Parameters: minimal_backoff_time, maximal_backoff_time,
 * queue_run_delay.  Tests: tests/unit/qmgr_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "param/param.h"

enum {
    MISSED = 30,       /* seconds for which a run before our start may be meant for us: master wakes us a little late */
    BOOT_SPREAD = 60,  /* after a boot all is due, but not at once */
};

const char *place_dir(enum item_place place)
{
    return place == IN_INCOMING ? "incoming" : "deferred";
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* The first age after this one at which an attempt is made. */
static int64_t attempt_after(int64_t age)
{
    int64_t low = par_minimal_backoff_time(), high = par_maximal_backoff_time();
    int64_t at = low;

    while (at <= age) {
        if (at >= high)
            return at + ((age - at) / high + 1) * high;
        at += clamp(at, low, high);
    }
    return at;
}

/* Runs are at multiples of queue_run_delay. */
static int64_t run_at(int64_t t)
{
    int64_t every = par_queue_run_delay();

    return (t + every - 1) / every * every;
}

int64_t retry_after_attempt(int64_t age, int64_t now)
{
    int64_t at = attempt_after(age);

    if (at - age < par_minimal_backoff_time() / 2)
        at = attempt_after(at);
    return run_at(now + at - age);
}

int64_t retry_after_start(const char *id, int64_t now)
{
    int64_t age = qfile_age_of_id(id), late, at, due;

    if (age < 0 || age > now)
        return now + num_hash(str_of(id)) % BOOT_SPREAD;
    late = par_queue_run_delay() < MISSED ? 0 : MISSED;
    at = attempt_after(age > par_queue_run_delay() + late ? age - par_queue_run_delay() - late : 0);
    while ((due = run_at(now - age + at)) < now - late)
        at = attempt_after(at);
    return due;
}

int64_t retry_next(int64_t now)
{
    struct item *it = item_first();

    if (!it)
        return -1;
    return it->due > now ? it->due - now : 0;
}
