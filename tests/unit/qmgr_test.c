/* qmgr_test.c - src/daemon/qmgr: items and their times, retry schedule, concurrency feedback */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/qmgr/qmgr_int.h"
#include "param/param.h"
#include "queue/qid.h"
#include "test.h"

static char dir[] = "/tmp/qmgr_test.XXXXXX";

static void put_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    fputs(text, f);
    fclose(f);
}

static void items_by_id_and_time(void)
{
    enum { MANY = 3000 };
    struct item *it, *each = NULL;
    char id[32];
    size_t seen = 0, at = 0;
    int64_t last = 0;
    bool ordered = true;

    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "ID%05d", i * 7 % MANY);
        item_set_due(item_new(id, IN_DEFERRED), (int64_t)i * 7919 % 10007);
    }
    CHECK(item_count() == MANY);
    CHECK(item_find("ID00042") && !item_find("id00042")); /* case counts in long ids */
    for (int i = 0; i < MANY; i += 3) {
        snprintf(id, sizeof id, "ID%05d", i);
        item_free(item_find(id));
    }
    CHECK(item_count() == MANY - MANY / 3 && !item_find("ID00003") && item_find("ID00004"));
    item_set_due(item_find("ID00004"), -5);
    CHECK_STR(item_first()->id, "ID00004");
    while (item_each(&at, &each))
        seen++;
    CHECK(seen == item_count());
    last = -6;
    while ((it = item_first())) {
        ordered = ordered && it->due >= last;
        last = it->due;
        item_free(it);
    }
    CHECK(ordered && item_count() == 0);
}

static void items_wait_in_order(void)
{
    struct item *a = item_new("AAAAA", IN_INCOMING), *b = item_new("BBBBB", IN_INCOMING);

    CHECK(!item_unwait());
    item_wait(a);
    item_wait(b);
    item_wait(a); /* already waits */
    CHECK(item_unwait() == a && item_unwait() == b && !item_unwait());
    item_wait(b);
    CHECK(item_unwait() == b);
    item_free(a);
    item_free(b);
}

/* With minimal 300, maximal 4000, runs every 10: attempts at ages 300, 600, 1200, 2400, 4800, 8800 ... */
static void retry_schedule(void)
{
    static const struct { int64_t age, next;
    } table[] = {
        { 0, 300 },     { 1, 300 },     { 140, 300 },    { 151, 600 },       { 299, 600 },
        { 300, 600 },   { 301, 600 },   { 599, 1200 },   { 600, 1200 },      { 1200, 2400 },
        { 2400, 4800 }, { 4800, 8800 }, { 8799, 12800 }, { 400000, 400800 },
    };

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        int64_t now = 1000000, got = retry_after_attempt(table[i].age, now) - now + table[i].age;

        CHECK(got >= table[i].next && got < table[i].next + 10);
        if (got < table[i].next || got >= table[i].next + 10)
            fprintf(stderr, "age %lld: %lld\n", (long long)table[i].age, (long long)got);
    }
}

/* What a restart makes of a queue id agrees with what was planned before it. */
static void restart_agrees(void)
{
    int64_t now = qfile_uptime();
    char id[QUEUE_ID_MAX];

    for (int64_t age = 0; age < 20000 && age < now; age += 777) {
        int64_t planned = retry_after_attempt(age, now), again;

        qid_make((struct timeval){ time(NULL) - (time_t)age, 5 }, 1, -1, false, id);
        again = retry_after_start(id, now);
        CHECK(again <= planned + 10 && again >= now - 40);
    }
    CHECK(retry_after_start("strange_name", now) >= now && retry_after_start("strange_name", now) < now + 60);
}

static struct dest *new_dest(const char *transport, const char *name)
{
    return dest_get(transport_get(transport), (struct str){ name, strlen(name) }, STR("user@example.com"));
}

