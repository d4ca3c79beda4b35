/* map_tcp.c - tcp:host:port, a server that is asked a line at a time (tcp_table(5))
 *
 *   get KEY       what is not printable, blanks and % as %XX
 *   200 TEXT      found; 500: not there; 400: ask again later
 * The whole key is asked for, never a part of it.
 * Runs in: every process that opens tables.
 * Parameters: none.  Feature: MAP_TCP.  Tests: tests/tables/test_servers.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_server.h"

enum result map_tcp_open(struct map *m, const char *path);

enum {
    REPLY_MAX = 4096, /* with its newline */
    TRIES = 10,       /* a second apart */
};

static void put_key(struct stream *io, struct str key)
{
    for (size_t i = 0; i < key.n; i++) {
        unsigned char c = (unsigned char)key.p[i];

        if (c > ' ' && c < 0x7F && c != '%')
            stream_put(io, &c, 1);
        else
            stream_printf(io, "%%%02x", c);
    }
}

static int hex(int c)
{
    c = chr_lower(c);
    return chr_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX; false: something else follows a %. */
static bool decode(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        int c = (unsigned char)text.p[i];

        if (c == '%') {
            if (i + 2 >= text.n || hex(text.p[i + 1]) < 0 || hex(text.p[i + 2]) < 0)
                return false;
            c = hex(text.p[i + 1]) * 16 + hex(text.p[i + 2]);
            i += 2;
        }
        if (!c || !buf_putc(out, (char)c))
            return false;
    }
    return true;
}

/* A line of reply: OK; TEMP: it has been said why there is none. */
static enum result ask(struct map *m, struct str key, struct str *line)
{
    struct map_server *s = m->state;
    bool crlf;
    enum result r;

    if (map_server_connect(s, 0, 0, REPLY_MAX) != OK) {
        log_warn("connect to TCP map %s: %s", m->path, strerror(errno));
        return TEMP;
    }
    stream_puts(&s->io, "get ");
    put_key(&s->io, key);
    stream_puts(&s->io, "\n");
    r = stream_flush(&s->io);
    if (r == OK)
        r = stream_line(&s->io, line, &crlf);
    if (r == OK)
        return OK;
    if (r == NONE)
        errno = EMSGSIZE;
    map_server_drop(s);
    log_warn("read TCP map reply from %s: %s", m->path, strerror(errno));
    return TEMP;
}

static enum result understand(struct map *m, struct str line, struct buf *out)
{
    char code = line.n >= 4 && line.p[3] == ' ' ? line.p[0] : 0;

    if ((code != '2' && code != '4' && code != '5') ||
        !decode((struct str){ line.p + 4, line.n - 4 }, out)) {
        log_warn("read TCP map reply from %s: malformed reply: %.*s", m->path, (int)(line.n > 100 ? 100 : line.n),
                 line.p);
        map_server_drop(m->state);
        return TEMP;
    }
    if (code == '4')
        log_warn("TCP map %s: temporary error: %.100s", m->path, out->p);
    return code == '2' ? OK : code == '5' ? NONE : TEMP;
}

static enum result tcp_get(struct map *m, struct str key, struct buf *out)
{
    const struct timespec second = { .tv_sec = 1 };
    struct str line;

    for (int i = 0; i < TRIES; i++) {
        if (i)
            (void)nanosleep(&second, NULL);
        if (ask(m, key, &line) == OK)
            return understand(m, line, out);
    }
    return TEMP;
}

static const struct map_ops tcp_ops = { tcp_get, NULL };

enum result map_tcp_open(struct map *m, const char *path)
{
    struct map_server *s = mem_new(sizeof *s);

    m->state = s;
    if (map_server_init(m, s, str_of(path)) != OK)
        return PERM;
    m->class = MAP_PATTERN;
    m->ops = &tcp_ops;
    return OK;
}
