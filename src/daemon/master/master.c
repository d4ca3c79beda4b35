/* master.c - the supervisor, and the only process of an idle system
 *
 * Reads the configuration, opens the listeners, starts services on demand and
 * watches over them. It parses no mail and no network data.
 * Who connects: nobody; it accepts nothing.  Trust: its children's status
 * records, a fixed size each, from a socket of their own.
 * Signals: TERM ends, HUP reloads by a fresh exec (inherit.c).
 * Parameters: queue_directory, mail_owner, process_id_directory, import_environment, maillog_file.
 * Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include "daemon/master/master.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/master/master_int.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "service/service.h"

enum { STOP_WAIT = 4 }; /* seconds children have after SIGTERM */

struct options {
    const char *config_dir;
    bool foreground;  /* -d, -s, -i: do not go into the background */
    bool init_mode;   /* -i: process 1 of a container */
    bool test_lock;   /* -t */
    bool wait;        /* -w: the parent waits for the start to succeed */
    bool reloaded;
    int64_t lifetime; /* -e */
};

static volatile sig_atomic_t want_stop, want_reload, want_reap;
static int signal_pipe[2]; /* makes a signal an event, so none is missed between a check and a wait */
static int lock_fd = -1;
static char **saved_argv;

static void on_signal(int sig)
{
    if (sig == SIGCHLD)
        want_reap = 1;
    else if (sig == SIGHUP)
        want_reload = 1;
    else
        want_stop = sig;
    (void)!write(signal_pipe[1], "", 1);
}

static void drain_signals(int fd, unsigned events, void *arg)
{
    char bytes[64];

    (void)!read(fd, bytes, sizeof bytes);
}

static void parse_options(struct options *o, int argc, char **argv)
{
    int c;

    optind = 1;
    while ((c = getopt(argc, argv, "c:Dde:istvw")) > 0) {
        switch (c) {
        case 'c':
            o->config_dir = realpath(optarg, NULL);
            if (!o->config_dir)
                log_fatal("open directory %s: %s", optarg, strerror(errno));
            break;
        case 'd': case 's': o->foreground = true; break;
        case 'D': break;
        case 'e':
            if (num_parse(str_of(optarg), 1, 1000000, &o->lifetime) != OK)
                log_fatal("bad -e value %s", optarg);
            break;
        case 'i': o->init_mode = true; o->foreground = true; break;
        case 't': o->test_lock = true; break;
        case 'v': log_verbose++; break;
        case 'w': o->wait = true; break;
        default: log_fatal("usage: master [-Disvwt] [-c config_dir] [-e exit_time]");
        }
    }
    o->reloaded = getenv("POSTLET_INHERIT") != NULL;
}

static char *lock_path(void)
{
    return mem_printf("%s/master.pid", par_process_id_directory());
}

/* The lock, not the number in the file, says that a master runs: a stale file is harmless. */
static enum result take_lock(void)
{
    char *path = lock_path();

    lock_fd = inherit_take("lock");
    if (lock_fd < 0)
        lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (lock_fd < 0)
        log_fatal("open lock file %s/%s: %s", par_queue_directory(), path, strerror(errno));
    free(path);
    if (flock(lock_fd, LOCK_EX | LOCK_NB) == 0)
        return OK;
    return errno == EWOULDBLOCK ? NONE : TEMP;
}

static void write_pid(void)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%10ld\n", (long)getpid());

    if (ftruncate(lock_fd, 0) < 0 || io_pwrite(lock_fd, text, (size_t)n, 0) != OK)
        log_fatal("write %s/master.pid: %s", par_process_id_directory(), strerror(errno));
}

/* import_environment: names to keep, and name=value to set; all else goes. */
static void clean_environment(void)
{
    struct str rest = str_of(par_import_environment()), word, inside;
    struct buf keep;
    struct str set;

    buf_init(&keep, 64 * 1024);
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        const char *value;
        char *name;
        size_t eq;

        if (str_unbrace(word, &inside) == OK)
            word = inside;
        eq = str_find(word, '=');
        name = mem_dup_n(word.p, eq);
        value = getenv(name);
        if (eq < word.n)
            buf_printf(&keep, "%.*s", (int)word.n, word.p);
        else if (value)
            buf_printf(&keep, "%s=%s", name, value);
        if (eq < word.n || value)
            buf_putc(&keep, 0);
        free(name);
    }
    clearenv();
    for (set = buf_view(&keep); set.n;) {
        size_t n = strlen(set.p), eq = str_find((struct str){ set.p, n }, '=');
        char *name = mem_dup_n(set.p, eq);

        setenv(name, set.p + eq + 1, 1);
        free(name);
        set.p += n + 1;
        set.n -= n + 1;
    }
    buf_done(&keep);
    setenv("MAIL_CONFIG", param_dir(), 1);
    setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin", 0);
}

