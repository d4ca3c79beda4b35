/* handover.c - mail that is delivered before its sender has an answer needs no sync
 *
 * Both sides have the file open, so its first page is the memory that they
 * share: the writer sleeps on the word of the marks (futex), which the queue
 * manager writes with the file. Nobody reads that page through the mapping: a
 * file that was cut short would be a signal.
 * Runs in: smtpd, qmgr.  Parameters: none.  Feature: QUEUE_WAIT_MS (a number).
 * Tests: tests/system/test_handover.py
 */
/* SPDX-License-Identifier: ISC */
#include "queue/handover.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "queue/qfile_int.h"

enum { MISSES_MAX = 6 };

/* The kernel's struct timespec of that call: on newer machines there is only one with 64 bits. */
#if defined(SYS_futex)
typedef long futex_time;
enum { FUTEX_CALL = SYS_futex };
#else
typedef int64_t futex_time;
enum { FUTEX_CALL = SYS_futex_time64 };
#endif

static unsigned misses;   /* in a row */
static unsigned left_out; /* since the last try */

bool handover_pays(void)
{
    if (!CONFIG_QUEUE_WAIT_MS || (misses && ++left_out < 1u << misses))
        return false;
    left_out = 0;
    return true;
}

void handover_end(bool delivered)
{
    misses = delivered ? 0 : misses + (misses < MISSES_MAX);
}

static uint8_t *first_page(int fd)
{
    void *p = mmap(NULL, QHEAD_SIZE, PROT_READ, MAP_SHARED, fd, 0);

    return p == MAP_FAILED ? NULL : p;
}

void handover_wait(int fd)
{
    int64_t left = CONFIG_QUEUE_WAIT_MS, deadline = clock_ms() + left;
    uint8_t *page = first_page(fd), marks[4];
    uint32_t unchanged;

    if (!page)
        return;
    le32_put(marks, qmarks_pack(0));
    memcpy(&unchanged, marks, sizeof unchanged);
    do {
        futex_time span[2] = { (futex_time)(left / 1000), (futex_time)(left % 1000 * 1000000) };

        if (syscall(FUTEX_CALL, page + QHEAD_MARKS, FUTEX_WAIT, unchanged, span, NULL, 0) == 0 || errno != EINTR)
            break;
        left = deadline - clock_ms();
    } while (left > 0);
    munmap(page, QHEAD_SIZE);
}

void handover_wake(int fd)
{
    uint8_t *page = CONFIG_QUEUE_WAIT_MS ? first_page(fd) : NULL;

    if (!page)
        return;
    (void)syscall(FUTEX_CALL, page + QHEAD_MARKS, FUTEX_WAKE, 1, NULL, NULL, 0);
    munmap(page, QHEAD_SIZE);
}
