/* service.c - the life of a daemon: options, parameters, jail, accept loop
 *
 * A daemon supplies hooks (struct service_daemon); this file owns the rest.
 * The order is fixed: parameters, log, queue directory, hooks that need the
 * outside, jail, identity, limits, hooks inside, clients.
 * Runs in: every daemon but master.  Trust: its options come from master.
 * Parameters: max_use, max_idle, queue_directory.
 * Tests: tests/system/test_lifecycle.py, tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/idna.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "param/param.h"
#include "service/news.h"
#include "service/sandbox.h"
#include "service/shared.h"
#include "service/status.h"

enum { STOP_GRACE = 3 }; /* seconds a busy process has left after SIGTERM */

static volatile sig_atomic_t stopping;
static volatile sig_atomic_t busy;
static bool has_master;

/* An idle process has nothing to lose; a busy one may finish what is at hand, but not for long. */
static void on_term(int sig)
{
    stopping = 1;
    if (!busy)
        _exit(0);
    alarm(STOP_GRACE);
}

static void tell_master(int64_t what, int64_t arg)
{
    struct service_status st = { what, arg };

    if (has_master && send(SERVICE_STATUS_FD, &st, sizeof st, MSG_NOSIGNAL) < 0)
        stopping = 1; /* master has gone or lets us go */
}

void service_wake_at(int64_t seconds)
{
    tell_master(STATUS_WAKE, seconds);
}

bool service_stopping(void)
{
    struct pollfd pfd = { .fd = SERVICE_STATUS_FD, .events = POLLIN };

    if (!stopping && has_master && poll(&pfd, 1, 0) > 0)
        stopping = 1;
    return stopping;
}

bool service_hurry(void)
{
    struct service_status st;

    stopping = 1;
    return recv(SERVICE_STATUS_FD, &st, sizeof st, MSG_DONTWAIT) == sizeof st && st.what == STATUS_HURRY;
}

static int64_t option_number(const char *option, const char *text)
{
    int64_t n;

    if (num_parse(str_of(text), 0, 1000000000, &n) != OK)
        log_fatal("option -%s: \"%s\" is not a number", option, text);
    return n;
}

/* "-o name=value" or "-o { name = value }", which master has passed as one argument. */
static void parse_options(struct service *s, int argc, char **argv)
{
    int c;

    opterr = 0;
    optind = 1;
    while ((c = getopt(argc, argv, "+cdDi:lm:n:o:r:s:St:uvVz")) > 0) {
        char name[2] = { (char)c, 0 };

        switch (c) {
        case 'c': s->jailed = true; break;
        case 'i': s->max_idle = (int)option_number(name, optarg); break;
        case 'm': s->max_use = (int)option_number(name, optarg); break;
        case 'n': s->name = optarg; break;
        case 'o': break; /* second pass: parameters are not loaded yet */
        case 's': s->listeners = (int)option_number(name, optarg); break;
        case 'S': s->stand_alone = true; break;
        case 't': s->type = optarg; break;
        case 'u': s->unprivileged = true; break;
        case 'v': log_verbose++; break;
        case 'd': case 'D': case 'l': case 'r': case 'V': case 'z': break;
        default: log_fatal("unknown option -%c", optopt);
        }
    }
    s->argc = argc - optind;
    s->argv = argv + optind;
}

static void apply_overrides(int argc, char **argv)
{
    int c;

    optind = 1;
    while ((c = getopt(argc, argv, "+cdDi:lm:n:o:r:s:St:uvVz")) > 0)
        if (c == 'o')
            param_override(optarg);
}

static void no_core_files(void)
{
    struct rlimit none = { 0, 0 };

    (void)setrlimit(RLIMIT_CORE, &none);
}

