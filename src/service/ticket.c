/* ticket.c - the key of TLS session tickets that all processes of a service share
 *
 * A client that comes back meets another process; it can resume its session
 * because the key lies in shared memory. The key before the newest one still
 * opens tickets, so none is lost by a change before it expires.
 * Runs in: smtpd.  Parameters: none; the lifetime is the caller's.
 * Tests: tests/unit/shared_test.c, tests/tls/test_openssl.py
 */
/* SPDX-License-Identifier: ISC */
#include "service/ticket.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/crypto.h"

static struct shared_key local[2];

static void renew(struct shared_key key[2], int64_t now, int lifetime)
{
    if (!shared_passed(key[0].since, now, lifetime))
        return;
    key[1] = key[0];
    if (shared_passed(key[1].since, now, 2 * (int64_t)lifetime))
        key[1].since = 0;
    crypto_random(key[0].key, sizeof key[0].key);
    key[0].since = now;
}

bool ticket_keys(struct ticket_keys *keys, int lifetime)
{
    struct shared *m = shared_memory();
    struct shared_key copy[2];
    int64_t now = clock_ms() / 1000 + 1; /* never 0 */
    bool changed;

    if (m && shared_lock()) {
        renew(m->ticket, now, lifetime);
        memcpy(copy, m->ticket, sizeof copy);
        shared_unlock();
    } else {
        renew(local, now, lifetime);
        memcpy(copy, local, sizeof copy);
    }
    changed = memcmp(keys->current, copy[0].key, sizeof keys->current) != 0;
    memcpy(keys->current, copy[0].key, sizeof keys->current);
    memcpy(keys->previous, copy[1].key, sizeof keys->previous);
    keys->has_previous = copy[1].since != 0;
    mem_wipe(copy, sizeof copy);
    return changed;
}
