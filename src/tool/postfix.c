/* postfix.c - start, stop and look after the mail system
 *
 * Exit status as postfix(1): 0 when the command succeeded.
 * Runs as: root, or mail_owner in an instance of its own.
 * Parameters: queue_directory, process_id_directory, maillog_file, maillog_file_compressor, maillog_file_rotate_suffix,
 * multi_instance_directories, multi_instance_wrapper.
 * Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "param/master_cf.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "service/service.h"
#include "tool/again.h"
#include "tool/postconf.h"

enum { STOP_SECONDS = 6, MAX_WORDS = 64 };

#define NEWEST_DEFAULTS "3.6" /* the last level that changed one which is in force here */

/* The pid of the running master, or 0. The lock tells; the file may be left over. */
static pid_t running(void)
{
    char *path = mem_printf("%s/%s/master.pid", par_queue_directory(), par_process_id_directory());
    char text[32] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int64_t pid = 0;

    free(path);
    if (fd < 0)
        return 0;
    if (flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        ssize_t n = read(fd, text, sizeof text - 1);

        if (n <= 0 || num_parse(str_trim((struct str){ text, (size_t)n }), 2, INT32_MAX, &pid) != OK)
            pid = 0;
    }
    close(fd);
    return (pid_t)pid;
}

static void need_running(const char *command)
{
    if (!running())
        log_fatal("the Postfix mail system is not running; \"%s\" has nothing to do", command);
}

/* Reads everything that a start would read, and changes nothing. */
static int check_config(void)
{
    struct master_entry *list;
    enum result param = param_check(), master = master_cf_read(param_dir(), &list);

    param_check_names();
    if (ENABLE_POSTCONF && master == OK)
        postconf_check();
    return param == OK && master == OK ? 0 : 1;
}

static int check(void)
{
    uid_t owner;
    gid_t group;

    if (check_config() != 0)
        return 1;
    if (ENABLE_LOCAL && geteuid() == 0)
        service_default_privs(&owner, &group);
    service_owner(&owner, &group);
    if (chdir(par_queue_directory()) < 0 &&
        (mkdir(par_queue_directory(), 0755) < 0 || chdir(par_queue_directory()) < 0))
        log_fatal("queue_directory %s: %s", par_queue_directory(), strerror(errno));
    if (qdir_setup(".", owner, group) != OK)
        log_fatal("queue_directory %s: %s", par_queue_directory(), strerror(errno));
    return 0;
}

/* What Postfix says of a main.cf that was written for older defaults. */
static void tell_level(void)
{
    if (!param_below_level(NEWEST_DEFAULTS))
        return;
    log_info("Postfix is using backwards-compatible default settings");
    log_info("See http://www.postfix.org/COMPATIBILITY_README.html for details");
    log_info("To disable backwards compatibility use \"postconf compatibility_level=%s\" and \"postfix reload\"",
             NEWEST_DEFAULTS);
}

static int start(bool foreground)
{
    char *bg[] = { (char *)"master", (char *)"-w", (char *)"-c", (char *)(uintptr_t)param_dir(), NULL };
    char *fg[] = { (char *)"master", (char *)(getpid() == 1 ? "-i" : "-s"), (char *)"-c",
                   (char *)(uintptr_t)param_dir(), NULL };

    if (running())
        log_fatal("the Postfix mail system is already running");
    if (check() != 0)
        log_fatal("fix the errors above, then start again");
    tell_level();
    log_info("starting the Postfix mail system");
    again_exec(foreground ? fg : bg);
}

static int stop(void)
{
    pid_t pid = running();

    need_running("stop");
    log_info("stopping the Postfix mail system");
    if (kill(pid, SIGTERM) < 0)
        log_fatal("cannot signal process %ld: %s", (long)pid, strerror(errno));
    for (int i = 0; i < STOP_SECONDS * 20; i++) {
        if (running() != pid)
            return 0;
        usleep(50000);
    }
    log_warn("stopping the Postfix mail system with force");
    kill(pid, SIGKILL);
    return 0;
}

static void kill_with_children(pid_t pid)
{
    /* Children notice that master has gone; those in the middle of a session are not waited for. */
    kill(pid, SIGTERM);
    for (int i = 0; i < 20 && running() == pid; i++)
        usleep(50000);
    kill(pid, SIGKILL);
}

static int stop_at_once(void)
{
    pid_t pid = running();

    need_running("abort");
    log_info("aborting the Postfix mail system");
    kill_with_children(pid);
    return 0;
}

static int drain(void)
{
    pid_t pid = running();

    need_running("drain");
    log_info("draining the Postfix mail system");
    return kill(pid, SIGKILL) < 0; /* children finish what they do and see that master has gone */
}

static int reload(void)
{
    need_running("reload");
    if (check_config() != 0)
        log_fatal("not reloaded: fix the errors above");
    log_info("refreshing the Postfix mail system");
    return kill(running(), SIGHUP) < 0;
}

