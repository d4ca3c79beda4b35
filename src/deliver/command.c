/* command.c - the message on standard input of a command, and what its end means
 *
 * Standard output and error are collected up to a limit for the bounce; a
 * status code at the start of that text overrides the exit status.
 * Runs in: local, pipe, as root; the child becomes the user.
 * Trust: the command is the administrator's or the user's; its output is only text.
 * Parameters: none (struct command).  Tests: tests/smtp/pipe-*.t, tests/smtp/local-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "deliver/copy.h"
#include "service/service.h"

enum { OUTPUT_MAX = 2048, WORDS = 128, KILL_GRACE_MS = 5000, WRITER_GRACE_MS = 2000 };

/* Exit status to status code (sysexits.h; shared table pipe_flags "command exit status"). */
static const char *const sysexits[] = {
    [0] = "5.3.0", [64 - 63] = "5.3.0", [65 - 63] = "5.6.0", [66 - 63] = "5.3.0", [67 - 63] = "5.1.1",
    [68 - 63] = "5.1.2", [69 - 63] = "5.3.0", [70 - 63] = "5.3.0", [71 - 63] = "4.3.0", [72 - 63] = "5.3.0",
    [73 - 63] = "5.2.0", [74 - 63] = "5.3.0", [75 - 63] = "4.3.0", [76 - 63] = "5.5.0", [77 - 63] = "5.7.0",
    [78 - 63] = "5.3.5",
};

static const char *const sysexit_texts[] = {
    [64 - 63] = "command line usage error",  [65 - 63] = "data format error",
    [66 - 63] = "cannot open input",         [67 - 63] = "user unknown",
    [68 - 63] = "host name unknown",         [69 - 63] = "service unavailable",
    [70 - 63] = "internal software error",   [71 - 63] = "system resource problem",
    [72 - 63] = "critical OS file missing",  [73 - 63] = "can't create user output file",
    [74 - 63] = "input/output error",        [75 - 63] = "temporary failure",
    [76 - 63] = "remote error in protocol",  [77 - 63] = "permission denied",
    [78 - 63] = "local configuration error",
};

/* Cuts text at blanks, in place. */
static int split_words(char *text, char **words, int max)
{
    struct str rest = str_of(text), word;
    char *end = NULL;
    int n = 0;

    while (n < max - 1 && str_word(&rest, " \t", &word) == OK) {
        if (end)
            *end = 0; /* only now: the search goes on from there */
        words[n++] = text + (word.p - text);
        end = text + (word.p - text) + word.n;
    }
    if (end)
        *end = 0;
    words[n] = NULL;
    return n;
}

/* The administrator can put that right: the mail waits. */
static NORETURN void cannot_run(const struct command *c, const char *name)
{
    const char *error = strerror(errno);

    dprintf(STDERR_FILENO, "%s: fatal: execvp %s: %s\n", c->argv ? "pipe" : "local", name, error);
    log_fatal("execvp %s: %s", name, error);
}

static NORETURN void exec_words(const struct command *c, char *const *words)
{
    execvp(words[0], words);
    cannot_run(c, words[0]);
}

/* Without the shell when nothing in it is for the shell; what is no program may be one of its own commands. */
static NORETURN void exec_text(const struct command *c)
{
    static const char plain[] = "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \t";
    char *words[WORDS], *copy = mem_dup(c->text), *sh[] = { (char *)"sh", (char *)"-c", mem_dup(c->text), NULL };
    int n;

    if (c->shell && *c->shell) {
        n = split_words(mem_dup(c->shell), words, WORDS - 1);
        words[n++] = copy;
        words[n] = NULL;
        exec_words(c, words);
    }
    n = c->text[strspn(c->text, plain)] ? 0 : split_words(copy, words, WORDS);
    if (n > 0 && n < WORDS - 1) {
        execvp(words[0], words);
        if (errno != ENOENT || strchr(words[0], '/'))
            cannot_run(c, words[0]);
    }
    execv("/bin/sh", sh);
    cannot_run(c, "/bin/sh");
}

/* Whoever writes too much is told so, not killed. */
static void limit_files(int64_t bytes)
{
    struct rlimit limit = { .rlim_cur = (rlim_t)bytes, .rlim_max = (rlim_t)bytes };

    signal(SIGXFSZ, SIG_IGN);
    if (bytes && setrlimit(RLIMIT_FSIZE, &limit) < 0)
        log_warn("setrlimit: %s", strerror(errno));
}

static NORETURN void child(const struct command *c, int in, int out)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    setsid(); /* no terminal of ours is in reach */
    limit_files(c->file_limit);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(71);
    if (c->chroot && (chroot(c->chroot) < 0 || chdir("/") < 0)) {
        dprintf(2, "4.3.5 cannot change root directory to %s: %s\n", c->chroot, strerror(errno));
        _exit(75);
    }
    log_exit_status(75);
    service_become(c->uid, c->gid);
    if (c->dir && chdir(c->dir) < 0)
        log_fatal("cannot change directory to \"%s\" for uid=%ld gid=%ld: %s", c->dir, (long)c->uid, (long)c->gid,
                  strerror(errno));
    environ = (char **)(uintptr_t)c->env; /* its PATH is the one to search */
    if (!c->argv)
        exec_text(c);
    exec_words(c, c->argv);
}

