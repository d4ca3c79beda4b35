/* connect.c - to another service of ours, by its socket below the queue directory
 *
 * Runs in: daemons and commands whose current directory is the queue directory.
 * Parameters: none.  Tests: tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "net/sock.h"
#include "service/service.h"

int service_connect(const char *class, const char *name, int timeout_ms)
{
    char path[200];

    if (strchr(name, '/') || snprintf(path, sizeof path, "%s/%s", class, name) >= (int)sizeof path) {
        errno = ENOENT;
        return -1;
    }
    return sock_connect_unix(path, timeout_ms);
}
