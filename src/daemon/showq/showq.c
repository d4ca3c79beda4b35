/* showq.c - the listing of the queue
 *
 * Who connects: postqueue (mailq), run by any user, on public/showq. It reads the
 * queue files itself; the queue manager is not disturbed.
 * Trust: queue files are parsed as hostile; the user's identity comes from the kernel.
 * Runs in: its own process, on demand, unprivileged.
 * Parameters: authorized_mailq_users.  Tests: tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "param/param.h"
#include "service/qlist.h"
#include "service/service.h"

static bool allowed(int fd)
{
    uid_t uid;
    gid_t gid;
    pid_t pid;

    if (sock_peer(fd, &uid, &gid, &pid) != OK)
        return false;
    return uid == 0 || service_user_allowed("authorized_mailq_users", par_authorized_mailq_users(), uid) == OK;
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    if (!allowed(fd))
        qlist_send_denied(fd);
    else if (qlist_send(fd) != OK)
        log_debug("listing not sent: %s", strerror(errno));
    close(fd);
}

static void before_jail(struct service *s)
{
    service_users_keep();
}

int showq_main(int argc, char **argv);

int showq_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "showq", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve
    };

    return service_main(&d, argc, argv);
}
