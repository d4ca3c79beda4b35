/* postlock.c - run a command while a mailbox is locked
 *
 * Runs as: the mailbox's user.  Exit status: the command's; 75 when the lock cannot be had.
 * Parameters: mailbox_delivery_lock, deliver_lock_attempts, deliver_lock_delay, stale_lock_time.
 * Tests: tests/smtp/postlock-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "deliver/mailbox_lock.h"
#include "param/param.h"
#include "service/service.h"

static int run(char **argv)
{
    pid_t pid = fork();
    int status;

    if (pid < 0)
        log_fatal_status(EX_TEMPFAIL, "fork: %s", strerror(errno));
    if (pid == 0) {
        execvp(argv[0], argv);
        log_error("cannot execute %s: %s", argv[0], strerror(errno));
        _exit(EX_UNAVAILABLE);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            log_fatal_status(EX_TEMPFAIL, "waitpid: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void check_methods(const char *list)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (!str_eq(word, "fcntl") && !str_eq(word, "flock") && !str_eq(word, "dotlock"))
            log_fatal_status(EX_TEMPFAIL, "unknown mailbox_delivery_lock value \"%.*s\" in \"%s\"", (int)word.n, word.p,
                             list);
}

int postlock_main(int argc, char **argv);

int postlock_main(int argc, char **argv)
{
    static const char usage[] = "usage: postlock [-c config_dir] [-l lock_style] [-v] folder command...";
    const char *dir = NULL, *style = NULL;
    struct mailbox_lock lock = { 0 };
    struct why why;
    int c, fd, status;

    log_open(&(struct log_options){ .tag = "postlock", .sinks = LOG_TO_STDERR, .exit_status = EX_TEMPFAIL });
    optind = 1;
    while ((c = getopt(argc, argv, "+c:l:v")) > 0) {
        switch (c) {
        case 'c': dir = optarg; break;
        case 'l': style = optarg; break;
        case 'v': log_verbose++; break;
        default: log_fatal_status(EX_TEMPFAIL, "%s", usage);
        }
    }
    if (optind + 2 > argc)
        log_fatal_status(EX_TEMPFAIL, "%s", usage);
    param_set_process("postlock", "postlock");
    param_load(dir, false);
    lock.path = argv[optind];
    lock.methods = style ? style : par_mailbox_delivery_lock();
    check_methods(lock.methods);
    lock.attempts = (int)par_deliver_lock_attempts();
    lock.delay = par_deliver_lock_delay();
    lock.stale = par_stale_lock_time();
    if (mailbox_dotlock(&lock, &why) != OK)
        log_fatal_status(EX_TEMPFAIL, "open file %s: %s", lock.path, why.text);
    fd = open(lock.path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        mailbox_unlock(&lock);
        log_fatal_status(EX_TEMPFAIL, "open file %s: %s", lock.path, strerror(errno));
    }
    if (mailbox_lock_file(&lock, fd, &why) != OK) {
        mailbox_unlock(&lock);
        log_fatal_status(EX_TEMPFAIL, "open file %s: %s", lock.path, why.text);
    }
    status = run(argv + optind + 1);
    mailbox_unlock(&lock);
    return status;
}
