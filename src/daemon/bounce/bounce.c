/* bounce.c - telling senders and postmasters what became of mail
 *
 * Who connects: the queue manager, through private/bounce, defer or trace, one
 * notice a connection (deliver/notice.h). It gives the open queue file and the
 * recipients with their reasons; what is told to whom is decided here. The answer
 * is OK when nothing more needs to be told, or everything is durably queued. What has been
 * told is marked in the queue file at once, before anything else can go wrong: who is told twice died in between.
 * Trust: reasons and addresses come from strangers; they are text, nothing more.
 * RFC: 3461 (who is told), 3464, 3834 (never answer a notice), 6533.
 * Parameters: notify_classes, bounce_notice_recipient, 2bounce_notice_recipient,
 * delay_notice_recipient, double_bounce_sender, bounce_size_limit,
 * disable_verp_bounces.  Tests: tests/smtp/bounce-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/bounce/bounce_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "param/param.h"
#include "service/service.h"

enum { REQUEST_MS = 60000 };

static bool class_wanted(const char *class)
{
    struct str rest = str_of(par_notify_classes()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, class))
            return true;
    return false;
}

static const char *double_bounce(void)
{
    static char *addr;

    if (!addr)
        addr = mem_printf("%s@%s", par_double_bounce_sender(), par_myhostname());
    return addr;
}

/* These recipients are done with. */
static void mark_told(const struct bounce_mail *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct qfile_rcpt *r = &m->rcpts[i].r;

        if (r->offset && qfile_mark_done(qfile_fd(m->q), r->offset) != OK)
            log_warn("%s: mark recipient %s: %s", m->id, r->addr, strerror(errno));
        r->offset = 0;
    }
}

/* Sends and logs. A notice that can never be sent is given up: retrying it would not help anybody. */
static enum result send_logged(struct bounce_mail *m, const char *what, struct why *why)
{
    char id[QUEUE_ID_MAX];
    struct buf external;
    enum result r;

    buf_init(&external, 3 * ADDR_MAX);
    m->to_header = addr_quote(&external, str_of(m->to)) ? external.p : m->to;
    r = bounce_send(m, id, why);
    buf_done(&external);
    if (r != TEMP)
        mark_told(m);
    if (r == OK)
        log_info("%s: %s: %s", m->id, what, id);
    else
        log_warn("%s: %s failed to <%s>: %s", m->id, what, m->to, why->text);
    return r == PERM ? OK : r;
}

static bool any_wanted(const struct bounce_mail *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (bounce_wanted(m, &m->rcpts[i]))
            return true;
    return false;
}

/* The copies are a courtesy: the sender has been told, which is what counts. */
static void postmaster_copy(const struct bounce_mail *m, const char *class, const char *to, const char *what)
{
    struct bounce_mail copy = *m;
    struct why why;

    copy.notify = 0;
    copy.from = double_bounce();
    copy.to = to;
    copy.postmaster = true;
    copy.headers_only = true;
    if (class_wanted(class) && send_logged(&copy, what, &why) != OK)
        log_warn("%s: no postmaster copy", m->id);
}

static void failure_copy(struct bounce_mail *m)
{
    postmaster_copy(m, "bounce", par_bounce_notice_recipient(), "postmaster non-delivery notification");
}

/* A notice that could not be delivered: the postmaster may want it, its sender is nobody. */
static enum result bounced_twice(struct bounce_mail *m, struct why *why)
{
    if (!class_wanted("2bounce"))
        return OK;
    m->notify = 0;
    m->from = double_bounce();
    m->to = par_2bounce_notice_recipient();
    m->postmaster = true;
    return send_logged(m, "postmaster non-delivery notification", why);
}

/* owner@list becomes owner+user=domain@list, so that the list knows who bounced: as it knows the address. */
static bool verp_address(const char *sender, const char *delimiters, const struct qfile_rcpt *r, struct buf *out)
{
    return addr_verp(out, str_of(sender), delimiters, str_of(r->orig && *r->orig ? r->orig : r->addr));
}

static enum result fail_each(const struct bounce_mail *all, const char *delimiters, struct why *why)
{
    enum result r = OK;
    struct buf to;

    buf_init(&to, 3 * ADDR_MAX);
    for (size_t i = 0; i < all->n && r == OK; i++) {
        struct bounce_mail one = *all;

        one.rcpts = &all->rcpts[i];
        one.n = 1;
        if (!any_wanted(&one) || !verp_address(all->to, delimiters, &one.rcpts->r, &to))
            continue;
        one.to = to.p;
        r = send_logged(&one, "sender non-delivery notification", why);
        if (r == OK)
            failure_copy(&one);
    }
    buf_done(&to);
    return r;
}

