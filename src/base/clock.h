/* clock.h - time
 *
 * Durations and deadlines use clock_ms(), which never jumps; what is written to
 * files, headers and logs uses clock_wall(). Setting the date must not expire mail.
 */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <sys/time.h>

#include "base/base.h"

int64_t clock_ms(void); /* monotonic milliseconds */
int64_t clock_us(void); /* monotonic microseconds */
struct timeval clock_wall(void);
/* RFC 5322 section 3.3 date-time, local zone, "Mon, 21 Nov 2026 08:40:39 +0000 (UTC)"; static storage. */
const char *clock_rfc5322(int64_t unix_seconds);

#endif
