/* qmgr.c - the queue manager: what is delivered when, by whom
 *
 * Told of new mail by short records in a pipe; each message goes from its file
 * in incoming/ straight to delivery agents. Mail that could not be delivered is
 * remembered as id and time. Reasons, counts and times live in memory only: a
 * restart finds all it needs in the queue files and their names.
 * Who connects: nobody. It calls delivery agents (deliver/deliver.h) and the
 * bounce service (deliver/notice.h). It ends when there is nothing to do for a
 * while, and master starts it again for new mail or the next attempt.
 * Trust: queue files, agents' replies and the news pipe are parsed as hostile.
 * Parameters: qmgr_message_active_limit, queue_run_delay, max_idle, qmgr_daemon_timeout.
 * Tests: tests/unit/qmgr_test.c, tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/qmgr/qmgr_int.h"
#include "map/map.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "queue/qslot.h"
#include "route/resolve.h"
#include "service/service.h"

enum {
    NEWS_BATCH = 64,
    SPARE_FDS = 200,       /* for connections to agents and the rest */
    DEFERRED_MAX = 1000,   /* deferred messages in memory at once: their turn comes again soon enough */
    IDLE_MS = 35000,       /* longer than the time in which a missed run still counts (qmgr_retry.c) */
    STAY_S = 100,          /* not worth ending for less */
    DRAIN_MS = 3000,       /* for deliveries that are under way when master wants us to end */
    LONG_MS = 60000,
    TABLES_MS = 100,
    SLOT_MS = 1000,
    ARRIVALS_PER_RETRY = 2, /* new mail gets two turns for each retry */
};

static struct {
    size_t active_max;
    int64_t active_at;     /* clock_ms of the last thing that happened */
    int64_t drain_until;
    int64_t watchdog_at;
    int64_t tables_at;     /* clock_ms of the last look at them */
    bool scan_incoming, scan_deferred;
    struct loop_timer run_timer, due_timer, slot_timer;
    unsigned turn;
} qm;

static void before_jail(struct service *s)
{
    struct rlimit files;

    if (par_bounce_queue_lifetime() > par_maximal_queue_lifetime())
        log_warn("bounce_queue_lifetime is larger than maximal_queue_lifetime - adjusting bounce_queue_lifetime");
    qdir_init();
    resolve_init();
    if (ENABLE_VERIFY)
        resolve_probe_init();
    deliver_init("error");
    transports_init();
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* Each active message keeps its file open. */
static size_t active_limit(void)
{
    size_t wanted = (size_t)par_qmgr_message_active_limit();
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur == RLIM_INFINITY)
        return wanted;
    if (files.rlim_cur <= 2 * SPARE_FDS)
        return files.rlim_cur / 2;
    return wanted < files.rlim_cur - SPARE_FDS ? wanted : files.rlim_cur - SPARE_FDS;
}

/* Mail that stays for longer gives its slot to new mail. What has left is made durable when there is time. */
static void on_slot_time(void *arg)
{
    message_leave_slots(clock_ms() - SLOT_MS);
    if (!active_messages)
        qslot_sync();
    else
        loop_timer_set(&qm.slot_timer, SLOT_MS, on_slot_time, NULL);
}

/* --- finding mail --- */

static bool found_incoming(const char *id, void *arg)
{
    if (!item_find(id)) {
        struct item *it = item_new(id, IN_INCOMING);

        it->scanned = true;
        item_wait(it);
    }
    return true;
}

static bool found_deferred(const char *id, void *arg)
{
    const bool *starting = arg;
    int64_t now = qfile_uptime();
    struct item *it = item_find(id);

    if (!it) {
        it = item_new(id, IN_DEFERRED);
        item_set_due(it, *starting ? retry_after_start(id, now) : now);
    }
    return true;
}

static void scan_now(bool starting)
{
    if (qm.scan_incoming && qdir_scan("incoming", found_incoming, NULL) != OK)
        log_warn("scan incoming: %s", strerror(errno));
    if (qm.scan_deferred && qdir_scan("deferred", found_deferred, &starting) != OK)
        log_warn("scan deferred: %s", strerror(errno));
    qm.scan_incoming = qm.scan_deferred = false;
}

/* Files that nobody announced: writers that could not reach us, postsuper, an operator's mv. */
static void on_run_time(void *arg)
{
    qm.scan_incoming = qm.scan_deferred = true;
    loop_timer_set(&qm.run_timer, par_queue_run_delay() * 1000, on_run_time, NULL);
}

static void on_due_time(void *arg)
{
}

/* --- news --- */

static void news_message(const char *id)
{
    struct item *it;

    if (item_find(id))
        return;
    it = item_new(id, IN_INCOMING);
    item_wait(it);
}

static void flush_item(struct item *it)
{
    it->flush = true;
    if (!it->msg && !it->waiting)
        item_set_due(it, qfile_uptime());
}

static void flush_all(void)
{
    struct item *it = NULL;
    bool starting = false;

    qm.scan_incoming = qm.scan_deferred = true;
    scan_now(starting);
    transports_revive_all();
    for (size_t at = 0; item_each(&at, &it);)
        flush_item(it);
}

static void flush_id(const char *id)
{
    static const char *const dirs[] = { "deferred", "incoming", NULL };
    struct item *it = item_find(id);
    const char *dir;

    if (!it && (dir = qdir_locate(id, dirs)))
        it = item_new(id, dir == dirs[0] ? IN_DEFERRED : IN_INCOMING);
    if (it)
        flush_item(it);
}

static void take_news(char kind, const char *arg)
{
    if ((kind == 'N' || kind == 'I') && !qdir_valid_id(str_of(arg)))
        return;
    switch (kind) {
    case 'N': news_message(arg); break;
    case 'I': flush_id(arg); break;
    case 'F': flush_all(); break;
    case 'W': qm.scan_incoming = qm.scan_deferred = true; break;
    default: break;
    }
}

