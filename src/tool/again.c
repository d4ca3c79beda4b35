/* again.c - one command handing over to another of this binary
 *
 * Runs in: commands.  Parameters: none.  Tests: tests/smtp/sendmail-*.t
 */
/* SPDX-License-Identifier: ISC */
#include "tool/again.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

void again_exec(char *const argv[])
{
    execv("/proc/self/exe", argv);
    log_fatal_status(71, "cannot run %s through /proc/self/exe: %s; is /proc mounted?", argv[0], strerror(errno));
}

int again_run(char *const argv[])
{
    pid_t pid = fork();
    int status;

    if (pid < 0)
        return -1;
    if (pid == 0)
        again_exec(argv);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