/* The message goes in from a process of its own, so reading the output can never deadlock with writing. */
static pid_t start_writer(const struct command *c, const struct delivery *d, const struct delivery_rcpt *r, int to,
                          int other)
{
    pid_t pid = fork();
    bool write_failed;

    if (pid != 0)
        return pid;
    close(other);
    signal(SIGPIPE, SIG_IGN);
    if (copy_content(d, r, to, c->flags, c->eol, &write_failed) == OK)
        _exit(0);
    _exit(write_failed && errno == EPIPE ? 0 : 1); /* a command may stop reading early; its exit status counts */
}

/* Reads until the output ends or the limit; true = in time. */
static bool collect_output(int from, char *text, size_t cap, int64_t deadline)
{
    char block[512];
    size_t used = 0;

    for (;;) {
        ssize_t n;

        if (io_wait(from, false, deadline) != OK)
            return false;
        n = read(from, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n && used + 1 < cap; i++)
            text[used++] = block[i];
    }
    text[used] = 0;
    return true;
}

static bool wait_until(pid_t pid, int *status, int64_t deadline)
{
    for (;;) {
        pid_t got = waitpid(pid, status, WNOHANG);

        if (got == pid)
            return true;
        if (got < 0 && errno != EINTR) {
            *status = 75 << 8;
            return true;
        }
        if (clock_ms() > deadline)
            return false;
        usleep(clock_ms() + 1000 < deadline ? 2000 : 20000);
    }
}

static void end_group(pid_t pid, int *status)
{
    kill(-pid, SIGTERM);
    kill(pid, SIGTERM);
    if (wait_until(pid, status, clock_ms() + KILL_GRACE_MS))
        return;
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    (void)waitpid(pid, status, 0);
}

/* True when it could not read the message or died by itself: the command may have taken a part for the whole. */
static bool end_writer(pid_t pid)
{
    int status;

    /* It ends at once unless something that the command left behind keeps the pipe open and does not read it. */
    if (wait_until(pid, &status, clock_ms() + WRITER_GRACE_MS))
        return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return false;
}

static const char *name_of(const struct command *c)
{
    return c->text ? c->text : c->argv[0];
}

static enum result judge(const struct command *c, int status, char *output, struct why *why)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    bool known = code >= 64 && code <= 78;
    const char *dsn = known ? sysexits[code - 63] : "5.3.0";
    struct str text = str_trim(str_of(output));
    size_t n = why_dsn_length(output);

    if (code == 0)
        output[text.p - output + (ptrdiff_t)text.n] = 0;
    for (char *p = output; (p = strchr(p, '\n'));)
        *p = ' ';
    if (code == 0) {
        (void)why_set(why, "2.0.0", "%s", text.p);
        return OK;
    }
    if (WIFSIGNALED(status))
        return why_set(why, "4.3.0", "Command died with signal %d: \"%s\"%s%s", WTERMSIG(status), name_of(c),
                       text.n ? ". Command output: " : "", text.p);
    if (n && (output[0] == '4' || output[0] == '5')) {
        char own[12];

        snprintf(own, sizeof own, "%.*s", n < sizeof own ? (int)n : 0, output);
        return why_set(why, own, "%s", output + n + (output[n] == ' '));
    }
    if (known)
        return why_set(why, dsn, "%s%s%s", sysexit_texts[code - 63], text.n ? ". Command output: " : "", text.p);
    return why_set(why, dsn, "Command died with status %d: \"%s\"%s%s", code, name_of(c),
                   text.n ? ". Command output: " : "", text.p);
}

/* What takes too long now would again: not tried again, as in Postfix. */
static enum result too_late(const struct command *c, char *output, struct why *why)
{
    for (char *p = output; (p = strchr(p, '\n'));)
        *p = ' ';
    return why_set(why, "5.3.0", "Command time limit exceeded: \"%s\"%s%s", name_of(c),
                   *output ? ". Command output: " : "", output);
}

enum result command_run(const struct command *c, const struct delivery *d, const struct delivery_rcpt *r,
                        struct why *why)
{
    int64_t deadline = clock_ms() + (int64_t)c->time_limit * 1000;
    char output[OUTPUT_MAX] = "";
    int in[2], out[2], status = 0;
    pid_t pid, writer;
    bool in_time, writer_died;

    if (pipe2(in, O_CLOEXEC) < 0)
        return why_set(why, "4.3.0", "pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) < 0) {
        close(in[0]);
        close(in[1]);
        return why_set(why, "4.3.0", "pipe: %s", strerror(errno));
    }
    pid = fork();
    if (pid == 0)
        child(c, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    writer = pid < 0 ? -1 : start_writer(c, d, r, in[1], out[0]);
    close(in[1]);
    if (pid < 0 || writer < 0) {
        close(out[0]);
        if (pid > 0)
            end_group(pid, &status);
        return why_set(why, "4.3.0", "cannot fork: %s", strerror(errno));
    }
    in_time = collect_output(out[0], output, sizeof output, deadline) && wait_until(pid, &status, deadline);
    if (!in_time)
        end_group(pid, &status);
    close(out[0]);
    writer_died = end_writer(writer);
    if (!in_time)
        return too_late(c, output, why);
    if (writer_died)
        return why_set(why, "4.3.0", "error reading message");
    return judge(c, status, output, why);
}