static void set_signals(void)
{
    struct sigaction act = { .sa_handler = on_signal };
    sigset_t none;

    if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
        log_fatal("pipe: %s", strerror(errno));
    loop_watch(signal_pipe[0], LOOP_READ, drain_signals, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGCHLD, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    if (isatty(STDIN_FILENO))
        sigaction(SIGINT, &act, NULL);
}

static void null_stdio(bool keep_output)
{
    int fd = open("/dev/null", O_RDWR);

    if (fd < 0)
        return;
    dup2(fd, STDIN_FILENO);
    if (!keep_output) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    if (fd > STDERR_FILENO)
        close(fd);
}

/* The foreground parent of "postfix start": success is shown only when the child says so. */
static void go_background(bool wait_for_child, int *tell)
{
    int pair[2], status;
    char ok;
    pid_t pid;

    if (pipe2(pair, O_CLOEXEC) < 0 || (pid = fork()) < 0)
        log_fatal("cannot go into the background: %s", strerror(errno));
    if (pid == 0) {
        close(pair[0]);
        *tell = pair[1];
        setsid();
        return;
    }
    close(pair[1]);
    if (!wait_for_child)
        _exit(0);
    if (read(pair[0], &ok, 1) == 1)
        _exit(0);
    _exit(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
}

static void started(const struct options *o, int tell)
{
    log_info("%s -- version %s, configuration %s", o->reloaded ? "reload" : "daemon started", par_mail_version(),
             param_dir());
    if (tell >= 0) {
        (void)!write(tell, "k", 1);
        close(tell);
    }
}

/* Would the new configuration start? Asked of a child, so that a mistake leaves the running system alone. */
static bool new_config_is_good(void)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        execl("/proc/self/exe", "postfix", "-c", param_dir(), "check-config", (char *)NULL);
        _exit(71);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void reload(void)
{
    char qmgr[24];

    want_reload = 0;
    if (!new_config_is_good()) {
        log_error("reload: the new configuration has errors; continuing with the old one");
        return;
    }
    child_release_all();
    svc_keep_listeners();
    inherit_keep("news-read", news_pipe[0]);
    inherit_keep("news-write", news_pipe[1]);
    inherit_keep("lock", lock_fd);
    shared_fd_keep();
    inherit_export();
    snprintf(qmgr, sizeof qmgr, "%ld", (long)child_draining_qmgr());
    setenv("POSTLET_QMGR", qmgr, 1);
    execv("/proc/self/exe", saved_argv);
    log_fatal("reload: cannot run /proc/self/exe: %s", strerror(errno));
}

static void adopt_queue_manager(void)
{
    const char *text = getenv("POSTLET_QMGR");
    int64_t pid;

    if (text && num_parse(str_of(text), 2, INT32_MAX, &pid) == OK)
        child_adopt_qmgr((pid_t)pid);
    unsetenv("POSTLET_QMGR");
}

static void stop(void)
{
    int64_t until = clock_ms() + STOP_WAIT * 1000;

    log_info("terminating on signal %d", (int)want_stop);
    child_kill_all(SIGTERM);
    while (child_count() && clock_ms() < until) {
        usleep(5000);
        child_reap();
    }
    child_kill_all(SIGKILL);
    (void)!ftruncate(lock_fd, 0);
    exit(0);
}

static void run(const struct options *o)
{
    int64_t end = o->lifetime ? clock_ms() + o->lifetime * 1000 : 0;

    for (;;) {
        if (want_stop)
            stop();
        if (want_reload)
            reload();
        if (want_reap) {
            want_reap = 0;
            child_reap();
        }
        if (end && clock_ms() >= end) {
            want_stop = SIGTERM;
            continue;
        }
        if (!child_count())
            mem_idle(); /* the system sleeps until mail or a timer comes */
        loop_once(end ? end - clock_ms() : -1);
    }
}

static void check_queue(uid_t owner, gid_t group)
{
    if (chdir(par_queue_directory()) < 0)
        log_fatal("queue_directory %s: %s", par_queue_directory(), strerror(errno));
    if (qdir_setup(".", owner, group) != OK)
        log_fatal("queue_directory %s: cannot prepare it: %s", par_queue_directory(), strerror(errno));
}

/* Exit status of -t: 0 when no master runs (manual of master(8)). */
static int test_lock(void)
{
    if (chdir(par_queue_directory()) < 0)
        return 0;
    return take_lock() == OK ? 0 : 1;
}

int master_main(int argc, char **argv)
{
    struct options o = { 0 };
    int tell = -1;
    uid_t owner;
    gid_t group;

    saved_argv = argv;
    log_open(&(struct log_options){ .tag = "postfix/master", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    parse_options(&o, argc, argv);
    umask(077);
    param_set_process("master", "master");
    param_load(o.config_dir, false);
    inherit_read();
    if (o.test_lock)
        return test_lock();
    if (!o.foreground && !o.reloaded)
        go_background(o.wait, &tell);
    service_log_open("master", true);
    if (param_check() != OK)
        log_fatal("the configuration in %s has errors; see above", param_dir());
    service_owner(&owner, &group);
    check_queue(owner, group);
    if (take_lock() != OK)
        log_fatal("another mail system is already running here (%s/%s/master.pid is locked)", par_queue_directory(),
                  par_process_id_directory());
    write_pid();
    adopt_queue_manager();
    wake_open();
    shared_fd_open();
    clean_environment();
    service_owner_hand_on(owner, group);
    set_signals();
    if (svc_load(owner, group) != OK)
        log_fatal("%s/master.cf has errors; see above", param_dir());
    if (!o.reloaded)
        null_stdio(o.foreground);
    started(&o, tell);
    wake_start();
    run(&o);
    return 0;
}
