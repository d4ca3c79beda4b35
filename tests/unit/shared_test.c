/* shared_test.c - src/service/shared.c, anvil.c: memory of several processes, one of which dies, lies or stops */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "conf.h"
#include "param/param.h"
#include "service/anvil.h"
#include "service/service.h"
#include "service/ticket.h"
#include "test.h"

static struct shared *view; /* what a process that has been taken over sees */

static struct anvil_client client(const char *addr, int prefix)
{
    struct anvil_client c;
    struct sock_addr a;

    CHECK(sock_parse_addr(str_of(addr), 0, &a) == OK);
    anvil_client(&c, "smtp", &a, prefix);
    return c;
}

static void names(void)
{
    CHECK_STR(client("192.0.2.77", 32).text, "smtp:192.0.2.77");
    CHECK_STR(client("192.0.2.77", 25).text, "smtp:192.0.2.0/25");
    CHECK_STR(client("192.0.2.177", 25).text, "smtp:192.0.2.128/25");
    CHECK_STR(client("192.0.2.177", 0).text, "smtp:0.0.0.0/0");
    CHECK_STR(client("2001:db8::ffff:ffff:1", 84).text, "smtp:2001:db8::f000:0:0/84");
    CHECK_STR(client("2001:db8::1", 128).text, "smtp:2001:db8::1");
}

