/* map_unix.c - unix:passwd.byname and unix:group.byname: accounts of this system
 *
 * The files are held open, so that they can be searched inside a jail, where
 * the library's own functions see nothing; those are asked only where other
 * sources (LDAP, sss) are configured. A file that was replaced shows in
 * map_changed().
 * Runs in: every process that opens tables; opened before the jail.
 * Parameters: none.  Feature: MAP_UNIX.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map_int.h"

enum result map_unix_open(struct map *m, const char *path);

enum { ENTRY_MAX = 1 << 20 };

struct accounts {
    enum result (*ask)(const char *name, struct buf *tmp, struct buf *out);
    bool others;          /* other sources than the file are configured */
    int fd;
    struct buf tmp;
};

/* errno values with which the library says "no such entry" (getpwnam(3)). */
static enum result absent_or_failed(int err)
{
    return err == 0 || err == ENOENT || err == ESRCH || err == EBADF || err == EPERM ? NONE : TEMP;
}

static enum result ask_passwd(const char *name, struct buf *tmp, struct buf *out)
{
    struct passwd pw, *found;
    int err;

    while ((err = getpwnam_r(name, &pw, tmp->p, tmp->cap, &found)) == ERANGE && tmp->cap < ENTRY_MAX)
        if (!buf_reserve(tmp, tmp->cap * 2 - 1))
            return TEMP;
    if (!found)
        return absent_or_failed(err);
    return buf_printf(out, "%s:%s:%lu:%lu:%s:%s:%s", pw.pw_name, pw.pw_passwd, (unsigned long)pw.pw_uid,
                      (unsigned long)pw.pw_gid, pw.pw_gecos ? pw.pw_gecos : "", pw.pw_dir, pw.pw_shell) ? OK : TEMP;
}

static enum result ask_group(const char *name, struct buf *tmp, struct buf *out)
{
    struct group gr, *found;
    int err;

    while ((err = getgrnam_r(name, &gr, tmp->p, tmp->cap, &found)) == ERANGE && tmp->cap < ENTRY_MAX)
        if (!buf_reserve(tmp, tmp->cap * 2 - 1))
            return TEMP;
    if (!found)
        return absent_or_failed(err);
    buf_printf(out, "%s:%s:%lu:", gr.gr_name, gr.gr_passwd, (unsigned long)gr.gr_gid);
    for (char **p = gr.gr_mem; *p; p++)
        buf_printf(out, "%s%s", p == gr.gr_mem ? "" : ",", *p);
    return out->over ? TEMP : OK;
}

/* The line that begins with "name:". The block grows until it holds a whole line. */
static enum result search_file(struct accounts *a, struct str name, struct buf *out)
{
    int64_t at = 0;

    for (;;) {
        char *block = a->tmp.p;
        ssize_t n = pread(a->fd, block, a->tmp.cap, (off_t)at);
        struct str rest = { block, n > 0 ? (size_t)n : 0 };

        if (n < 0)
            return TEMP;
        if (n == 0)
            return NONE;
        while (rest.n) {
            size_t end = str_find(rest, '\n');

            if (end == rest.n && (rest.p != block || rest.n == a->tmp.cap))
                break; /* not all of this line */
            if (end > name.n && rest.p[name.n] == ':' && memcmp(rest.p, name.p, name.n) == 0)
                return buf_add(out, rest.p, end) ? OK : TEMP;
            end += end < rest.n;
            rest = (struct str){ rest.p + end, rest.n - end };
        }
        if (rest.n && rest.p == block && !buf_reserve(&a->tmp, a->tmp.cap * 2 - 1))
            return TEMP;
        at += (int64_t)((size_t)n - rest.n);
    }
}

static enum result unix_get(struct map *m, struct str key, struct buf *out)
{
    struct accounts *a = m->state;
    enum result r = NONE;
    char name[256];

    if (!key.n || key.n >= sizeof name || str_find(key, ':') < key.n || str_find(key, '\n') < key.n)
        return NONE;
    if (a->fd >= 0)
        r = search_file(a, key, out);
    if (r != NONE || !a->others)
        return r;
    memcpy(name, key.p, key.n);
    name[key.n] = 0;
    return a->ask(name, &a->tmp, out);
}

static const struct map_ops unix_ops = { unix_get, NULL };

/* Does nsswitch.conf name more than the file? Without that file, no. TEMP when it cannot be read. */
static enum result has_other_sources(const char *database, bool *others)
{
    struct buf text;
    struct str rest, line, word;
    enum result r;

    *others = false;
    buf_init(&text, 65536);
    r = io_read_file(AT_FDCWD, "/etc/nsswitch.conf", &text);
    if (r == OK) {
        rest = buf_view(&text);
        while (str_word(&rest, "\n", &line) == OK) {
            if (str_word(&line, " \t:", &word) != OK || !str_eq(word, database))
                continue;
            while (str_word(&line, " \t:", &word) == OK)
                *others |= !str_eq(word, "files") && !str_eq(word, "compat") && word.p[0] != '[';
        }
    }
    buf_done(&text);
    return r == TEMP ? TEMP : OK;
}

enum result map_unix_open(struct map *m, const char *path)
{
    static const struct {
        const char *name, *database, *file;
        enum result (*ask)(const char *name, struct buf *tmp, struct buf *out);
    } kinds[] = {
        { "passwd.byname", "passwd", "/etc/passwd", ask_passwd },
        { "group.byname", "group", "/etc/group", ask_group },
    };
    struct accounts *a;

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].name, path) != 0)
            continue;
        a = mem_new(sizeof *a);
        a->ask = kinds[i].ask;
        a->fd = -1;
        m->state = a;
        if (has_other_sources(kinds[i].database, &a->others) != OK)
            return map_surrogate(m, "read /etc/nsswitch.conf: %s", strerror(errno));
        buf_init(&a->tmp, ENTRY_MAX);
        (void)buf_reserve(&a->tmp, 4095);
        a->fd = open(kinds[i].file, O_RDONLY | O_CLOEXEC);
        if (a->fd < 0 && errno != ENOENT)
            return map_surrogate(m, "open %s: %s", kinds[i].file, strerror(errno));
        if (a->fd >= 0)
            map_watch(m, a->fd);
        m->ops = &unix_ops;
        return OK;
    }
    return map_surrogate(m, "unknown table: %s", m->spec);
}
