/* map_server.c - a connection to a server that answers for a table, kept between questions
 *
 * Made at the first question, inside the jail: paths of sockets are below the
 * queue directory there. Names of hosts come from what was read before.
 * Runs in: every process that opens tables.
 * Parameters: none.  Tests: tests/tables/test_servers.py
 */
/* SPDX-License-Identifier: ISC */
#include "map/map_server.h"

#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/dns.h"
#include "net/endpoint.h"

enum {
    SERVER_MS = 100000, /* for each read and write */
    OUT_MAX = 2048,
};

enum result map_server_init(struct map *m, struct map_server *s, struct str where)
{
    errno = 0; /* that will not pass */
    if (m->flags & MAP_NO_UNAUTH)
        return map_surrogate(m, "%s map is not allowed for security-sensitive data", m->spec);
    s->where = mem_dup_n(where.p, where.n);
    dns_init(NULL);
    return OK;
}

enum result map_server_connect(struct map_server *s, int64_t idle_ms, int64_t life_ms, size_t in_cap)
{
    int64_t now = clock_ms();
    int fd;

    if (s->open && ((idle_ms && now - s->used > idle_ms) || (life_ms && now - s->opened > life_ms)))
        map_server_drop(s);
    s->used = now;
    if (s->open)
        return OK;
    fd = endpoint_connect(s->where, SERVER_MS);
    if (fd < 0)
        return TEMP;
    stream_init(&s->io, fd, in_cap, OUT_MAX, SERVER_MS);
    s->open = true;
    s->opened = now;
    return OK;
}

void map_server_drop(struct map_server *s)
{
    static const int errors[] = { [STREAM_EOF] = ECONNRESET, [STREAM_TIMEOUT] = ETIMEDOUT };
    int error = errno;

    if (!s->open)
        return;
    if (s->io.err < ARRAY_LEN(errors) && errors[s->io.err])
        error = errors[s->io.err];
    stream_done(&s->io);
    s->open = false;
    errno = error;
}