static enum result tell_sender(struct bounce_mail *m, const struct qfile_env *e, struct why *why)
{
    bool verp = strlen(e->verp) == 2 && !par_disable_verp_bounces();
    enum result r = OK;

    m->notify = DSN_NOTIFY_FAILURE;
    m->headers_only = e->size > par_bounce_size_limit() || e->ret == DSN_RET_HDRS ||
                      (ENABLE_REQUIRETLS && (e->flags & QF_REQUIRETLS) && par_requiretls_redact_dsn());
    if (!e->sender[0])
        return bounced_twice(m, why);
    if (str_cmp_case(e->sender, double_bounce()) == 0) {
        log_warn("%s: undeliverable postmaster notification discarded", m->id);
        return OK;
    }
    if (verp)
        r = fail_each(m, e->verp, why);
    else if (any_wanted(m))
        r = send_logged(m, "sender non-delivery notification", why);
    if (r == OK && !verp)
        failure_copy(m);
    return r;
}

static enum result tell_failure(struct bounce_mail *m, const struct qfile_env *e, struct why *why)
{
    enum result r = tell_sender(m, e, why);

    if (r == OK)
        mark_told(m); /* those who were not to be told */
    return r;
}

static enum result tell_delay(struct bounce_mail *m, const struct qfile_env *e, struct why *why)
{
    bool nobody = !e->sender[0] || str_cmp_case(e->sender, double_bounce()) == 0;
    enum result r = OK;

    m->notify = DSN_NOTIFY_DELAY;
    m->headers_only = true;
    if (!nobody && any_wanted(m))
        r = send_logged(m, "sender delay notification", why);
    if (r == OK && qfile_set_mark(qfile_fd(m->q), QMARK_DELAY_WARNED) != OK)
        log_warn("%s: note the delay warning: %s", m->id, strerror(errno));
    if (r == OK && !nobody)
        postmaster_copy(m, "delay", par_delay_notice_recipient(), "postmaster delay notification");
    return r;
}

static enum result tell_status(struct bounce_mail *m, const struct qfile_env *e, struct why *why)
{
    m->headers_only = true;
    if (!e->sender[0])
        return OK;
    return send_logged(m, "sender delivery status notification", why);
}

static enum result tell(const struct notice *n, struct qfile *q, struct why *why)
{
    const struct qfile_env *e = qfile_env(q);
    struct bounce_mail m = {
        .template = template_get(n->kind), .kind = n->kind, .q = q, .id = n->queue_id, .rcpts = n->rcpts, .n = n->n,
        .from = "", .to = e->sender,
    };

    switch (n->kind) {
    case NOTICE_FAILURE:
        return tell_failure(&m, e, why);
    case NOTICE_DELAY:
        return tell_delay(&m, e, why);
    default:
        if (e->flags & QF_VERBOSE)
            m.template = template_get(NOTICE_VERIFY);
        return tell_status(&m, e, why);
    }
}

static enum result handle(struct frame *f, struct why *why)
{
    struct notice n;
    struct qfile *q = NULL;
    enum result r;
    int fd;

    why_set(why, "4.3.0", "malformed request");
    if (notice_get(f, &n) != OK)
        return TEMP;
    fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
    r = fd >= 0 ? qfile_open_fd(fd, &q) : TEMP;
    if (r == OK) {
        r = tell(&n, q, why);
        qfile_close(q);
    } else {
        why_set(why, "4.3.0", "queue file cannot be read");
        log_warn("%s: queue file cannot be read", n.queue_id);
        r = TEMP;
    }
    notice_done(&n);
    return r;
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    struct frame f;
    struct why why = { "", "" };
    enum result r;

    frame_init(&f, FRAME_MAX);
    if (frame_recv(fd, &f, REQUEST_MS) == OK) {
        r = handle(&f, &why);
        notice_put_reply(&f, r, &why);
        if (frame_send(fd, &f, REQUEST_MS) != OK)
            log_warn("cannot answer the queue manager: %s", strerror(errno));
    }
    frame_done(&f);
    close(fd);
}

static void before_jail(struct service *s)
{
    cleanup_init();
    template_init(par_bounce_template_file());
}

int bounce_main(int argc, char **argv);

int bounce_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "bounce", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve,
    };

    return service_main(&d, argc, argv);
}