static void feedback_default(void)
{
    struct dest *d = new_dest("smtp", "a.test");
    struct why why;

    why_set(&why, "4.4.1", "connect: refused");
    CHECK(d->window == 5);
    d->busy = 4;
    dest_feedback(d, false, NULL);
    CHECK(d->window == 6);
    d->busy = 0;
    dest_feedback(d, false, NULL); /* a window that is not in use does not grow */
    CHECK(d->window == 6);
    d->busy = 20;
    for (int i = 0; i < 50; i++)
        dest_feedback(d, false, NULL);
    CHECK(d->window == 20); /* smtp_destination_concurrency_limit */
    dest_feedback(d, true, &why);
    CHECK(d->window == 19 && !d->dead);
    for (int i = 0; i < 30 && !d->dead; i++)
        dest_feedback(d, true, &why);
    CHECK(d->dead && d->window == 0 && !dest_open(d));
    d->busy = 0;
    dest_revive(d);
    CHECK(!d->dead && d->window == 5 && dest_open(d));
    dest_release(d);
}

static void feedback_per_concurrency(void)
{
    struct dest *d = new_dest("slow", "b.test");

    CHECK(d->window == 2);
    d->busy = 2;
    for (int i = 0; i < 2; i++)
        dest_feedback(d, false, NULL);
    CHECK(d->window == 3); /* 1/concurrency: one more after a full cohort */
    d->busy = 3;
    for (int i = 0; i < 4; i++)
        dest_feedback(d, false, NULL);
    CHECK(d->window == 4);
    d->busy = 0;
    dest_release(d);
}

static void destinations_per_recipient(void)
{
    struct transport *t = transport_get("one");
    struct dest *a = dest_get(t, STR("x.test"), STR("ann+ext@x.test")),
                *b = dest_get(t, STR("x.test"), STR("bob@x.test"));

    CHECK(a != b);
    CHECK_STR(a->name, "ann@x.test");
    CHECK_STR(a->nexthop, "x.test");
    CHECK(dest_get(t, STR("x.test"), STR("ann@x.test")) == a);
    dest_release(a);
    dest_release(b);
}

static void services(void)
{
    CHECK(transport_get("smtp")->inside == AGENT && transport_get("smtp")->max_conns == 100);
    CHECK(transport_get("slow")->max_conns == 7);
    CHECK(transport_get("error")->inside == INSIDE_ERROR && transport_get("retry")->inside == INSIDE_RETRY);
    CHECK(transport_get("gone")->inside == INSIDE_DISCARD);
    CHECK_STR(transport_get("gone")->log_tag, "other/discard");
    CHECK(transport_get("nowhere")->inside == INSIDE_MISSING);
    CHECK(transport_get("one")->deferred_by_config && !transport_get("smtp")->deferred_by_config);
}

static void suspended(void)
{
    struct why why, out;

    why_set(&why, "5.4.4", "no such host");
    why_suspended(&out, &why);
    CHECK_STR(out.text, "delivery temporarily suspended: no such host");
    CHECK_STR(out.dsn, "4.4.4");
    why_suspended(&why, &out);
    CHECK_STR(why.text, "delivery temporarily suspended: no such host");
}

int main(void)
{
    char *clean;

    if (!mkdtemp(dir) || chdir(dir) < 0)
        return 1;
    put_file("main.cf", "compatibility_level = 3.6\nqueue_run_delay = 10s\nrecipient_delimiter = +\n"
                        "slow_initial_destination_concurrency = 2\n"
                        "slow_destination_concurrency_positive_feedback = 1/concurrency\n"
                        "one_destination_recipient_limit = 1\ndefer_transports = one, two\n");
    put_file(
        "master.cf",
        "smtp unix - - n - - smtp\nslow unix - - n - 7 smtp\none unix - - n - - smtp\n"
        "error unix - - n - - error\nretry unix - - n - - error\ngone unix - - n - - discard -o syslog_name=other\n");
    param_load(dir, false);
    transports_init();
    items_by_id_and_time();
    items_wait_in_order();
    retry_schedule();
    restart_agrees();
    services();
    feedback_default();
    feedback_per_concurrency();
    destinations_per_recipient();
    suspended();
    clean = mem_printf("rm -rf %s", dir);
    if (chdir("/") < 0 || system(clean) != 0)
        return 1;
    free(clean);
    return TEST_END();
}
