/* anvil.c - counters per client, in memory that the processes of all services share
 *
 * Connections are not counted up and down: each process notes whom it serves,
 * and whoever asks counts the notes of processes that live. So nothing is left
 * of one that was killed. Rates are kept per time unit in a dense table with
 * hash chains, cleared of old entries once in a while.
 * Runs in: smtpd.  Trust: none in what the memory holds (shared.h).
 * Parameters: anvil_rate_time_unit, anvil_status_update_time.  Tests: tests/unit/shared_test.c, tests/smtp/limit-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/anvil.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "param/param.h"

enum { PEAK_CONNECT_RATE, PEAK_COUNT, PEAK_MAIL, PEAK_RCPT, PEAK_TLS, PEAK_AUTH, PEAK_CACHE, PEAKS };
enum { SWEEP_MS = 1000 };
_Static_assert((int)PEAKS == (int)SHARED_PEAKS, "one place for each peak");
_Static_assert((int)ANVIL_AUTH + 1 == (int)SHARED_RATES, "one place for each rate");

static uint32_t hash(const void *p, size_t n, uint32_t h)
{
    for (const unsigned char *b = p; n; n--, b++)
        h = (h ^ *b) * 16777619u; /* FNV-1a */
    return h;
}

static uint32_t head_of(const struct shared_ident *id)
{
    uint32_t h = hash(id, sizeof *id, 2166136261u);

    return (h ^ h >> 16) % SHARED_HEADS;
}

static bool same(const struct shared_ident *a, const struct shared_ident *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void mask(uint8_t *addr, size_t bytes, int prefix)
{
    for (size_t i = 0; i < bytes; i++, prefix -= 8)
        if (prefix < 8)
            addr[i] &= (uint8_t)(prefix <= 0 ? 0 : 0xff << (8 - prefix));
}

void anvil_client(struct anvil_client *c, const char *service, const struct sock_addr *addr, int prefix)
{
    struct sock_addr net = *addr;
    char text[SOCK_ADDR_TEXT];
    int bits = 128;

    memset(c, 0, sizeof *c);
    if (net.sa.sa_family == AF_INET6) {
        mask(net.in6.sin6_addr.s6_addr, 16, prefix);
        memcpy(c->id.addr, &net.in6.sin6_addr, 16);
    } else {
        bits = 32;
        mask((uint8_t *)&net.in.sin_addr, 4, prefix);
        c->id.addr[10] = c->id.addr[11] = 0xff;
        memcpy(c->id.addr + 12, &net.in.sin_addr, 4);
    }
    c->id.service = hash(service, strlen(service), 2166136261u);
    sock_text(&net, text);
    if (prefix < bits)
        snprintf(c->text, sizeof c->text, "%.40s:%s/%d", service, text, prefix);
    else
        snprintf(c->text, sizeof c->text, "%.40s:%s", service, text);
}

static void log_peak(const struct shared_peak *p, int which)
{
    static const char *const names[PEAKS] = {
        "connection rate", "connection count", "message rate", "recipient rate", "newtls rate", "auth rate",
        "cache size",
    };
    char when[20] = "", unit[24] = "", ident[SHARED_IDENT + 16] = "";
    time_t t = (time_t)p->when;
    struct tm tm;

    if (localtime_r(&t, &tm))
        strftime(when, sizeof when, "%b %e %H:%M:%S", &tm);
    if (which != PEAK_COUNT && which != PEAK_CACHE)
        snprintf(unit, sizeof unit, "/%llds", (long long)par_anvil_rate_time_unit());
    if (which != PEAK_CACHE)
        snprintf(ident, sizeof ident, " for (%.*s)", SHARED_IDENT - 1, p->ident);
    log_as("anvil", LOG_LEVEL_INFO, "statistics: max %s %u%s%s at %s", names[which], p->value, unit, ident, when);
}

/* What is due is taken out under the lock and logged after it. */
static bool take_peaks(struct shared *m, int64_t now, bool all, struct shared_peak out[PEAKS])
{
    if (m->status_at <= 0 || m->status_at > now)
        m->status_at = now;
    if (!all && !shared_passed(m->status_at, now, par_anvil_status_update_time() * 1000))
        return false;
    m->status_at = now;
    memcpy(out, m->peaks, sizeof m->peaks);
    memset(m->peaks, 0, sizeof m->peaks);
    return true;
}

static void log_peaks(const struct shared_peak peaks[PEAKS])
{
    for (int i = 0; i < PEAKS; i++)
        if (peaks[i].value)
            log_peak(&peaks[i], i);
}

static void peak(struct shared *m, int which, uint32_t value, const struct anvil_client *c)
{
    struct shared_peak *p = &m->peaks[which];

    if (value <= p->value)
        return;
    p->value = value;
    p->when = clock_wall().tv_sec;
    snprintf(p->ident, sizeof p->ident, "%s", c->text);
}

static bool expired(const struct shared_client *e, int64_t now)
{
    return shared_passed(e->start, now, par_anvil_rate_time_unit() * 1000 + 1);
}

/* Moves what is still of use together and makes the chains anew. */
static void sweep(struct shared *m, int64_t now)
{
    uint32_t n = m->clients < SHARED_CLIENTS ? m->clients : SHARED_CLIENTS, kept = 0;

    m->swept = now;
    memset(m->heads, 0, sizeof m->heads);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t head;

        if (expired(&m->table[i], now))
            continue;
        head = head_of(&m->table[i].id);
        m->table[kept] = m->table[i];
        m->table[kept].next = m->heads[head];
        m->heads[head] = ++kept;
    }
    m->clients = kept;
}

