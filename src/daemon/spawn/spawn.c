/* spawn.c - a command of master.cf for each connection, as inetd does it
 *
 * Who connects: whoever may use the listener; policy services are the usual case.
 * Trust: this process reads nothing from the client. The command gets the
 * connection as standard input, output and error, and runs as user=.
 * Runs in: its own process, as root.
 * Parameters: <service>_time_limit, command_time_limit, export_environment.
 * Tests: tests/smtp/spawn-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "deliver/command_env.h"
#include "param/param.h"
#include "service/service.h"

static struct {
    uid_t uid;
    gid_t gid;
    char **argv;
    unsigned time_limit;
} attr;

static void before_jail(struct service *s)
{
    const char *user = NULL;

    for (char **a = s->argv; *a && !attr.argv; a++) {
        if (strncmp(*a, "user=", 5) == 0) {
            user = *a + 5;
        } else if (strncmp(*a, "argv=", 5) == 0) {
            *a += 5;
            attr.argv = **a ? a : a + 1;
        } else {
            log_fatal("unknown attribute name: %s", *a);
        }
    }
    if (!user)
        log_fatal("missing user= attribute");
    if (!attr.argv || !*attr.argv)
        log_fatal("missing argv= attribute");
    service_command_user(s->name, user, &attr.uid, &attr.gid);
    if (geteuid() != 0 && attr.uid != geteuid())
        log_fatal("service %s: cannot run a command as \"%s\": the mail system does not run as root", s->name, user);
    attr.time_limit = (unsigned)param_transport_num(s->name, P_transport_time_limit);
}

static NORETURN void become_command(int fd)
{
    struct command_env env;

    setsid();
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    io_nonblock(fd, false);
    if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(71);
    command_env_init(&env);
    service_become(attr.uid, attr.gid);
    environ = env.list; /* its PATH is the one to search */
    execvp(attr.argv[0], attr.argv);
    log_fatal("execvp %s: %s", attr.argv[0], strerror(errno));
}

static void on_limit(int sig)
{
}

static void wait_for_command(pid_t command)
{
    struct sigaction act = { .sa_handler = on_limit };
    int status;

    sigaction(SIGALRM, &act, NULL);
    alarm(attr.time_limit);
    while (waitpid(command, &status, 0) < 0) {
        if (errno != EINTR)
            return;
        log_warn("%s: process id %ld: command time limit exceeded", attr.argv[0], (long)command);
        kill(-command, SIGKILL);
    }
    alarm(0);
    if (WIFSIGNALED(status))
        log_warn("command %s killed by signal %d", attr.argv[0], WTERMSIG(status));
    else if (WEXITSTATUS(status))
        log_warn("command %s exit status %d", attr.argv[0], WEXITSTATUS(status));
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    pid_t command = fork();

    if (command == 0)
        become_command(fd);
    close(fd);
    if (command < 0)
        log_warn("fork: %s", strerror(errno));
    else
        wait_for_command(command);
}

int spawn_main(int argc, char **argv);

int spawn_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "spawn", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve, .keeps_root = true,
    };

    return service_main(&d, argc, argv);
}
