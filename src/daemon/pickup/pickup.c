/* pickup.c - local submission
 *
 * Who connects: sendmail, run by any user, on public/pickup.  Whom it calls:
 * cleanup, in place.  Trust: none; the user's identity comes from the kernel,
 * every record is checked, sizes are bounded by cleanup's limits.
 * Runs in: its own process, unprivileged.
 * Parameters: authorized_submit_users, local_login_sender_maps, sendmail_fix_line_endings.
 * Tests: tests/smtp/sendmail-*.t, tests/smtp/maildrop-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/pickup/pickup_int.h"
#include "mail/addr.h"
#include "mail/wire.h"
#include "map/map.h"
#include "net/frame_in.h"
#include "net/sock.h"
#include "param/param.h"
#include "service/service.h"
#include "service/submit.h"

enum { PICKUP_TIMEOUT = 3600 * 1000, WIRE_CHUNK = 4 * SUBMIT_CHUNK };

struct text_feed {          /* text as given to wire form, and into cleanup */
    struct cleanup *c;
    struct wire_in in;
    struct wire_scan scan;
    struct buf wire;
    char last;
};

static void feed(struct text_feed *t)
{
    size_t used;

    /* Wire form made here has no end of data in it: every leading dot is doubled. */
    if (wire_scan(&t->scan, t->wire.p, t->wire.n, &used) == OK)
        log_panic("end of data inside converted text");
    cleanup_data(t->c, t->wire.p, t->wire.n);
    buf_reset(&t->wire);
}

/* Lines end with LF. A CR before it, which sendmail has left there, is the line's: as in "CR CR LF". */
static void feed_text(struct text_feed *t, struct str text)
{
    while (text.n) {
        size_t lf = text.n && (t->last == '\r' || memchr(text.p, '\r', text.n)) ? str_find(text, '\n') : text.n;
        bool cr = lf < text.n && (lf ? text.p[lf - 1] : t->last) == '\r';
        size_t n = lf < text.n && !cr ? lf + 1 : lf;

        wire_from_text(&t->in, &t->wire, text.p, n, true);
        if (cr)
            wire_from_text(&t->in, &t->wire, "\r\n", 2, true);
        n += cr;
        t->last = text.p[n - 1];
        text.p += n;
        text.n -= n;
    }
    feed(t);
}

static void put_received(struct text_feed *t, uid_t uid)
{
    struct buf line;

    buf_init(&line, 2048);
    buf_printf(&line, "Received: by %s (%s, from userid %ld)\n\tid %s; %s\n", par_myhostname(), par_mail_name(),
               (long)uid, cleanup_id(t->c), clock_rfc5322(clock_wall().tv_sec));
    feed_text(t, buf_view(&line));
    cleanup_text_begins(t->c);
    buf_done(&line);
}

/* local_login_sender_maps (postconf(5)): the senders that a login may use; "*" = any. */
static enum result sender_allowed(uid_t uid, const char *sender, struct why *why)
{
    const char *list = par_local_login_sender_maps();
    const char *user;
    struct maps *maps;
    struct buf found;
    struct str rest, word;
    enum result r;

    if (strcmp(list, "static:*") == 0)
        return OK;
    if (!*sender)
        sender = par_empty_address_local_login_sender_maps_lookup_key();
    user = service_user_name(uid);
    maps = maps_open("local_login_sender_maps", list, MAP_FOLD);
    buf_init(&found, 64 * 1024);
    r = maps_get(maps, str_of(user ? user : "unknown"), &found, NULL);
    if (r == OK) {
        r = NONE;
        rest = buf_view(&found);
        while (r == NONE && str_word(&rest, STR_LIST_SEPS, &word) == OK)
            if (str_eq(word, "*") || str_eq_case(word, sender) || (word.p[0] == '@' && strchr(sender, '@') &&
                 str_eq_case(word, strrchr(sender, '@'))))
                r = OK;
    }
    buf_done(&found);
    if (r == NONE)
        return why_set(why, "5.7.1", "Sender address rejected: user \"%s\" may not use <%s>", user ? user : "unknown",
                       sender);
    return r == OK ? OK : why_set(why, "4.3.0", "local_login_sender_maps: cannot look up the user");
}

static void log_origin(const struct pickup_source *src, const struct cleanup *c, const char *sender)
{
    struct buf external;

    buf_init(&external, 3 * ADDR_MAX);
    log_info("%s: uid=%ld from=<%s>%s%s", cleanup_id(c), (long)src->uid,
             addr_quote(&external, str_of(sender)) ? external.p : sender, src->orig_id ? " orig_id=" : "",
             src->orig_id ? src->orig_id : "");
    buf_done(&external);
}

static struct cleanup *begin(const struct pickup_source *src, struct frame *f, struct why *why)
{
    struct submit_env env;
    struct qfile_env q = { .arrival = clock_wall(), .rewrite_context = "local" };
    struct cleanup *c;
    unsigned flags = CLEANUP_FILTER;
    enum result r = src->next(src->arg, f);