static void enter_jail(const struct service_daemon *d, struct service *s)
{
    uid_t uid;
    gid_t gid;

    if (!has_master || service_owner_given(&uid, &gid) != OK)
        service_owner(&uid, &gid);
    if (s->jailed && geteuid() == 0 && (chroot(".") < 0 || chdir("/") < 0))
        log_fatal("chroot %s: %s", par_queue_directory(), strerror(errno));
    if (!d->keeps_root) {
        /* Every other service may as well run unprivileged when master.cf forgets to say so. */
        service_become(uid, gid);
        (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
    no_core_files();
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (ENABLE_SANDBOX && !d->keeps_root)
        sandbox_enter();
}

static void serve_one(const struct service_daemon *d, struct service *s, int fd, const struct sock_addr *peer)
{
    busy = 1;
    tell_master(STATUS_BUSY, 0);
    d->serve(s, fd, peer);
    busy = 0;
    if (!stopping)
        tell_master(STATUS_IDLE, 0);
}

static int accept_one(int listener, struct sock_addr *peer)
{
    int fd;

    peer->len = sizeof peer->all;
    memset(&peer->all, 0, sizeof peer->all);
    fd = accept4(listener, &peer->sa, &peer->len, SOCK_CLOEXEC);
    if (fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        log_warn("accept connection: %s", strerror(errno));
    if (peer->sa.sa_family != AF_INET && peer->sa.sa_family != AF_INET6)
        peer->len = 0;
    return fd;
}

/* Exclusive wake-up: of all idle processes of a service, one sees a new connection. */
static int watch_listeners(const struct service *s)
{
    int ep = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event ev = { .events = EPOLLIN | EPOLLEXCLUSIVE };

    for (int i = 0; i < s->listeners && ep >= 0; i++) {
        ev.data.fd = SERVICE_LISTEN_FD + i;
        if (epoll_ctl(ep, EPOLL_CTL_ADD, ev.data.fd, &ev) < 0)
            log_fatal("watch listener: %s", strerror(errno));
    }
    ev = (struct epoll_event){ .events = EPOLLIN, .data.fd = SERVICE_STATUS_FD };
    if (ep < 0 || (has_master && epoll_ctl(ep, EPOLL_CTL_ADD, SERVICE_STATUS_FD, &ev) < 0))
        log_fatal("watch master: %s", strerror(errno));
    return ep;
}

static void accept_loop(const struct service_daemon *d, struct service *s)
{
    int ep = watch_listeners(s);
    int64_t idle_until = clock_ms() + s->max_idle * (int64_t)1000;
    int uses = 0;

    while (!stopping && (s->max_use == 0 || uses < s->max_use)) {
        struct epoll_event ev;
        struct sock_addr peer;
        int64_t left = idle_until - clock_ms();
        int n = left > 0 ? epoll_wait(ep, &ev, 1, (int)left) : 0;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || ev.data.fd == SERVICE_STATUS_FD)
            break; /* idle for too long, or master lets us go */
        n = accept_one(ev.data.fd, &peer);
        if (n < 0)
            continue; /* a sibling was faster */
        serve_one(d, s, n, &peer);
        uses++;
        if (d->idle && !d->idle(s))
            break;
        idle_until = clock_ms() + s->max_idle * (int64_t)1000;
    }
}

static void serve_stand_alone(const struct service_daemon *d, struct service *s)
{
    struct sock_addr nobody = { .len = 0 };

    busy = 1;
    d->serve(s, STDIN_FILENO, &nobody);
}

static void enter_queue(const struct service *s)
{
    if (!s->stand_alone && chdir(par_queue_directory()) < 0)
        log_fatal("queue_directory %s: %s", par_queue_directory(), strerror(errno));
}

static void set_signals(void)
{
    struct sigaction act = { .sa_handler = on_term };

    sigaction(SIGTERM, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* a reload lets busy processes finish */
    signal(SIGCHLD, SIG_DFL);
}

int service_main(const struct service_daemon *d, int argc, char **argv)
{
    struct service s = { .program = d->program, .name = d->program, .type = "unix", .max_use = -1, .max_idle = -1 };

    log_open(&(struct log_options){ .tag = d->program, .sinks = LOG_TO_STDERR, .exit_status = 1 });
    parse_options(&s, argc, argv);
    has_master = !s.stand_alone && fcntl(SERVICE_STATUS_FD, F_GETFD) >= 0;
    shared_init(has_master);
    if (!has_master && !s.stand_alone)
        log_fatal("this program is started by master; use \"postfix start\"");
    set_signals();
    param_set_process(s.program, s.name);
    param_load(NULL, false);
    idna_compat_2003(par_enable_idna2003_compatibility());
    apply_overrides(argc, argv);
    service_log_open(s.program, true);
    if (s.max_use < 0)
        s.max_use = (int)par_max_use();
    if (s.max_idle < 0)
        s.max_idle = (int)par_max_idle();
    for (int fd = SERVICE_STATUS_FD; fd < SERVICE_LISTEN_FD + s.listeners; fd++)
        io_cloexec(fd, true); /* commands that a daemon runs must not have them */
    news_open(has_master);
    enter_queue(&s);
    if (d->before_jail)
        d->before_jail(&s);
    if (!s.stand_alone)
        enter_jail(d, &s);
    if (d->after_jail)
        d->after_jail(&s);
    if (s.stand_alone) {
        serve_stand_alone(d, &s);
        return 0;
    }
    tell_master(STATUS_IDLE, 0);
    if (d->model == SERVICE_EVENT)
        d->run(&s);
    else
        accept_loop(d, &s);
    if (d->done)
        d->done(&s);
    shared_done();
    return 0;
}
