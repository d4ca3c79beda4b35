/* local_forward.c - a user's .forward file, and mail that goes on to other addresses
 *
 * The file is read as its user. Forwarded mail is a new message with a
 * Delivered-To: line, which is what stops a loop.
 * Runs in: local.  Parameters: forward_path, forward_expansion_filter,
 * prepend_delivered_header, frozen_delivered_to.  Tests: tests/system/test_isolation.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/local/local_int.h"
#include "deliver/run_as.h"
#include "mail/addr.h"
#include "param/param.h"
#include "service/service.h"

enum { FORWARD_FILE_MAX = 960 << 10, ADDRESSES_MAX = 64 << 20, BLOCK = 16 * 1024 };

/* --- the file --- */

/* OK with the text; NONE: no such file (out is empty), or one that does not count (out says "!"); TEMP. */
static enum result read_forward(void *arg, struct buf *out, struct why *why)
{
    const char *path = arg;
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    enum result r = OK;
    char block[4096];
    ssize_t n = 0;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return NONE;
    if (fd >= 0 && fstat(fd, &st) < 0) {
        r = why_set(why, "4.2.0", "cannot look at %s: %s", path, strerror(errno));
    } else if (fd < 0 && errno == EACCES && lstat(path, &st) < 0) {
        return NONE; /* below a directory that the user cannot search */
    } else if (fd < 0 && errno != EACCES && errno != ELOOP && errno != ENXIO) {
        return why_set(why, "4.2.0", "cannot open %s: %s", path, strerror(errno));
    } else if (fd < 0 && errno == EACCES) {
        log_warn("cannot open file %s: %s", path, strerror(EACCES));
        r = NONE;
    } else if (fd < 0 || !S_ISREG(st.st_mode)) {
        log_warn("file %s is not a regular file", path);
        r = NONE;
    } else if (st.st_uid != 0 && st.st_uid != geteuid()) {
        log_warn("file %s has bad owner uid %ld", path, (long)st.st_uid);
        r = NONE;
    } else if (st.st_mode & S_IWOTH) {
        log_warn("file %s is world writable", path);
        r = NONE;
    }
    while (r == OK && (n = read(fd, block, sizeof block)) > 0)
        if (!buf_add(out, block, (size_t)n))
            r = why_set(why, "4.2.0", "file %s is too large", path);
    if (r == OK && n < 0)
        r = why_set(why, "4.2.0", "cannot read %s: %s", path, strerror(errno));
    if (r == NONE)
        buf_puts(out, "!");
    if (fd >= 0)
        close(fd);
    return r;
}

/* Is $name in text, not as a condition? */
static bool uses(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = strchr(text, '$'); p; p = strchr(p + 1, '$')) {
        const char *at = p + 1 + (p[1] == '{' || p[1] == '(');

        if (strncmp(at, name, n) == 0 && (at == p + 1 ? !chr_is_alnum((unsigned char)at[n]) && at[n] != '_'
                                                      : at[n] == '}' || at[n] == ')'))
            return true;
    }
    return false;
}

static void expand_forward(struct job *j, const struct target *outer, struct target *t, struct str text, bool *found)
{
    const struct deliver_part *before = j->r->last_part;

    t->exp_from = t->local;
    t->notify = local_notify(outer->notify);
    *found = local_expand_file(j, t, text) > 0;
    if (*found)
        local_expanded(j, outer, before, false);
}

/* One word of forward_path: OK: it decided; AGAIN: there is no such file, look on; NONE: look no further. */
static enum result try_path(struct job *j, const struct target *outer, struct target *t, const char *word)
{
    struct run_as who = { .uid = t->as.uid, .gid = t->as.gid, .extra = (gid_t)-1 };
    char *path;
    struct buf text;
    struct why why;
    enum result r;
    bool found = false, whole;

    path = local_text(t, word, par_forward_expansion_filter(), "forward_path", &whole);
    if (!path || !whole) { /* no file of theirs who have no extension, for example */
        free(path);
        return AGAIN;
    }
    buf_init(&text, FORWARD_FILE_MAX);
    r = geteuid() != 0 && who.uid != geteuid() ? NONE : run_as(&who, read_forward, path, &text, &why);
    if (r == NONE && !text.n) {
        r = AGAIN;
    } else if (r == TEMP) {
        local_failed(j, outer, TEMP, &why);
        r = OK;
    } else if (r == OK && local_asked(j)) {
        local_sent(j, outer, "forward via file: %s", path);
    } else if (r == OK && local_first_time(j, "forward %s", path)) {
        if (uses(word, "extension") || !(j->t->extend & 1u << FROM_FORWARD))
            t->unmatched = NULL;
        expand_forward(j, outer, t, buf_view(&text), &found);
        r = found ? OK : NONE;
        if (found)
            (void)local_first_time(j, "forward-done %s", path);
    } else if (r == OK) {
        char *done = mem_printf("forward-done %s", path);

        r = htab_get(j->seen, str_of(done)) ? OK : NONE; /* NONE: met again inside itself */
        free(done);
    }
    buf_done(&text);
    free(path);
    return r;
}

enum result local_dot_forward(struct job *j, struct target t)
{
    struct str rest = str_of(par_forward_path()), word;
    struct target outer = t;
    enum result r = AGAIN;
    enum result known;

    if (!rest.n)
        return NONE;
    known = local_account(t.user, &t.as);
    if (known == NONE)
        return NONE; /* the mailbox will notice */
    if (known != OK) {
        local_fail(j, &outer, "4.3.0", "user lookup error");
        return OK;
    }
    t.source = FROM_FORWARD;
    t.owner = t.user;
    while (r == AGAIN && str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *raw = mem_dup_n(word.p, word.n);

        r = try_path(j, &outer, &t, raw);
        free(raw);
    }
    local_identity_done(&t.as);
    return r == OK ? OK : NONE;
}

