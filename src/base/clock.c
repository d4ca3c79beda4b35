/* clock.c - time
 *
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

struct timeval clock_wall(void)
{
    struct timeval tv;

    gettimeofday(&tv, NULL);
    return tv;
}

const char *clock_rfc5322(int64_t unix_seconds)
{
    static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    static char text[64];
    time_t t = (time_t)unix_seconds;
    struct tm tm;
    long zone;

    localtime_r(&t, &tm);
    zone = tm.tm_gmtoff / 60;
    snprintf(text, sizeof text, "%s, %2d %s %d %02d:%02d:%02d %c%02ld%02ld (%s)", days[tm.tm_wday], tm.tm_mday,
             months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone < 0 ? '-' : '+',
             labs(zone) / 60, labs(zone) % 60, tm.tm_zone ? tm.tm_zone : "");
    return text;
}
