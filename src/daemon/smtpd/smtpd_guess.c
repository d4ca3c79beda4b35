/* smtpd_guess.c - whoever guesses passwords has to wait
 *
 * Failures are counted per user and per client network, in memory that all smtpd processes share. After the first few,
 * each further attempt must wait for its turn: one at a time, in growing distances, however many connections are
 * opened. A user who has logged in from an address before is let in from there at once, so that an attack from
 * elsewhere locks nobody out. Names and addresses are kept as keyed hashes, in a table of fixed size.
 * Runs in: smtpd.  Input: names and addresses of anybody.  Parameters: none.  Feature: SASL_USERS.
 * Tests: tests/peers/test_auth_users.py
 */
/* SPDX-License-Identifier: ISC */
#include "daemon/smtpd/smtpd_guess.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/sock.h"
#include "service/shared.h"

enum {
    FREE_USER = 3, FREE_ADDR = 10,   /* failures that cost nothing */
    FIRST_MS = 1000, LONGEST_MS = 16000,
    PATIENCE_MS = 20000,             /* who would have to wait longer is refused */
    FORGET_MS = 5 * 60 * 1000,       /* half of the failures are forgotten in this time */
    WAYS = 8,
    MANY = 64,
};

static struct shared_guesses *table;
static bool shared; /* the table is */

/* Before the table is looked at. False: it cannot be had now. */
static bool begin(void)
{
    static const uint8_t none[SHARED_GUESS_KEY];

    if (!table) {
        struct shared *m = shared_memory();

        shared = m != NULL;
        table = m ? &m->guesses : mem_new(sizeof *table);
    }
    if (shared && !shared_lock())
        return false;
    if (memcmp(table->key, none, sizeof none) == 0)
        crypto_random(table->key, sizeof table->key);
    return true;
}

static void end(void)
{
    if (shared)
        shared_unlock();
}

static struct shared_guess *find(const char *kind, const char *a, const char *b, bool make)
{
    struct shared_guess *set, *found = NULL, *oldest;
    struct str key = { (const char *)table->key, sizeof table->key };
    uint8_t mac[CRYPTO_MAX_HASH];
    char text[800];
    uint64_t id;
    int n = snprintf(text, sizeof text, "%s\n%s\n%s", kind, a, b);

    if (n < 0 || n >= (int)sizeof text ||
        crypto_hmac(CRYPTO_SHA256, key, str_of(text), mac) != OK)
        return NULL;
    memcpy(&id, mac, sizeof id);
    oldest = set = &table->slots[mac[8] % (SHARED_GUESSES / WAYS) * WAYS];
    for (int i = 0; i < WAYS && !found; i++) {
        if (set[i].id == id)
            found = &set[i];
        else if (set[i].last < oldest->last)
            oldest = &set[i];
    }
    if (!found && make) {
        found = oldest;
        *found = (struct shared_guess){ .id = id, .last = clock_ms() };
    }
    return found;
}

/* An IPv6 client has a whole network to come from. */
static const char *network(const char *addr, char out[SOCK_ADDR_TEXT])
{
    struct sock_addr a;

    snprintf(out, SOCK_ADDR_TEXT, "%s", addr);
    if (strchr(addr, ':') && sock_parse_addr(str_of(addr), 0, &a) == OK) {
        memset((uint8_t *)&a.in6.sin6_addr + 8, 0, 8);
        sock_text(&a, out);
    }
    return out;
}

static uint32_t failures(struct shared_guess *g)
{
    int64_t now = clock_ms(), halves = (now - g->last) / FORGET_MS;

    if (halves > 0 || halves < 0) {
        g->fails = halves > 0 && halves < 16 ? g->fails >> halves : 0;
        g->last = now;
    }
    return g->fails;
}

/* When the turn of the next attempt is over: <0 = wait is too long. Takes the turn with take. */
static int64_t turn(struct shared_guess *g, uint32_t free, bool take)
{
    int64_t now = clock_ms(), wait = FIRST_MS, start;
    uint32_t fails = g ? failures(g) : 0;

    if (fails < free)
        return now;
    for (uint32_t i = free; i < fails && wait < LONGEST_MS; i++)
        wait *= 2;
    start = g->next > now && g->next < now + 2 * PATIENCE_MS ? g->next : now;
    if (start + wait > now + PATIENCE_MS)
        return -1;
    if (take)
        g->next = start + wait;
    return start + wait;
}

static int both_turns(const char *user, const char *net)
{
    struct shared_guess *u = find("user", user, "", false), *a = find("addr", net, "", false);
    int64_t by_user = turn(u, FREE_USER, false), by_addr = turn(a, FREE_ADDR, false), now = clock_ms();

    if (by_user < 0 || by_addr < 0)
        return -1;
    (void)turn(u, FREE_USER, true);
    (void)turn(a, FREE_ADDR, true);
    by_user = by_user > by_addr ? by_user : by_addr;
    return by_user > now ? (int)(by_user - now) : 0;
}

int smtpd_guess_wait(const char *user, const char *addr)
{
    char net[SOCK_ADDR_TEXT];
    int ms = 0;

    if (!begin())
        return 0;
    if (!find("good", user, addr, false))
        ms = both_turns(user, network(addr, net));
    end();
    return ms;
}

static void count(const char *kind, const char *what)
{
    struct shared_guess *g = find(kind, what, "", true);

    if (g) {
        g->fails = failures(g) < MANY ? g->fails + 1 : MANY;
        g->last = clock_ms();
    }
}

void smtpd_guess_result(const char *user, const char *addr, bool good)
{
    struct shared_guess *pair;
    char net[SOCK_ADDR_TEXT];

    if (!begin())
        return;
    pair = find("good", user, addr, good);
    if (good) {
        if (pair)
            pair->last = clock_ms();
    } else {
        if (pair)
            *pair = (struct shared_guess){ .id = 0 };
        count("user", user);
        count("addr", network(addr, net));
    }
    end();
}
