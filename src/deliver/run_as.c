/* run_as.c - do one thing as another user, in a process of its own
 *
 * The identity is given up for good, so whatever the user's files make the
 * child do, root is out of reach.
 * Runs in: local, virtual.  Trust: the child's answer is bounded and checked.
 * Parameters: none.  Tests: tests/system/test_isolation.py
 */
/* SPDX-License-Identifier: ISC */
#include "deliver/run_as.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "net/frame.h"
#include "service/service.h"

enum { REPLY = 1, RUN_TIMEOUT = 3600 * 1000 };

static NORETURN void child(const struct run_as *who, enum result (*work)(void *arg, struct buf *out, struct why *why),
                           void *arg, size_t max, int fd)
{
    struct why why = { .dsn = "" };
    struct frame f;
    struct buf out;
    enum result r;

    buf_init(&out, max);
    frame_init(&f, FRAME_MAX);
    service_become(who->uid, who->extra != (gid_t)-1 ? who->extra : who->gid);
    r = work(arg, &out, &why);
    frame_begin(&f, REPLY);
    frame_put_u32(&f, (uint32_t)r);
    frame_put_text(&f, why.dsn);
    frame_put_text(&f, why.text);
    frame_put_str(&f, buf_view(&out));
    if (frame_send(fd, &f, RUN_TIMEOUT) != OK)
        _exit(75);
    _exit(0);
}

static enum result read_reply(pid_t pid, int fd, struct buf *out, struct why *why)
{
    struct frame f;
    enum result r = TEMP;
    struct str text;

    frame_init(&f, FRAME_MAX);
    if (frame_recv(fd, &f, RUN_TIMEOUT) == OK && f.type == REPLY) {
        const char *dsn, *reason;

        r = (enum result)frame_get_u32(&f);
        dsn = frame_get_text(&f);
        reason = frame_get_text(&f);
        text = frame_get_str(&f);
        if (!frame_end(&f) || (out && text.n && !buf_str(out, text)))
            r = why_set(why, "4.3.0", "a delivery process gave a malformed answer");
        else if (r != OK && r != NONE)
            why_set(why, *dsn ? dsn : "4.3.0", "%s", reason);
    } else {
        r = why_set(why, "4.3.0", "a delivery process died or hung");
        (void)kill(pid, SIGKILL); /* its user can have stopped it */
    }
    frame_done(&f);
    return r;
}

enum result run_as(const struct run_as *who, enum result (*work)(void *arg, struct buf *out, struct why *why),
                   void *arg, struct buf *out, struct why *why)
{
    struct buf nothing;
    int pair[2], status;
    enum result r;
    pid_t pid;

    buf_init(&nothing, 0);
    if (geteuid() != 0) {
        if (who->uid != geteuid())
            return why_set(why, "4.3.5", "cannot act as user id %ld: the mail system does not run as root",
                           (long)who->uid);
        return work(arg, out ? out : &nothing, why);
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return why_set(why, "4.3.0", "socketpair: %s", strerror(errno));
    pid = fork();
    if (pid == 0) {
        close(pair[0]);
        child(who, work, arg, out ? out->max : 0, pair[1]);
    }
    close(pair[1]);
    r = pid < 0 ? why_set(why, "4.3.0", "cannot fork: %s", strerror(errno)) : read_reply(pid, pair[0], out, why);
    close(pair[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return r;
}
