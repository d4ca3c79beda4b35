/* loop.c - one thread, many descriptors and timers
 *
 * epoll for descriptors, a binary heap for timers. Callbacks are looked up by
 * descriptor again for every event, so one that an earlier callback of the
 * same round removed is not called.
 * Runs in: master, qmgr.  Parameters: none.  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/loop.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { LOOP_BATCH = 32 };

struct watch {
    unsigned events;
    void (*run)(int fd, unsigned events, void *arg);
    void *arg;
};

static struct {
    int epoll;
    struct watch *watches; /* by descriptor */
    size_t watch_cap;
    struct loop_timer **heap;
    size_t heap_n, heap_cap;
} loop = { .epoll = -1 };

static void need_watch(int fd)
{
    size_t cap = loop.watch_cap ? loop.watch_cap : 16;

    if (loop.epoll < 0) {
        loop.epoll = epoll_create1(EPOLL_CLOEXEC);
        if (loop.epoll < 0)
            log_fatal("epoll_create: %s", strerror(errno));
    }
    if ((size_t)fd < loop.watch_cap)
        return;
    while (cap <= (size_t)fd)
        cap *= 2;
    loop.watches = mem_resize(loop.watches, cap * sizeof *loop.watches);
    memset(loop.watches + loop.watch_cap, 0, (cap - loop.watch_cap) * sizeof *loop.watches);
    loop.watch_cap = cap;
}

void loop_watch(int fd, unsigned events, void (*run)(int fd, unsigned events, void *arg), void *arg)
{
    struct epoll_event ev = { .data.fd = fd };
    struct watch *w;
    int op;

    need_watch(fd);
    w = &loop.watches[fd];
    ev.events = (events & LOOP_READ ? EPOLLIN : 0) | (events & LOOP_WRITE ? EPOLLOUT : 0);
    op = !events ? EPOLL_CTL_DEL : w->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (w->events != events && epoll_ctl(loop.epoll, op, fd, &ev) < 0 && events)
        log_fatal("epoll_ctl descriptor %d: %s", fd, strerror(errno));
    *w = (struct watch){ events, run, arg };
}

void loop_forget(int fd)
{
    if (fd >= 0 && (size_t)fd < loop.watch_cap && loop.watches[fd].events)
        loop_watch(fd, 0, NULL, NULL);
}

static void heap_put(size_t i, struct loop_timer *t)
{
    loop.heap[i] = t;
    t->slot = i + 1;
}

static void heap_up(size_t i)
{
    struct loop_timer *t = loop.heap[i];

    for (; i && loop.heap[(i - 1) / 2]->at > t->at; i = (i - 1) / 2)
        heap_put(i, loop.heap[(i - 1) / 2]);
    heap_put(i, t);
}

static void heap_down(size_t i)
{
    struct loop_timer *t = loop.heap[i];

    for (;;) {
        size_t child = 2 * i + 1;

        if (child + 1 < loop.heap_n && loop.heap[child + 1]->at < loop.heap[child]->at)
            child++;
        if (child >= loop.heap_n || loop.heap[child]->at >= t->at)
            break;
        heap_put(i, loop.heap[child]);
        i = child;
    }
    heap_put(i, t);
}

void loop_timer_clear(struct loop_timer *t)
{
    size_t i = t->slot - 1;

    if (!t->slot)
        return;
    t->slot = 0;
    loop.heap_n--;
    if (i == loop.heap_n)
        return;
    heap_put(i, loop.heap[loop.heap_n]);
    heap_up(i);
    heap_down(loop.heap[i]->slot - 1);
}

void loop_timer_set(struct loop_timer *t, int64_t ms, void (*run)(void *arg), void *arg)
{
    loop_timer_clear(t);
    t->at = clock_ms() + (ms > 0 ? ms : 0);
    t->run = run;
    t->arg = arg;
    if (loop.heap_n == loop.heap_cap) {
        loop.heap_cap = loop.heap_cap ? loop.heap_cap * 2 : 16;
        loop.heap = mem_resize(loop.heap, loop.heap_cap * sizeof(struct loop_timer *));
    }
    heap_put(loop.heap_n++, t);
    heap_up(loop.heap_n - 1);
}

static void run_timers(void)
{
    int64_t now = clock_ms();

    while (loop.heap_n && loop.heap[0]->at <= now) {
        struct loop_timer *t = loop.heap[0];

        loop_timer_clear(t);
        t->run(t->arg);
    }
}

void loop_once(int64_t max_ms)
{
    struct epoll_event ev[LOOP_BATCH];
    int64_t wait = max_ms;
    int n;

    need_watch(0);
    if (loop.heap_n) {
        int64_t left = loop.heap[0]->at - clock_ms();

        left = left < 0 ? 0 : left;
        wait = wait < 0 || left < wait ? left : wait;
    }
    n = epoll_wait(loop.epoll, ev, LOOP_BATCH, wait > 1000000000 ? 1000000000 : (int)wait);
    if (n < 0 && errno != EINTR)
        log_fatal("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        struct watch w = loop.watches[ev[i].data.fd];
        unsigned got = (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? LOOP_READ : 0) |
                       (ev[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR) ? LOOP_WRITE : 0);

        if (w.events & got)
            w.run(ev[i].data.fd, w.events & got, w.arg);
    }
    run_timers();
}
