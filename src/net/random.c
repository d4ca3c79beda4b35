/* random.c - random bytes and comparison without a clock to read
 *
 * Runs in: every process.  Parameters: none.  Tests: tests/unit/crypto_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "net/crypto.h"

void crypto_random(void *p, size_t n)
{
    uint8_t *at = p;

    while (n) {
        ssize_t got = getrandom(at, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            log_fatal("getrandom: %s", strerror(errno));
        at += got;
        n -= (size_t)got;
    }
}

bool crypto_same(const void *a, const void *b, size_t n)
{
    const volatile uint8_t *x = a, *y = b;
    uint8_t different = 0;

    for (size_t i = 0; i < n; i++)
        different |= x[i] ^ y[i];
    return !different;
}
