/* children.c - the processes of services
 *
 * Each child has a socket of its own to say "busy", "idle" and, the queue
 * manager, "wake me in so many seconds". A child that fails before it served
 * anybody throttles its service.
 * Runs in: master.  Parameters: service_throttle_time, fork_attempts, fork_delay, daemon_directory.
 * Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/master/master_int.h"
#include "param/param.h"
#include "service/service.h"
#include "service/status.h"

enum { MAX_ARGS = 128, HIGH_FD = 128 };

static struct child *children;
static int count;
static pid_t old_qmgr;

int child_count(void)
{
    return count;
}

pid_t child_draining_qmgr(void)
{
    return old_qmgr;
}

void child_adopt_qmgr(pid_t pid)
{
    struct child *c = mem_new(sizeof *c);

    *c = (struct child){ .pid = pid, .status_fd = -1, .used = true, .next = children };
    children = c;
    count++;
    old_qmgr = pid;
}

static void throttle_over(void *arg)
{
    struct svc *s = arg;

    s->throttled = false;
    svc_watch(s);
}

static void throttle(struct svc *s)
{
    s->throttled = true;
    loop_timer_set(&s->throttle_timer, par_service_throttle_time() * 1000, throttle_over, s);
    svc_watch(s);
}

static void on_status(int fd, unsigned events, void *arg)
{
    struct child *c = arg;
    struct service_status st;
    ssize_t n = recv(fd, &st, sizeof st, MSG_DONTWAIT);

    if (n != sizeof st) {
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            loop_forget(fd); /* it is ending; waitpid() tells the rest */
        return;
    }
    if (st.what == STATUS_WAKE && c->svc->is_qmgr) {
        wake_qmgr_in(st.arg);
        return;
    }
    c->used = c->used || st.what == STATUS_BUSY || c->svc->is_qmgr;
    if (c->idle != (st.what == STATUS_IDLE)) {
        c->idle = st.what == STATUS_IDLE;
        c->svc->idle += c->idle ? 1 : -1;
        svc_watch(c->svc);
    }
}

static void build_argv(const struct svc *s, char **argv, char text[4][64])
{
    const struct master_entry *e = s->entry;
    bool stressed = s->stress_until > clock_ms();
    int n = 0;

    argv[n++] = strcmp(e->argv[0], "oqmgr") == 0 ? (char *)"qmgr" : e->argv[0];
    if (strcmp(e->name, e->argv[0]) != 0) {
        argv[n++] = (char *)"-n";
        argv[n++] = e->name;
    }
    argv[n++] = (char *)"-t";
    argv[n++] = (char *)(uintptr_t)master_cf_type_name(e->type);
    if (e->unprivileged)
        argv[n++] = (char *)"-u";
    if (e->chroot)
        argv[n++] = (char *)"-c";
    if (s->max == 1)
        argv[n++] = (char *)"-l";
    if (s->max == 0)
        argv[n++] = (char *)"-z";
    snprintf(text[0], sizeof text[0], "%d", s->is_qmgr ? 0 : s->nfds);
    argv[n++] = (char *)"-s";
    argv[n++] = text[0];
    if (s->stress_aware) {
        argv[n++] = (char *)"-o";
        argv[n++] = (char *)(uintptr_t)(stressed ? "stress=yes" : "stress=");
    }
    for (int i = 0; i < log_verbose; i++)
        argv[n++] = (char *)"-v";
    for (int i = 1; i < e->argc && n < MAX_ARGS - 1; i++)
        argv[n++] = e->argv[i];
    argv[n] = NULL;
}

/* Puts descriptors in their places. They are first moved out of the way, so none is overwritten. */
static void place_descriptors(const struct svc *s, int status_fd)
{
    int fds[SERVICE_LISTEN_FD + SVC_MAX_LISTENERS];
    int top = s->is_qmgr ? SERVICE_LISTEN_FD : SERVICE_LISTEN_FD + s->nfds;

    for (int i = 0; i < top; i++)
        fds[i] = -1;
    fds[SERVICE_STATUS_FD] = status_fd;
    fds[SERVICE_SHARED_FD] = shared_fd_for(s);
    fds[SERVICE_NEWS_FD] = news_pipe[s->is_qmgr ? 0 : 1];
    for (int i = SERVICE_LISTEN_FD; i < top; i++)
        fds[i] = s->fds[i - SERVICE_LISTEN_FD];
    for (int i = SERVICE_STATUS_FD; i < top; i++)
        if (fds[i] >= 0 && (fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD)) < 0)
            _exit(71);
    for (int i = SERVICE_STATUS_FD; i < top; i++) {
        if (fds[i] < 0)
            close(i);
        else if (dup2(fds[i], i) < 0)
            _exit(71);
    }
}

