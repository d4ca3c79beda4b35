/* map_server.h - a connection to a server that answers for a table, kept between questions */
/* SPDX-License-Identifier: ISC */
#ifndef MAP_MAP_SERVER_H
#define MAP_MAP_SERVER_H

#include "map/map_int.h"
#include "net/stream.h"

struct map_server {
    char *where;            /* "inet:host:port" or "unix:path" */
    struct stream io;
    bool open;
    int64_t opened, used;   /* clock_ms */
};

/* Opens what the name of a table says, where: a copy of that is made. PERM: m became a surrogate, because its answers
 * would decide who may do what here, and nobody knows who gives them. */
enum result map_server_init(struct map *m, struct map_server *s, struct str where) MUST;
/* A connection, new when the last was not used for idle_ms or is older than life_ms (0 = that does not matter). in_cap:
 * room for what is read at once. OK; TEMP with errno. */
enum result map_server_connect(struct map_server *s, int64_t idle_ms, int64_t life_ms, size_t in_cap) MUST;
/* After a failure; keeps errno, which says what it was. */
void map_server_drop(struct map_server *s);

#endif
