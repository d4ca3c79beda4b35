/* map_socketmap.c - socketmap:inet:host:port:name and socketmap:unix:path:name (socketmap_table(5))
 *
 * Question and answer are netstrings: "NAME KEY"; "OK DATA", "NOTFOUND ", or
 * TEMP, TIMEOUT, PERM and a reason. The whole key is asked for, never a part
 * of it.
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_SOCKETMAP.  Tests: tests/tables/test_servers.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_server.h"

enum result map_socketmap_open(struct map *m, const char *path);

enum {
    REQUEST_MAX = 10000,
    REPLY_MAX = 100000,
    IDLE_MS = 10000,
    LIFE_MS = 100000,
    IN_MAX = 2048,
};

struct socketmap {
    struct map_server server; /* the first member: map_server.c knows no more of it */
    const char *name;         /* inside the table's */
    struct buf reply;
};

static int next_byte(struct stream *io)
{
    struct str view;
    int c;

    if (stream_peek(io, &view) != OK)
        return -1;
    c = (unsigned char)view.p[0];
    stream_eat(io, 1);
    return c;
}

/* NULL: a netstring is in out; or what is wrong with what came. */
static const char *get_netstring(struct stream *io, struct buf *out)
{
    static const char format[] = "input format error";
    size_t left = 0;
    struct str view;
    int c, digits = 0;

    buf_reset(out);
    while ((c = next_byte(io)) >= 0 && chr_is_digit(c) && digits++ < 6)
        left = left * 10 + (size_t)(c - '0');
    if (left > REPLY_MAX)
        return "input exceeds size limit";
    if (c >= 0 && (c != ':' || !digits))
        return format;
    while (c >= 0 && left) {
        if (stream_peek(io, &view) != OK)
            break;
        if (view.n > left)
            view.n = left;
        buf_str(out, view);
        stream_eat(io, view.n);
        left -= view.n;
    }
    c = next_byte(io);
    if (c < 0)
        return io->err == STREAM_TIMEOUT ? "time limit exceeded" : "unexpected disconnect";
    return c == ',' ? NULL : format;
}

/* NULL: the reply is there; or why not. */
static const char *ask(struct socketmap *s, struct str key)
{
    struct stream *io = &s->server.io;
    const char *bad;

    if (map_server_connect(&s->server, IDLE_MS, LIFE_MS, IN_MAX) != OK) {
        bad = strerror(errno);
        log_warn("connect to %s: %s", strchr(s->server.where, ':') + 1, bad);
        return bad;
    }
    stream_printf(io, "%zu:%s ", strlen(s->name) + 1 + key.n, s->name);
    stream_put(io, key.p, key.n);
    stream_puts(io, ",");
    bad = stream_flush(io) == OK ? get_netstring(io, &s->reply) : "unexpected disconnect";
    if (bad)
        map_server_drop(&s->server);
    return bad;
}

static enum result understand(struct map *m, struct str reply, struct buf *out)
{
    static const char *const failures[][2] = { { "TEMP", "temporary" }, { "TIMEOUT", "timeout" },
                                               { "PERM", "permanent" } };
    struct str status = { reply.p, str_find(reply, ' ') }, text = { "", 0 };
    const char *what = "unknown";

    if (status.n < reply.n)
        text = (struct str){ reply.p + status.n + 1, reply.n - status.n - 1 };
    if (str_eq(status, "NOTFOUND") || (str_eq(status, "OK") && status.n == reply.n))
        return NONE;
    if (str_eq(status, "OK") && !memchr(text.p, 0, text.n))
        return buf_str(out, text) ? OK : TEMP;
    for (size_t i = 0; i < ARRAY_LEN(failures); i++)
        if (str_eq(status, failures[i][0]))
            what = failures[i][1];
    log_warn("%s socketmap server %s error%s%.*s", m->spec, what, text.n ? ": " : "",
             (int)(text.n > 200 ? 200 : text.n), text.p);
    return TEMP;
}

static enum result socketmap_get(struct map *m, struct str key, struct buf *out)
{
    struct socketmap *s = m->state;
    bool kept = s->server.open;
    const char *bad = "the key is too long";
    enum result r;

    if (strlen(s->name) + 1 + key.n <= REQUEST_MAX) {
        bad = ask(s, key);
        if (bad && kept) /* a connection that was kept may have gone without our knowing */
            bad = ask(s, key);
    }
    if (bad) {
        log_warn("table %s lookup error: %s", m->spec, bad);
        return TEMP;
    }
    r = understand(m, buf_view(&s->reply), out);
    buf_shrink(&s->reply, IN_MAX);
    return r;
}

static const struct map_ops socketmap_ops = { socketmap_get, NULL };

enum result map_socketmap_open(struct map *m, const char *path)
{
    struct socketmap *s;
    const char *name = strrchr(path, ':');

    errno = 0; /* what is wrong with the spelling will not pass */
    if (!name || !name[1] || name - path < 6 || (strncmp(path, "inet:", 5) != 0 && strncmp(path, "unix:", 5) != 0))
        return map_surrogate(m, "%s: socketmap requires inet:host:port:name or unix:path:name", m->spec);
    s = mem_new(sizeof *s);
    m->state = s;
    s->name = name + 1;
    buf_init(&s->reply, REPLY_MAX);
    if (map_server_init(m, &s->server, (struct str){ path, (size_t)(name - path) }) != OK)
        return PERM;
    m->class = MAP_PATTERN;
    m->ops = &socketmap_ops;
    return OK;
}
