/* mem.c - allocation that ends the process when it fails
 *
 * Out of memory is not an error anybody can handle half way through a
 * message: the process ends with EX_TEMPFAIL, the supervisor starts another,
 * the queue file stays.
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static void *checked(void *p)
{
    if (!p)
        log_fatal("out of memory");
    return p;
}

void *mem_new(size_t n)
{
    return checked(calloc(1, n ? n : 1));
}

void *mem_new_array(size_t n, size_t size)
{
    return checked(calloc(n ? n : 1, size ? size : 1));
}

void *mem_resize(void *p, size_t n)
{
    return checked(realloc(p, n ? n : 1));
}

char *mem_dup_n(const char *p, size_t n)
{
    char *copy = mem_new(n + 1);

    if (n)
        memcpy(copy, p, n);
    return copy;
}

char *mem_dup(const char *text)
{
    return mem_dup_n(text, strlen(text));
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    char *out;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        log_fatal("cannot format text");
    out = mem_new((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(out, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return out;
}

void mem_wipe(void *p, size_t n)
{
    memset(p, 0, n);
    __asm__ volatile("" : : "r"(p) : "memory");
}