/* A full table: one of those that are there goes. Its chain still leads to the new one, where it does no harm. */
static uint32_t free_place(struct shared *m, int64_t now)
{
    if (m->clients && shared_passed(m->swept, now, SWEEP_MS))
        sweep(m, now);
    if (m->clients < SHARED_CLIENTS)
        return m->clients++;
    return (uint32_t)(clock_us() % SHARED_CLIENTS);
}

static struct shared_client *find(struct shared *m, const struct anvil_client *c, int64_t now)
{
    uint32_t *head = &m->heads[head_of(&c->id)], at = *head, steps = 0;
    struct shared_client *e;

    for (; at && at <= SHARED_CLIENTS && steps < SHARED_CLIENTS; at = m->table[at - 1].next, steps++)
        if (same(&m->table[at - 1].id, &c->id))
            return &m->table[at - 1];
    at = free_place(m, now);
    e = &m->table[at];
    *e = (struct shared_client){ .id = c->id, .start = now, .next = *head };
    *head = at + 1;
    peak(m, PEAK_CACHE, m->clients, c);
    return e;
}

/* The rate of this time unit; the unit is the same for all events of a client. */
static uint32_t *rate_of(struct shared *m, const struct anvil_client *c, enum anvil_rate what, int64_t now)
{
    struct shared_client *e = find(m, c, now);

    if (expired(e, now)) {
        memset(e->rate, 0, sizeof e->rate);
        e->start = now;
    }
    return &e->rate[what];
}

static uint32_t count_event(struct shared *m, const struct anvil_client *c, enum anvil_rate what, int64_t now)
{
    static const int peaks[] = { PEAK_CONNECT_RATE, PEAK_MAIL, PEAK_RCPT, PEAK_TLS, PEAK_AUTH };
    uint32_t *rate = rate_of(m, c, what, now);

    if (*rate < INT32_MAX)
        ++*rate;
    peak(m, peaks[what], *rate, c);
    return *rate;
}

/* The notes of other processes; whether those live is asked only when it makes a difference. */
static uint32_t count_connections(struct shared *m, const struct anvil_client *c, uint32_t limit)
{
    uint32_t top = m->top < SHARED_SLOTS ? m->top : SHARED_SLOTS, n = 0;
    bool ask;

    for (uint32_t i = 0; i < top; i++)
        n += m->slots[i].counted && same(&m->slots[i].client, &c->id);
    ask = (limit && n > limit) || n > m->peaks[PEAK_COUNT].value;
    for (uint32_t i = 0; i < top && ask; i++)
        if (m->slots[i].counted && same(&m->slots[i].client, &c->id) && !shared_alive((int)i)) {
            m->slots[i].counted = 0;
            n--;
        }
    return n;
}

enum result anvil_connect(const struct anvil_client *c, int limit, int *count, int *rate)
{
    struct shared *m = shared_memory();
    struct shared_peak due[PEAKS];
    int64_t now = clock_ms();
    bool log_due;
    uint32_t n;

    if (!m || !shared_lock())
        return TEMP;
    log_due = take_peaks(m, now, false, due);
    m->slots[shared_slot()].client = c->id;
    m->slots[shared_slot()].counted = 1;
    *rate = (int)count_event(m, c, ANVIL_CONNECT, now);
    n = count_connections(m, c, (uint32_t)limit);
    peak(m, PEAK_COUNT, n, c);
    shared_unlock();
    *count = (int)n;
    if (log_due)
        log_peaks(due);
    return OK;
}

void anvil_disconnect(void)
{
    struct shared *m = shared_memory();

    if (m && shared_slot() >= 0)
        m->slots[shared_slot()].counted = 0;
}

enum result anvil_event(const struct anvil_client *c, enum anvil_rate what, bool look, int *rate)
{
    struct shared *m = shared_memory();
    struct shared_peak due[PEAKS];
    int64_t now = clock_ms();
    bool log_due;

    if (!m || !shared_lock())
        return TEMP;
    log_due = take_peaks(m, now, false, due);
    *rate = (int)(look ? *rate_of(m, c, what, now) : count_event(m, c, what, now));
    shared_unlock();
    if (log_due)
        log_peaks(due);
    return OK;
}

static bool is_last(struct shared *m)
{
    uint32_t top = m->top < SHARED_SLOTS ? m->top : SHARED_SLOTS;

    for (uint32_t i = 0; i < top; i++)
        if ((int)i != shared_slot() && m->slots[i].used && shared_alive((int)i))
            return false;
    return true;
}

/* Pages that no client needs any more. */
static void give_back(struct shared *m)
{
    uintptr_t page = (uintptr_t)getpagesize();
    uintptr_t from = ((uintptr_t)m->table + page - 1) & ~(page - 1), end = (uintptr_t)(m + 1) & ~(page - 1);

    if (m->clients == 0 && end > from)
        (void)madvise((void *)from, end - from, MADV_REMOVE);
}

void anvil_done(void)
{
    struct shared *m = shared_memory();
    struct shared_peak due[PEAKS];
    int64_t now = clock_ms();
    bool last;

    if (!m || shared_slot() < 0 || !shared_lock())
        return;
    last = is_last(m) && take_peaks(m, now, true, due);
    if (last) {
        m->status_at = 0;
        sweep(m, now);
        give_back(m);
    }
    shared_unlock();
    if (last)
        log_peaks(due);
}
