/* shared_fd.c - memory for services, which master itself never looks at
 *
 * Ticket keys and counters of clients survive a reload; a restart begins with
 * new ones. Services without a use for it do not get it.
 * Runs in: master.  Parameters: none.  Tests: tests/system/test_shared.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/master/master_int.h"
#include "service/shared.h"

static int shared_fd = -1;
/* Programs that count clients or share ticket keys. */
static const char *const users[] = { "smtpd" };

void shared_fd_open(void)
{
    int fd = inherit_take("shared");

    if (shared_fits(fd)) {
        shared_fd = fd;
        return;
    }
    if (fd >= 0) /* of another version */
        close(fd);
    shared_fd = shared_create();
    if (shared_fd < 0)
        log_warn("no shared memory: %s; clients are not counted, TLS sessions are resumed by the same process only",
                 strerror(errno));
}

void shared_fd_keep(void)
{
    if (shared_fd >= 0)
        inherit_keep("shared", shared_fd);
}

int shared_fd_for(const struct svc *s)
{
    for (size_t i = 0; i < ARRAY_LEN(users); i++)
        if (s->kind == SVC_APPLET && strcmp(s->entry->argv[0], users[i]) == 0)
            return shared_fd;
    return -1;
}