/* --- new messages --- */

struct forward {            /* one message for all addresses with the same sender and Delivered-To */
    struct forward *next;
    char *sender, *delivered;
    bool list;
    struct buf rcpts;       /* notify, address, NUL */
};

void local_indirect(struct job *j, const struct target *t)
{
    struct forward **at = &j->forwards;

    if (!local_first_time(j, "indirect %s", t->addr))
        return;
    if (local_probe(j)) {
        local_sent(j, t, "forwards to %s", t->addr);
        return;
    }
    while (*at && (strcmp((*at)->sender, t->sender) != 0 || strcmp((*at)->delivered, t->delivered) != 0))
        at = &(*at)->next;
    if (!*at) {
        *at = mem_new(sizeof **at);
        (*at)->sender = mem_dup(t->sender);
        (*at)->delivered = mem_dup(t->delivered);
        (*at)->list = t->list;
        buf_init(&(*at)->rcpts, ADDRESSES_MAX);
    }
    buf_putc(&(*at)->rcpts, '0' + (int)(t->notify & 15));
    buf_add(&(*at)->rcpts, t->addr, strlen(t->addr) + 1);
}

static void put_headers(struct cleanup *c, const struct job *j, const struct forward *f)
{
    struct buf line;
    size_t at;

    buf_init(&line, 4096);
    buf_printf(&line, "Received: by %s (%s)\r\n\tid %s; %s\r\n", par_myhostname(), par_mail_name(), cleanup_id(c),
               clock_rfc5322(clock_wall().tv_sec));
    if (j->t->headers & DELIVERED_TO_FORWARD) {
        buf_puts(&line, "Delivered-To: ");
        at = line.n;
        addr_quote(&line, str_of(f->delivered));
        buf_puts(&line, "\r\n");
        str_lower(line.p + at);
    }
    cleanup_data(c, line.p, line.n);
    buf_done(&line);
}

/* Without the final ".CRLF", which cleanup adds again. */
static enum result put_content(struct cleanup *c, const struct delivery *d)
{
    int64_t at = d->env->content_offset, end = at + d->env->content_len - 3;
    char block[BLOCK];

    while (at < end) {
        size_t n = end - at < BLOCK ? (size_t)(end - at) : BLOCK;

        if (io_pread(d->fd, block, n, at) != OK)
            return TEMP;
        cleanup_data(c, block, n);
        at += (int64_t)n;
    }
    return OK;
}

struct resubmission {
    const struct job *j;
    const struct forward *f;
};

static enum result put_rcpts(struct cleanup *c, const struct job *j, const struct forward *f, struct why *why)
{
    const char *orcpt = f->list ? "" : j->r->r.orcpt;
    enum result r = OK;

    cleanup_original(c, f->list ? NULL : j->r->r.orig);
    for (size_t at = 0; at < f->rcpts.n && r == OK; at += strlen(f->rcpts.p + at) + 1)
        r = cleanup_rcpt(c, f->rcpts.p + at + 1, orcpt, (unsigned)(f->rcpts.p[at] - '0'), why);
    cleanup_original(c, NULL);
    return r;
}

static enum result resubmit(void *arg, struct buf *out, struct why *why)
{
    struct resubmission *re = arg;
    const struct delivery *d = re->j->d;
    struct qfile_env env = *d->env;
    struct cleanup *c;
    char id[QUEUE_ID_MAX];
    enum result r = OK;

    env.sender = re->f->sender;
    env.arrival = clock_wall();
    env.flags &= QF_BODY_8BIT | QF_SMTPUTF8 | QF_UTF8_ADDR | QF_LONG_LINES | QF_REQUIRETLS | QF_TLS_OPTIONAL;
    env.verp = env.filter = env.redirect = "";
    if (re->f->list) { /* RFC 3461 section 5.2.7.3 */
        env.envid = "";
        env.ret = 0;
    }
    c = cleanup_new(&env, REWRITE_LOCAL, CLEANUP_NO_CHECKS | CLEANUP_NO_BCC, why);
    if (!c)
        return TEMP;
    r = put_rcpts(c, re->j, re->f, why);
    if (r == OK) {
        put_headers(c, re->j, re->f);
        if (put_content(c, d) != OK)
            r = why_set(why, "4.3.0", "error reading message: %s", strerror(errno));
    }
    if (r != OK) {
        cleanup_abort(c);
        return r;
    }
    r = cleanup_end(c, d->env->size, id, why);
    if (r == OK)
        buf_puts(out, id);
    return r;
}

static void queue_one(struct job *j, const struct target *t, const struct forward *f)
{
    struct resubmission re = { .j = j, .f = f };
    struct run_as who = { .extra = (gid_t)-1 };
    struct buf id;
    struct why why;
    enum result r;

    service_owner(&who.uid, &who.gid);
    buf_init(&id, QUEUE_ID_MAX);
    r = run_as(&who, resubmit, &re, &id, &why);
    if (r == OK)
        local_sent(j, t, "forwarded as %s", id.p);
    else
        local_failed(j, t, r, &why);
    buf_done(&id);
}

void local_forward_done(struct job *j, const struct target *t, bool give_up)
{
    struct target top = *t;

    top.notify = local_notify(t->notify);
    while (j->forwards) {
        struct forward *f = j->forwards;

        j->forwards = f->next;
        if (!give_up)
            queue_one(j, &top, f);
        buf_done(&f->rcpts);
        free(f->sender);
        free(f->delivered);
        free(f);
    }
}