static int status(void)
{
    pid_t pid = running();

    if (pid)
        log_info("the Postfix mail system is running: PID: %ld", (long)pid);
    else
        log_info("the Postfix mail system is not running");
    return pid ? 0 : 1;
}

static int flush(void)
{
    char *argv[] = { (char *)"postqueue", (char *)"-f", NULL };

    need_running("flush");
    again_exec(argv);
}

/* Appends what came since the last round: 0 = nothing, -1 = error. */
static ssize_t copy_more(int from, int to)
{
    char block[16384];
    ssize_t total = 0, n;

    while ((n = read(from, block, sizeof block)) > 0) {
        if (io_write(to, block, (size_t)n) != OK)
            return -1;
        total += n;
    }
    return n < 0 ? -1 : total;
}

/* The log is written by many processes through descriptors opened with O_APPEND: it is copied and emptied in place. */
static int rotate(void)
{
    const char *path = par_maillog_file();
    char suffix[64];
    time_t now = time(NULL);
    char *to;
    int in, out;

    if (!*path || strncmp(path, "/dev/", 5) == 0)
        log_fatal("maillog_file is not a file: nothing to rotate");
    if (!strftime(suffix, sizeof suffix, par_maillog_file_rotate_suffix(), localtime(&now)))
        log_fatal("maillog_file_rotate_suffix is too long");
    to = mem_printf("%s.%s", path, suffix);
    in = open(path, O_RDWR | O_CLOEXEC);
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (in < 0 || out < 0)
        log_fatal("rotate %s to %s: %s", path, to, strerror(errno));
    while (copy_more(in, out) > 0)
        ;
    if (copy_more(in, out) < 0 || fsync(out) < 0 || ftruncate(in, 0) < 0)
        log_fatal("rotate %s to %s: %s", path, to, strerror(errno));
    close(in);
    close(out);
    execlp(par_maillog_file_compressor(), par_maillog_file_compressor(), to, (char *)NULL);
    log_fatal("run %s: %s", par_maillog_file_compressor(), strerror(errno));
}

/* Other instances get the same command: the manager of instances goes round (postfix-wrapper(5)). */
static NORETURN void run_wrapper(char **args)
{
    struct str rest = str_of(par_multi_instance_wrapper()), word;
    char *argv[MAX_WORDS];
    size_t n = 0;

    while (n < MAX_WORDS - 1 && str_word(&rest, " \t\r\n", &word) == OK)
        argv[n++] = mem_dup_n(word.p, word.n);
    if (!n)
        log_fatal("multi-instance support is requested, but multi_instance_wrapper is empty");
    if (strcmp(args[0], "start-fg") == 0)
        log_fatal("start-fg starts one instance, but multi_instance_directories names others");
    while (n < MAX_WORDS - 1 && *args)
        argv[n++] = *args++;
    argv[n] = NULL;
    execvp(argv[0], argv);
    log_fatal("cannot run %s: %s", argv[0], strerror(errno));
}

static const struct {
    const char *name;
    int (*run)(void);
} commands[] = {
    { "abort", stop_at_once }, { "check", check },      { "check-config", check_config }, { "drain", drain },
    { "flush", flush },        { "logrotate", rotate }, { "quick-stop", stop },           { "reload", reload },
    { "status", status },      { "stop", stop },
};

int postfix_main(int argc, char **argv);

int postfix_main(int argc, char **argv)
{
    const char *dir = NULL;
    bool single;
    int c;

    log_open(&(struct log_options){ .tag = "postfix", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    optind = 1;
    while ((c = getopt(argc, argv, "+c:Dv")) > 0) {
        if (c == 'c' && !(dir = realpath(optarg, NULL)))
            log_fatal("open directory %s: %s", optarg, strerror(errno));
        if (c == '?')
            log_fatal("usage: postfix [-c config_dir] [-Dv] command");
        log_verbose += c == 'v';
    }
    if (optind + 1 > argc)
        log_fatal("usage: postfix [-c config_dir] [-Dv] command");
    single = dir || getenv("MAIL_CONFIG");
    if (dir)
        setenv("MAIL_CONFIG", dir, 1);
    umask(022);
    param_set_process("postfix-script", "postfix-script");
    param_load(dir, false);
    service_log_open("postfix-script", false);
    log_exit_status(1);
    if (!single && *par_multi_instance_directories())
        run_wrapper(argv + optind);
    if (strcmp(argv[optind], "start") == 0 || strcmp(argv[optind], "start-fg") == 0)
        return start(argv[optind][5] != 0);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, argv[optind]) == 0)
            return commands[i].run();
    log_fatal(
        "unknown command: \"%s\"; known are start, start-fg, stop, abort, drain, quick-stop, reload, flush, check, "
        "status, logrotate",
        argv[optind]);
}
