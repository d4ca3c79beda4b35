/* flush.c - another attempt at deferred mail, now
 *
 * Who connects: postqueue, postsuper and smtpd, on public/flush, as any user.
 * Whom it tells: the queue manager. Mail for one site is found by looking into
 * the deferred files, so no lists need to be kept on disk for it.
 * Trust: none; the user's identity comes from the kernel.
 * Runs in: its own process, on demand, unprivileged.
 * Parameters: authorized_flush_users, fast_flush_domains.
 * Tests: tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "mail/addr.h"
#include "map/match.h"
#include "net/frame.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "service/flush.h"
#include "service/service.h"

enum { ASK_MS = 60000, ASK_BYTES = 4096, PAGE = 64 };

static struct match *domains;

static bool for_site(struct qfile *q, const char *site)
{
    struct qfile_rcpt r[PAGE];
    size_t at = 0, n;

    while ((n = qfile_rcpts(q, at, r, PAGE))) {
        for (size_t i = 0; i < n; i++)
            if (!r[i].done && str_eq_case(addr_domain(str_of(r[i].addr)), site))
                return true;
        at += n;
    }
    return false;
}

static bool flush_if_for_site(const char *id, void *arg)
{
    struct qfile *q;

    if (qfile_open("deferred", id, false, false, &q) != OK)
        return true; /* gone meanwhile, or the queue manager's to judge */
    if (for_site(q, arg))
        service_news_kind('I', id);
    qfile_close(q);
    return true;
}

static enum flush_answer site_known(const char *site)
{
    enum result r = *site ? match_domain(domains, site) : PERM;

    return r == OK ? FLUSH_OK : r == NONE ? FLUSH_UNKNOWN : r == PERM ? FLUSH_BAD : FLUSH_DOWN;
}

static enum flush_answer allowed(int fd)
{
    uid_t uid;
    gid_t gid;
    pid_t pid;
    enum result r = sock_peer(fd, &uid, &gid, &pid);

    if (r == OK && (uid == 0 || uid == geteuid())) /* ETRN comes from one of our own */
        return FLUSH_OK;
    if (r == OK)
        r = service_user_allowed("authorized_flush_users", par_authorized_flush_users(), uid);
    return r == OK ? FLUSH_OK : r == NONE ? FLUSH_DENIED : FLUSH_DOWN;
}

static enum flush_answer check(int fd, uint32_t kind, const char *arg)
{
    enum flush_answer a = allowed(fd);

    if (a != FLUSH_OK || kind == FLUSH_ALL || kind == FLUSH_LOOK)
        return a;
    if (kind == FLUSH_ID)
        return qdir_valid_id(str_of(arg)) ? FLUSH_OK : FLUSH_BAD;
    return kind == FLUSH_SITE ? site_known(arg) : FLUSH_BAD;
}

static void act(uint32_t kind, char *arg)
{
    if (kind != FLUSH_SITE)
        service_news_kind((char)kind, arg);
    else if (qdir_scan("deferred", flush_if_for_site, arg) != OK)
        log_warn("scan deferred: %s", strerror(errno));
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    char arg[ASK_BYTES] = "";
    enum flush_answer a = FLUSH_BAD;
    uint32_t kind = 0;
    struct frame f;

    frame_init(&f, ASK_BYTES);
    if (frame_recv(fd, &f, ASK_MS) == OK && f.type == FLUSH_ASK) {
        kind = frame_get_u32(&f);
        snprintf(arg, sizeof arg, "%s", frame_get_text(&f));
        if (frame_end(&f))
            a = check(fd, kind, arg);
        frame_begin(&f, FLUSH_REPLY);
        frame_put_u32(&f, a);
        if (a == FLUSH_OK)
            act(kind, arg);
        if (frame_send(fd, &f, ASK_MS) != OK)
            log_debug("client has gone");
    }
    frame_done(&f);
    close(fd);
}

static void before_jail(struct service *s)
{
    service_users_keep();
    domains = match_new("fast_flush_domains", par_fast_flush_domains(), MATCH_SUBDOMAINS);
}

int flush_main(int argc, char **argv);

int flush_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "flush", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve,
    };

    return service_main(&d, argc, argv);
}
