/* qfile_age.c - how old a message is, whatever somebody did to the clock
 *
 * Small machines boot in 1970 and jump decades when the network comes up. A
 * queue file therefore carries the boot it was written in and the milliseconds
 * since then: within that boot the wall clock is not asked at all.
 * Runs in: qmgr, writers of queue files.  Parameters: none.  Tests: tests/unit/queue_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "queue/qfile_int.h"
#include "queue/qid.h"

enum { CLOCK_SET = 1704067200, YEAR = 366 * 86400 }; /* 2024: an earlier date means that nobody has set the clock */

uint32_t qboot_id(void)
{
    static uint32_t id;
    static bool looked;
    char text[64];
    ssize_t n = 0;
    int fd;

    if (looked)
        return id;
    looked = true;
    fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, text, sizeof text);
        close(fd);
    }
    if (n > 0)
        id = num_crc32(0, text, (size_t)n) | 1;
    return id;
}

int64_t qboot_ms(void)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_BOOTTIME, &ts) < 0)
        clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t qfile_uptime(void)
{
    return qboot_ms() / 1000;
}

/* By the wall clock; an impossible answer becomes what is certain: it is from before this boot. */
static int64_t wall_age_ms(const struct timeval *arrival, bool this_boot)
{
    struct timeval now = clock_wall();
    int64_t age = ((int64_t)now.tv_sec - (int64_t)arrival->tv_sec) * 1000 + (now.tv_usec - arrival->tv_usec) / 1000;

    if (age >= 0 && age / 1000 < YEAR && arrival->tv_sec >= CLOCK_SET)
        return age;
    return this_boot ? 0 : qboot_ms();
}

int64_t qfile_age_ms(const struct qfile_env *e)
{
    if (e->boot && e->boot == qboot_id() && e->boot_ms >= 0 && e->boot_ms <= qboot_ms())
        return qboot_ms() - e->boot_ms;
    return wall_age_ms(&e->arrival, !e->boot || !qboot_id());
}

int64_t qfile_age(const struct qfile_env *e)
{
    return qfile_age_ms(e) / 1000;
}

int64_t qfile_age_of_id(const char *id)
{
    int64_t made = qid_time(id, (int64_t)clock_wall().tv_sec);

    return made < 0 ? -1 : wall_age_ms(&(struct timeval){ .tv_sec = (time_t)made }, true) / 1000;
}
