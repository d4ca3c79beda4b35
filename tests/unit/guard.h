/* guard.h - input that ends where memory ends: reading one byte too far crashes */
/* SPDX-License-Identifier: ISC */
#ifndef TESTS_UNIT_GUARD_H
#define TESTS_UNIT_GUARD_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"

/* A copy of n bytes right in front of an unreadable page; valid until the next call. */
static inline struct str guard_bytes(const void *p, size_t n)
{
    enum { ROOM = 1 << 20 };
    static char *area;
    long page = sysconf(_SC_PAGESIZE);

    if (!area) {
        area = mmap(NULL, ROOM + (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (area == MAP_FAILED || mprotect(area + ROOM, (size_t)page, PROT_NONE))
            abort();
    }
    if (n > ROOM)
        abort();
    if (n)
        memcpy(area + ROOM - n, p, n);
    return (struct str){ area + ROOM - n, n };
}

static inline struct str guard(const char *text)
{
    return guard_bytes(text, strlen(text));
}

#endif
