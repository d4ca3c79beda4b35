/* local_forward.c - a user's .forward file, and mail that goes on to other addresses
 *
 * The file is read as its user. Forwarded mail is a new message with a
 * Delivered-To: line, which is what stops a loop.
 * Runs in: local.  Parameters: forward_path, forward_expansion_filter, prepend_delivered_header.
 * Tests: tests/smtp/local-forward-*.t
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

enum { FORWARD_FILE_MAX = 1 << 20, BLOCK = 16 * 1024 };

/* OK with the text; NONE: no such file, or one that does not count; TEMP. */
static enum result read_forward(void *arg, struct buf *out, struct why *why)
{
    const char *path = arg;
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    enum result r = NONE;

    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return NONE;
        if (errno == EACCES || errno == ELOOP) {
            log_warn("cannot open %s: %s", path, strerror(errno));
            return NONE;
        }
        return why_set(why, "4.2.0", "cannot open %s: %s", path, strerror(errno));
    }
    if (fstat(fd, &st) < 0)
        r = why_set(why, "4.2.0", "cannot look at %s: %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        log_warn("file %s is not a regular file", path);
    else if (st.st_mode & 002)
        log_warn("file %s is world writable; ignored", path);
    else if (st.st_uid != 0 && st.st_uid != geteuid())
        log_warn("file %s has bad owner uid %ld; ignored", path, (long)st.st_uid);
    else
        r = OK;
    close(fd);
    if (r == OK && io_read_file(AT_FDCWD, path, out) != OK)
        return why_set(why, "4.2.0", "cannot read %s: %s", path, strerror(errno));
    return r;
}

static bool blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == 0;
}

/* A name in its own file means its own mailbox: that alias and .forward are then left out. */
static void use_forward(struct job *j, const struct person *p, const char *text)
{
    struct identity as = { p->pw->pw_uid, p->pw->pw_gid, p->user };

    local_expand(j, text, FROM_FORWARD, &as, p->domain);
}

enum result local_dot_forward(struct job *j, const struct person *p)
{
    struct run_as who = { .uid = p->pw->pw_uid, .gid = p->pw->pw_gid, .user = p->user, .extra = (gid_t)-1 };
    struct str rest = str_of(par_forward_path()), word;
    char *mark = mem_printf("forward %s", p->user);
    enum result r = NONE;
    struct buf text;

    buf_init(&text, FORWARD_FILE_MAX);
    if (htab_put(j->seen, str_of(mark), j))
        rest.n = 0; /* met again inside its own file */
    while (r == NONE && str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *raw = mem_dup_n(word.p, word.n);
        char *path;
        struct why why;

        if (!*p->ext && strstr(raw, "extension")) {
            free(raw);
            continue; /* the same as the plain one */
        }
        path = local_text(j, raw, p, par_forward_expansion_filter(), "forward_path");
        free(raw);
        if (!path) {
            r = TEMP;
            break;
        }
        buf_reset(&text);
        if (geteuid() != 0 && who.uid != geteuid())
            r = NONE; /* a private instance serves one user's files only */
        else
            r = run_as(&who, read_forward, path, &text, &why);
        free(path);
        if (r == OK && blank(text.p))
            r = NONE;
        else if (r == OK)
            use_forward(j, p, text.p);
        else if (r != NONE)
            local_note(j, TEMP, &why, "%s", "");
    }
    buf_done(&text);
    free(mark);
    return r;
}

static bool wants_delivered_to(void)
{
    return strstr(par_prepend_delivered_header(), "forward") != NULL;
}

static void put_headers(struct cleanup *c, const struct job *j)
{
    struct buf line;

    buf_init(&line, 4096);
    buf_printf(&line, "Received: by %s (%s)\r\n\tid %s; %s\r\n", par_myhostname(), par_mail_name(), cleanup_id(c),
               clock_rfc5322(clock_wall().tv_sec));
    if (wants_delivered_to()) {
        buf_puts(&line, "Delivered-To: ");
        addr_quote(&line, str_of(j->r->r.addr));
        buf_puts(&line, "\r\n");
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

static enum result resubmit(void *arg, struct buf *out, struct why *why)
{
    struct job *j = arg;
    struct qfile_env env = *j->d->env;
    struct cleanup *c;
    const char *addr = j->forward.p;
    char id[QUEUE_ID_MAX];
    enum result r = OK;

    env.sender = j->sender;
    env.arrival = clock_wall();
    env.flags &= QF_BODY_8BIT | QF_SMTPUTF8 | QF_UTF8_ADDR | QF_LONG_LINES;
    env.verp = env.filter = env.redirect = "";
    c = cleanup_new(&env, REWRITE_LOCAL, CLEANUP_NO_CHECKS | CLEANUP_NO_BCC, why);
    if (!c)
        return TEMP;
    for (size_t i = 0; i < j->forwards && r == OK; i++, addr += strlen(addr) + 1)
        r = cleanup_rcpt(c, addr, j->r->r.orcpt, j->r->r.notify, why);
    if (r == OK) {
        put_headers(c, j);
        if (put_content(c, j->d) != OK)
            r = why_set(why, "4.3.0", "error reading message: %s", strerror(errno));
    }
    if (r != OK) {
        cleanup_abort(c);
        return r;
    }
    r = cleanup_end(c, j->d->env->size, id, why);
    if (r == OK)
        buf_puts(out, id);
    return r;
}

void local_resubmit(struct job *j)
{
    struct run_as who = { .extra = (gid_t)-1 };
    struct buf id;
    struct why why;
    enum result r;

    service_owner(&who.uid, &who.gid);
    buf_init(&id, QUEUE_ID_MAX);
    r = run_as(&who, resubmit, j, &id, &why);
    local_note(j, r, &why, "forwarded as %s", id.p);
    buf_done(&id);
}