/* Routing must follow tables that were replaced: another queue manager reads them anew. */
static void check_tables(void)
{
    int64_t now = clock_ms();
    const char *table;

    if (now - qm.tables_at < TABLES_MS)
        return;
    qm.tables_at = now;
    table = map_changed();
    if (!table)
        return;
    log_info("table %s has changed -- restarting", table);
    service_wake_at(0);
    qm.drain_until = now + DRAIN_MS;
}

static void on_news(int fd, unsigned events, void *arg)
{
    char records[NEWS_BATCH][SERVICE_NEWS_SIZE];
    ssize_t n;

    check_tables();
    if (qm.drain_until)
        return; /* the news are for the next queue manager */
    n = read(fd, records, sizeof records);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        log_fatal("read news: %s", strerror(errno));
    if (n == 0)
        loop_forget(fd);
    for (ssize_t i = 0; i < n / SERVICE_NEWS_SIZE; i++) {
        records[i][SERVICE_NEWS_SIZE - 1] = 0;
        /* master's periodic look for work is nothing that happened */
        if (records[i][0] != 'W')
            qm.active_at = clock_ms();
        take_news(records[i][0], records[i] + 1);
    }
}

/* --- work --- */

static struct item *due_item(void)
{
    struct item *it = item_first();

    if (!it || it->due > qfile_uptime() || (active_deferred >= DEFERRED_MAX && !it->flush))
        return NULL;
    return it;
}

static struct item *next_item(void)
{
    struct item *it = NULL;

    if (active_messages >= qm.active_max)
        return NULL;
    if (++qm.turn % (ARRIVALS_PER_RETRY + 1) == 0)
        it = due_item();
    if (!it)
        it = item_unwait();
    return it ? it : due_item();
}

static void on_stop(int fd, unsigned events, void *arg)
{
    if (!qm.drain_until && service_stopping())
        qm.drain_until = clock_ms() + DRAIN_MS;
}

static void on_watchdog(int sig)
{
    log_error("watchdog timeout");
    _exit(1); /* what was interrupted will not go on */
}

/* The loop turns at least twice within the watchdog's time. */
static int64_t longest_wait(void)
{
    int64_t ms = par_qmgr_daemon_timeout() * 1000 / 2;

    return ms < LONG_MS ? ms : LONG_MS;
}

/* A loop that turns no more ends the process; master starts another. */
static void watchdog(void)
{
    int64_t now = clock_ms(), limit = par_qmgr_daemon_timeout();

    if (qm.watchdog_at && now - qm.watchdog_at < limit * 1000 / 10)
        return;
    qm.watchdog_at = now;
    (void)signal(SIGALRM, on_watchdog);
    alarm((unsigned)limit);
}

static void work(void)
{
    struct item *it;

    watchdog();
    check_tables();
    if (qm.drain_until)
        return;
    if (active_messages >= qm.active_max)
        sched_warn_clogged(qm.active_max);
    if (qm.scan_incoming || qm.scan_deferred)
        scan_now(false);
    while ((it = next_item())) {
        qm.active_at = clock_ms();
        message_start(it);
        sched_run();
        if (!qm.slot_timer.slot)
            loop_timer_set(&qm.slot_timer, SLOT_MS, on_slot_time, NULL);
    }
    sched_run();
}

static void set_due_timer(void)
{
    int64_t next = retry_next(qfile_uptime());

    if (next < 0 || active_messages >= qm.active_max || (next == 0 && active_deferred >= DEFERRED_MAX))
        loop_timer_clear(&qm.due_timer);
    else
        loop_timer_set(&qm.due_timer, next * 1000 < LONG_MS ? next * 1000 : LONG_MS, on_due_time, NULL);
}

/* How long to stay without work. With mail to try again there is a reason to stay longer. */
static int64_t idle_ms(void)
{
    int64_t ms = par_max_idle() * 1000;

    return item_count() == 0 && ms < IDLE_MS ? ms : IDLE_MS;
}

/* Nothing to do now and for a while: an idle system is master alone. */
static bool may_end(void)
{
    int64_t next = retry_next(qfile_uptime());

    if (active_messages || notices_open())
        return false;
    return clock_ms() - qm.active_at >= idle_ms() && (next < 0 || next >= STAY_S);
}

static void run(struct service *s)
{
    int64_t wait;

    qm.active_max = active_limit();
    qm.active_at = clock_ms();
    loop_watch(SERVICE_NEWS_FD, LOOP_READ, on_news, NULL);
    loop_watch(SERVICE_STATUS_FD, LOOP_READ, on_stop, NULL);
    qm.scan_incoming = qm.scan_deferred = true;
    scan_now(true);
    loop_timer_set(&qm.run_timer, par_queue_run_delay() * 1000, on_run_time, NULL);
    while (!qm.drain_until) {
        work();
        if (may_end()) {
            service_wake_at(retry_next(qfile_uptime()));
            break;
        }
        set_due_timer();
        wait = active_messages ? LONG_MS : idle_ms();
        loop_once(wait < longest_wait() ? wait : longest_wait());
        if (active_messages)
            qm.active_at = clock_ms();
    }
    loop_forget(SERVICE_STATUS_FD);
    loop_forget(SERVICE_NEWS_FD); /* further news are for the next queue manager */
    while ((requests_open || notices_open()) && clock_ms() < qm.drain_until)
        loop_once(qm.drain_until - clock_ms());
    qslot_sync();
}

int qmgr_main(int argc, char **argv);

int qmgr_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "qmgr", .model = SERVICE_EVENT, .before_jail = before_jail, .run = run
    };

    return service_main(&d, argc, argv);
}