/* A process that has connected a client and waits to be killed. */
static pid_t other(const struct anvil_client *c, bool in_the_middle)
{
    int ready[2], count, rate;
    char byte;
    pid_t pid;

    CHECK(pipe(ready) == 0);
    pid = fork();
    if (pid == 0) {
        CHECK(anvil_connect(c, 1, &count, &rate) == OK);
        if (in_the_middle)
            CHECK(shared_lock());
        CHECK(write(ready[1], "x", 1) == 1);
        for (;;)
            pause();
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void end(pid_t pid)
{
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

static void connections(void)
{
    struct anvil_client c = client("192.0.2.1", 32), d = client("192.0.2.2", 32);
    int count, rate;
    pid_t a = other(&c, false), b = other(&c, false);

    CHECK(anvil_connect(&c, 2, &count, &rate) == OK && count == 3 && rate == 3);
    anvil_disconnect();
    CHECK(anvil_connect(&d, 2, &count, &rate) == OK && count == 1 && rate == 1);
    anvil_disconnect();
    end(a);
    CHECK(anvil_connect(&c, 2, &count, &rate) == OK && count == 2 && rate == 4);
    end(b);
    CHECK(anvil_connect(&c, 1, &count, &rate) == OK && count == 1);
    anvil_disconnect();
}

static void killed_with_the_lock(void)
{
    struct anvil_client c = client("192.0.2.3", 32);
    int64_t start = clock_ms();
    int count, rate;

    end(other(&c, true));
    CHECK(anvil_connect(&c, 1, &count, &rate) == OK && count == 1 && rate == 2);
    CHECK(clock_ms() - start < 2000);
    anvil_disconnect();
}

/* One that lives and does not give it back: nothing is counted, nobody waits for long. */
static void stopped_with_the_lock(void)
{
    struct anvil_client c = client("192.0.2.4", 32);
    pid_t pid = other(&c, true);
    int64_t start = clock_ms();
    int count, rate;

    CHECK(anvil_connect(&c, 1, &count, &rate) == TEMP);
    CHECK(clock_ms() - start < 2000);
    end(pid);
    CHECK(anvil_connect(&c, 1, &count, &rate) == OK);
    anvil_disconnect();
}

static void rates(void)
{
    struct anvil_client c = client("192.0.2.5", 32);
    int rate = 0;

    CHECK(anvil_event(&c, ANVIL_MAIL, true, &rate) == OK && rate == 0);
    CHECK(anvil_event(&c, ANVIL_MAIL, false, &rate) == OK && rate == 1);
    CHECK(anvil_event(&c, ANVIL_MAIL, false, &rate) == OK && rate == 2);
    CHECK(anvil_event(&c, ANVIL_RCPT, false, &rate) == OK && rate == 1);
    for (uint32_t i = 0; i < SHARED_CLIENTS; i++) /* the time unit is over */
        view->table[i].start -= 61 * 1000;
    CHECK(anvil_event(&c, ANVIL_MAIL, false, &rate) == OK && rate == 1);
    CHECK(anvil_event(&c, ANVIL_RCPT, true, &rate) == OK && rate == 0);
}

static void many_clients(void)
{
    char text[SOCK_ADDR_TEXT];
    int rate;

    for (int i = 0; i < 3 * SHARED_CLIENTS; i++) {
        snprintf(text, sizeof text, "10.0.%d.%d", i / 256, i % 256);
        struct anvil_client c = client(text, 32);

        CHECK(anvil_event(&c, ANVIL_RCPT, false, &rate) == OK && rate >= 1);
        CHECK(anvil_event(&c, ANVIL_RCPT, false, &rate) == OK && rate >= 2);
    }
    CHECK(view->clients <= SHARED_CLIENTS);
}

/* Whatever is in it, nobody stumbles. */
static void nonsense(void)
{
    struct anvil_client c = client("192.0.2.6", 32);
    unsigned seed = 1;
    int count, rate;

    for (int round = 0; round < 200; round++) {
        unsigned char *p = (unsigned char *)view;

        for (size_t i = offsetof(struct shared, top); i < sizeof *view; i += 1 + (seed >> 16) % 64) {
            seed = seed * 1103515245 + 12345;
            p[i] = (unsigned char)(round % 3 == 0 ? 0xff : seed >> 16);
        }
        CHECK(anvil_connect(&c, 1, &count, &rate) == OK && count <= SHARED_SLOTS);
        CHECK(anvil_event(&c, ANVIL_AUTH, false, &rate) == OK);
        anvil_disconnect();
    }
    memset((unsigned char *)view + offsetof(struct shared, top), 0, sizeof *view - offsetof(struct shared, top));
}

static void size_cannot_change(void)
{
    CHECK(ftruncate(SERVICE_SHARED_FD, 0) < 0 && errno == EPERM);
    CHECK(shared_fits(SERVICE_SHARED_FD));
    CHECK(!shared_fits(0));
}

#if ENABLE_TLS
static void tickets(void)
{
    struct ticket_keys a = { .has_previous = true }, b = { .has_previous = true };
    int ends[2];

    CHECK(pipe(ends) == 0);
    if (fork() == 0) {
        CHECK(ticket_keys(&b, 3600));
        CHECK(write(ends[1], b.current, sizeof b.current) == sizeof b.current);
        _exit(0);
    }
    CHECK(read(ends[0], b.current, sizeof b.current) == sizeof b.current);
    CHECK(ticket_keys(&a, 3600) && !a.has_previous);
    CHECK(!ticket_keys(&a, 3600));
    CHECK(memcmp(b.current, a.current, sizeof a.current) == 0);
    view->ticket[0].since -= 3600;
    CHECK(ticket_keys(&b, 3600) && b.has_previous);
    CHECK(memcmp(b.previous, a.current, sizeof a.current) == 0 && memcmp(b.current, a.current, sizeof a.current) != 0);
    view->ticket[0].since = view->ticket[1].since = -100000;
    CHECK(ticket_keys(&b, 3600) && !b.has_previous);
}
#endif

int main(void)
{
    /* Each in a process of its own, which forks others before it has a place in the memory itself. */
    void (*const tests[])(void) = {
        names, connections, killed_with_the_lock, stopped_with_the_lock, rates, many_clients, nonsense,
        size_cannot_change,
#if ENABLE_TLS
        tickets,
#endif
    };
    int fd = shared_create();

    alarm(120);
    CHECK(fd >= 0 && dup2(fd, SERVICE_SHARED_FD) == SERVICE_SHARED_FD);
    close(fd);
    view = mmap(NULL, sizeof *view, PROT_READ | PROT_WRITE, MAP_SHARED, SERVICE_SHARED_FD, 0);
    CHECK(view != MAP_FAILED);
    shared_init(true);
    CHECK(shared_memory() != NULL);
    for (size_t i = 0; i < ARRAY_LEN(tests); i++)
        with_conf("", tests[i]);
    return TEST_END();
}