static void become_service(const struct svc *s, int status_fd)
{
    char *argv[MAX_ARGS], text[4][64];
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    sigaction(SIGTERM, &dfl, NULL);
    sigaction(SIGHUP, &dfl, NULL);
    sigaction(SIGCHLD, &dfl, NULL);
    place_descriptors(s, status_fd);
    build_argv(s, argv, text);
    if (s->kind == SVC_PROGRAM) {
        char *path = mem_printf("%s/%s", par_daemon_directory(), s->entry->argv[0]);

        execv(path, argv);
        log_error("service %s: cannot run %s: %s", svc_text(s), path, strerror(errno));
    } else {
        execv("/proc/self/exe", argv);
        log_error("cannot run /proc/self/exe: %s; is /proc mounted?", strerror(errno));
    }
    _exit(71);
}

static pid_t try_fork(void)
{
    for (int64_t tries = par_fork_attempts();; tries--) {
        pid_t pid = fork();

        if (pid >= 0 || tries <= 1)
            return pid;
        usleep(100000); /* fork_delay would stop every other service meanwhile */
    }
}

void child_start(struct svc *s)
{
    struct child *c;
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        log_warn("service %s: socketpair: %s", svc_text(s), strerror(errno));
        throttle(s);
        return;
    }
    pid = try_fork();
    if (pid == 0)
        become_service(s, pair[1]);
    close(pair[1]);
    if (pid < 0) {
        log_warn("service %s: fork: %s -- throttling", svc_text(s), strerror(errno));
        close(pair[0]);
        throttle(s);
        return;
    }
    c = mem_new(sizeof *c);
    *c = (struct child){ .pid = pid, .svc = s, .status_fd = pair[0], .next = children };
    /* Counted as idle from the start: it is on its way to the listener, and nobody else need be started for it. */
    c->idle = true;
    s->idle++;
    s->total++;
    count++;
    children = c;
    loop_watch(pair[0], LOOP_READ, on_status, c);
    svc_watch(s);
}

/* The last status messages are still in the socket when a child has ended. */
static void read_last_words(struct child *c)
{
    struct service_status st;

    while (c->status_fd >= 0 && recv(c->status_fd, &st, sizeof st, MSG_DONTWAIT) == sizeof st) {
        if (st.what == STATUS_BUSY)
            c->used = true;
        if (st.what == STATUS_WAKE && c->svc && c->svc->is_qmgr)
            wake_qmgr_in(st.arg);
    }
}

static void report(const struct child *c, int status)
{
    const char *program = c->svc ? c->svc->entry->argv[0] : "service";

    if (WIFEXITED(status) && WEXITSTATUS(status))
        log_warn("process %s pid %ld exit status %d", program, (long)c->pid, WEXITSTATUS(status));
    else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
        log_warn("process %s pid %ld killed by signal %d", program, (long)c->pid, WTERMSIG(status));
}

static void forget(struct child *c, int status)
{
    struct svc *s = c->svc;
    bool failed = status != 0 && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);

    read_last_words(c);
    if (c->status_fd >= 0) {
        loop_forget(c->status_fd);
        close(c->status_fd);
    }
    report(c, status);
    count--;
    if (c->pid == old_qmgr) {
        old_qmgr = 0;
        if (svc_qmgr())
            child_start(svc_qmgr()); /* there may be mail that only the old one knew */
    }
    if (s) {
        s->total--;
        s->idle -= c->idle;
        if (failed && !c->used) {
            log_warn("%s: bad command startup -- throttling", s->entry->argv[0]);
            throttle(s);
        } else {
            svc_watch(s);
            if (s->is_qmgr && failed)
                wake_news('W');
        }
    }
    free(c);
}

void child_reap(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (struct child **at = &children; *at; at = &(*at)->next)
            if ((*at)->pid == pid) {
                struct child *c = *at;

                *at = c->next;
                forget(c, status);
                break;
            }
}

void child_hurry(const struct svc *s)
{
    struct service_status st = { STATUS_HURRY, 0 };

    for (const struct child *c = children; c; c = c->next)
        if (c->svc == s && c->status_fd >= 0)
            (void)send(c->status_fd, &st, sizeof st, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void child_release_all(void)
{
    for (struct child *c = children; c; c = c->next) {
        if (c->svc && c->svc->is_qmgr)
            old_qmgr = c->pid;
        if (c->status_fd >= 0) {
            loop_forget(c->status_fd);
            close(c->status_fd);
            c->status_fd = -1;
        }
    }
}

void child_kill_all(int sig)
{
    for (struct child *c = children; c; c = c->next)
        kill(c->pid, sig);
}
