/* div64.c - division of 64-bit numbers in 0.4 kB; libgcc's four functions are 1.2 kB each
 *
 * Bit by bit: 2 microseconds on a router, and nothing here divides much.
 */
/* SPDX-License-Identifier: ISC */
#include <stdint.h>

uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);
int64_t __moddi3(int64_t n, int64_t d);

static uint64_t divide(uint64_t n, uint64_t d, uint64_t *rest)
{
    uint64_t q = 0, bit = 1;

    if (!((n | d) >> 32)) {
        *rest = (uint32_t)n % (uint32_t)d;
        return (uint32_t)n / (uint32_t)d;
    }
    if (!d)
        __builtin_trap();
    while (d < n && !(d >> 63)) {
        d <<= 1;
        bit <<= 1;
    }
    for (; bit; bit >>= 1, d >>= 1)
        if (n >= d) {
            n -= d;
            q |= bit;
        }
    *rest = n;
    return q;
}

static uint64_t size_of(int64_t n)
{
    return n < 0 ? -(uint64_t)n : (uint64_t)n;
}

uint64_t __udivdi3(uint64_t n, uint64_t d)
{
    return divide(n, d, &n);
}

uint64_t __umoddi3(uint64_t n, uint64_t d)
{
    (void)divide(n, d, &n);
    return n;
}

int64_t __divdi3(int64_t n, int64_t d)
{
    uint64_t rest, q = divide(size_of(n), size_of(d), &rest);

    return (int64_t)((n ^ d) < 0 ? -q : q);
}

int64_t __moddi3(int64_t n, int64_t d)
{
    uint64_t rest;

    (void)divide(size_of(n), size_of(d), &rest);
    return (int64_t)(n < 0 ? -rest : rest);
}
