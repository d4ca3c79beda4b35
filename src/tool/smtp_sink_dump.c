/* smtp_sink_dump.c - what clients sent, in one file each or in one for all
 *
 * A message is written to a file of its own first; with -D that is added, under a lock, to the common file when it
 * is complete, so messages of parallel sessions never mix.
 * Runs as: the user of smtp-sink.  Parameters: none.  Tests: tests/tools/smtp-sink-dump.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "tool/smtp_sink_int.h"

enum { KEEP = 32768, PATH_ROOM = 1024 };

/* Makes what is missing of the directories above path. */
static void make_parents(const char *path)
{
    char *copy = mem_dup(path);

    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(copy, 0777) < 0 && errno != EEXIST)
            log_fatal("mkdir %s: %s", copy, strerror(errno));
        *slash = '/';
    }
    free(copy);
}

static int open_with_parents(const char *path, int flags)
{
    int fd = open(path, flags | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0 && errno == ENOENT) {
        make_parents(path);
        fd = open(path, flags | O_CREAT | O_CLOEXEC, 0644);
    }
    return fd;
}

static void expand(const char *template, char path[PATH_ROOM])
{
    time_t now = time(NULL);

    if (!strftime(path, PATH_ROOM, template, localtime(&now)))
        log_fatal("file name template %s: empty or too long", template);
}

static int octal(const char **text)
{
    int value = 0;

    for (int i = 0; i < 3 && **text >= '0' && **text <= '7'; i++)
        value = value * 8 + *(*text)++ - '0';
    return value & 0xff;
}

static void add_start(struct buf *out, const char *text)
{
    static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";

    while (*text) {
        const char *at;

        if (*text != '\\' || !text[1]) {
            buf_putc(out, *text++);
        } else if (*++text >= '0' && *text <= '7') {
            buf_putc(out, octal(&text));
        } else {
            at = strchr(names, *text);
            buf_putc(out, at ? values[at - names] : *text);
            text++;
        }
    }
}

static void flush(struct smtp_sink_dump *d)
{
    if (io_write(d->fd, d->out.p, d->out.n) != OK)
        log_fatal("write %s: %s", d->path, strerror(errno));
    buf_reset(&d->out);
}

void smtp_sink_dump_open(struct smtp_sink_dump *d, const struct smtp_sink_dump_options *opt,
                         const struct smtp_sink_envelope *e)
{
    struct str rest = e->rcpts, rcpt;
    char path[PATH_ROOM];
    unsigned id;

    expand(opt->template, path);
    do {
        id = (unsigned)random() ^ (unsigned)clock_us();
        free(d->path);
        d->path = mem_printf("%s%08x", path, id);
        d->fd = open_with_parents(d->path, O_RDWR | O_EXCL);
    } while (d->fd < 0 && errno == EEXIST);
    if (d->fd < 0)
        log_fatal("create file %s: %s", d->path, strerror(errno));
    buf_init(&d->out, 1 << 20);
    add_start(&d->out, opt->start ? opt->start : "");
    buf_printf(&d->out, "X-Client-Addr: %s\nX-Client-Proto: %s\n", e->addr, e->proto);
    if (e->helo)
        buf_printf(&d->out, "X-Helo-Args: %s\n", e->helo);
    buf_printf(&d->out, "X-Mail-Args: %s\n", e->mail);
    while (str_word(&rest, "\n", &rcpt) == OK)
        buf_printf(&d->out, "X-Rcpt-Args: %.*s\n", (int)rcpt.n, rcpt.p);
    if (e->helo)
        buf_printf(&d->out, "Received: from %s ([%s])\n", e->helo, e->addr);
    else
        buf_printf(&d->out, "Received: from [%s] ([%s])\n", e->addr, e->addr);
    buf_printf(&d->out, "\tby %s (smtp-sink) with %s id %08x;\n\t%s\n", e->host, e->proto, id,
               clock_rfc5322(clock_wall().tv_sec));
    flush(d);
}

void smtp_sink_dump_add(struct smtp_sink_dump *d, const char *p, size_t n)
{
    buf_add(&d->out, p, n);
    if (d->out.n >= KEEP)
        flush(d);
}

void smtp_sink_dump_drop(struct smtp_sink_dump *d)
{
    if (d->fd < 0)
        return;
    unlink(d->path);
    close(d->fd);
    buf_done(&d->out);
    free(d->path);
    d->path = NULL;
    d->fd = -1;
}

static void append_to_common(struct smtp_sink_dump *d, const char *template)
{
    char path[PATH_ROOM], block[16384];
    ssize_t n;
    int to;

    expand(template, path);
    to = open_with_parents(path, O_WRONLY | O_APPEND);
    if (to < 0 || flock(to, LOCK_EX) < 0 || lseek(d->fd, 0, SEEK_SET) < 0)
        log_fatal("open %s: %s", path, strerror(errno));
    while ((n = read(d->fd, block, sizeof block)) > 0)
        if (io_write(to, block, (size_t)n) != OK)
            log_fatal("write %s: %s", path, strerror(errno));
    close(to);
}

void smtp_sink_dump_done(struct smtp_sink_dump *d, const struct smtp_sink_dump_options *opt)
{
    buf_putc(&d->out, '\n');
    flush(d);
    if (opt->append) {
        append_to_common(d, opt->template);
        smtp_sink_dump_drop(d);
        return;
    }
    close(d->fd);
    buf_done(&d->out);
    free(d->path);
    d->path = NULL;
    d->fd = -1;
}