    if (r == TEMP) {
        why_set(why, "4.3.0", "cannot read the submission");
        return NULL;
    }
    if (r != OK || submit_get_begin(f, &env) != OK) {
        why_set(why, "5.5.0", "malformed submission");
        return NULL;
    }
    if (sender_allowed(src->uid, env.sender, why) != OK)
        return NULL;
    q.sender = env.sender;
    q.envid = env.envid;
    q.verp = env.verp;
    q.ret = env.ret;
    q.flags = (env.qfile_flags & (QF_BODY_8BIT | QF_SMTPUTF8 | QF_REQUIRETLS | QF_VERIFY | QF_VERBOSE)) |
              QF_LOCAL_ORIGIN;
    q.filter = par_content_filter();
    q.client_name = "localhost";
    q.client_addr = "127.0.0.1";
    q.client_port = q.client_helo = q.client_proto = q.sasl_method = q.sasl_user = q.sasl_sender = q.ident = "";
    q.redirect = q.message_id = "";
    if (env.flags & SUBMIT_REMOTE)
        q.rewrite_context = "remote";
    else
        flags |= CLEANUP_MISSING_HEADERS;
    if (env.flags & SUBMIT_EXTRACT)
        flags |= CLEANUP_EXTRACT;
    c = cleanup_new(&q, env.flags & SUBMIT_REMOTE ? REWRITE_REMOTE : REWRITE_LOCAL, flags, why);
    if (c && *env.full_name)
        cleanup_full_name(c, env.full_name);
    if (c)
        log_origin(src, c, env.sender);
    return c;
}

/* RCPT and DATA records, up to END: OK, or TEMP/PERM with why. */
static enum result collect(const struct pickup_source *src, struct text_feed *t, struct frame *f, struct why *why)
{
    for (;;) {
        enum result r = src->next(src->arg, f);
        const char *addr, *orcpt;
        struct str text;
        unsigned notify;

        if (r != OK)
            return why_set(why, r == TEMP ? "4.3.0" : "5.5.0", "the submission ended too early");
        switch (f->type) {
        case SUBMIT_RCPT:
            addr = frame_get_text(f);
            orcpt = frame_get_text(f);
            notify = frame_get_u32(f);
            if (!frame_end(f))
                return why_set(why, "5.5.0", "malformed submission");
            r = cleanup_rcpt(t->c, addr, orcpt, notify, why);
            if (r != OK)
                return r;
            break;
        case SUBMIT_DATA:
            text = frame_get_str(f);
            if (!frame_end(f))
                return why_set(why, "5.5.0", "malformed submission");
            feed_text(t, text);
            break;
        case SUBMIT_END:
            return frame_end(f) ? OK : why_set(why, "5.5.0", "malformed submission");
        default:
            return why_set(why, "5.5.0", "malformed submission");
        }
    }
}

enum result pickup_message(const struct pickup_source *src, char *id, struct why *why)
{
    struct text_feed t = { 0 };
    struct frame f;
    enum result r;

    frame_init(&f, FRAME_MAX);
    buf_init(&t.wire, WIRE_CHUNK);
    t.c = begin(src, &f, why);
    if (!t.c) {
        r = why->dsn[0] == '5' ? PERM : TEMP;
    } else {
        put_received(&t, src->uid);
        r = collect(src, &t, &f, why);
        if (r == OK) {
            wire_end_text(&t.in, &t.wire);
            feed(&t);
            r = cleanup_end(t.c, t.scan.wire_bytes - t.scan.lines - t.scan.stuffed, id, why);
        } else {
            cleanup_abort(t.c);
        }
    }
    buf_done(&t.wire);
    frame_done(&f);
    return r;
}

static enum result next_from_socket(void *arg, struct frame *f)
{
    return frame_in_next(arg, f, PICKUP_TIMEOUT) == OK ? OK : TEMP;
}

static bool say_ready(int fd, struct frame *f, enum result r, const char *text)
{
    frame_begin(f, SUBMIT_READY);
    frame_put_u32(f, (uint32_t)r);
    frame_put_text(f, text);
    return frame_send(fd, f, PICKUP_TIMEOUT) == OK && r == OK;
}

static bool welcome(int fd, struct frame *f, uid_t *uid)
{
    char text[256];
    const char *user;
    enum result r;
    gid_t gid;
    pid_t pid;

    if (sock_peer(fd, uid, &gid, &pid) != OK)
        return say_ready(fd, f, TEMP, "cannot tell who you are");
    r = service_user_allowed("authorized_submit_users", par_authorized_submit_users(), *uid);
    if (r == OK)
        return say_ready(fd, f, OK, "");
    user = service_user_name(*uid);
    snprintf(text, sizeof text, "User %s(%ld) is not allowed to submit mail", user ? user : "unknown", (long)*uid);
    log_warn("%s", text);
    return say_ready(fd, f, r == NONE ? PERM : TEMP, text);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    struct frame_in in;
    struct pickup_source src = { .next = next_from_socket, .arg = &in };
    struct why why = { .dsn = "" };
    char id[QUEUE_ID_MAX] = "";
    struct frame f;
    enum result r;

    frame_init(&f, FRAME_MAX);
    frame_in_init(&in, fd);
    if (welcome(fd, &f, &src.uid)) {
        r = pickup_message(&src, id, &why);
        frame_begin(&f, SUBMIT_RESULT);
        frame_put_u32(&f, (uint32_t)r);
        frame_put_text(&f, why.dsn);
        frame_put_text(&f, why.text);
        frame_put_text(&f, id);
        if (frame_send(fd, &f, PICKUP_TIMEOUT) != OK && r == OK)
            log_info("%s: queued, but the submitting program has gone", id);
    }
    frame_in_done(&in);
    frame_done(&f);
    close(fd);
}

static void before_jail(struct service *s)
{
    service_users_keep();
    cleanup_init();
}

static void after_jail(struct service *s)
{
    maildrop_scan();
}

/* A table that was replaced on disk is read by a fresh process. */
static bool idle(struct service *s)
{
    const char *changed = map_changed();

    if (changed)
        log_info("table %s has changed -- restarting", changed);
    maildrop_scan_if_changed();
    return !changed;
}

int pickup_main(int argc, char **argv);

int pickup_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "pickup",
        .model = SERVICE_SINGLE,
        .before_jail = before_jail,
        .after_jail = after_jail,
        .serve = serve,
        .idle = idle,
    };

    return service_main(&d, argc, argv);
}
