/* virtual.c - mailboxes that tables describe, no system accounts
 *
 * Who connects: the queue manager.  Trust: none in the message; each mailbox is
 * written as the uid and gid its tables give (virtual(8)).
 * Runs in: its own process, as root where several uids are served.
 * Parameters: virtual.def, deliver_lock_attempts and the like.  Tests: tests/smtp/virtual-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "deliver/copy.h"
#include "deliver/deliver.h"
#include "deliver/mailbox.h"
#include "deliver/run_as.h"
#include "map/map.h"
#include "param/param.h"
#include "service/service.h"

enum { VALUE_MAX = 4096, TABLE_FLAGS = MAP_FOLD | MAP_NO_REGSUB | MAP_NO_UNAUTH };

static struct {
    struct maps *mailbox, *uid, *gid;
} tables;

struct work {
    struct mailbox m;
    const struct delivery *d;
    const struct delivery_rcpt *r;
};

static enum result work_mailbox(void *arg, struct buf *out, struct why *why)
{
    struct work *w = arg;

    return mailbox_deliver(&w->m, w->d, w->r, why);
}

/* A number from virtual_uid_maps or virtual_gid_maps. */
static enum result number(struct maps *maps, const char *param, const char *what, const char *addr, int64_t min,
                          int64_t *out, struct why *why)
{
    struct buf found;
    enum result r;

    buf_init(&found, VALUE_MAX);
    r = maps_find_address(maps, str_of(addr), MAPS_EXT | MAPS_DOMAIN, NULL, &found, NULL, NULL);
    if (r == NONE) {
        log_warn("recipient %s: not found in %s", addr, param);
        r = why_set(why, "4.3.5", "mail system configuration error");
    } else if (r != OK) {
        r = why_set(why, "4.3.5", "mail system configuration error");
    } else if (num_parse(str_trim(buf_view(&found)), min, INT32_MAX, out) != OK) {
        log_warn("recipient %s: bad %s %s in %s", addr, what, found.p, param);
        r = why_set(why, "4.3.5", "mail system configuration error");
    }
    buf_done(&found);
    return r;
}

static char *mailbox_path(const char *addr, enum result *r, struct why *why)
{
    const char *base = par_virtual_mailbox_base();
    struct buf found;
    char *path = NULL;

    buf_init(&found, VALUE_MAX);
    *r = maps_find_address(tables.mailbox, str_of(addr), MAPS_EXT | MAPS_DOMAIN, NULL, &found, NULL, NULL);
    if (*r == NONE)
        *r = why_set(why, "5.1.1", "unknown user: \"%s\"", addr);
    else if (*r != OK)
        *r = why_set(why, "4.3.5", "mail system configuration error");
    else if (!found.n)
        *r = why_set(why, "4.3.5", "mail system configuration error");
    else
        path = *base ? mem_printf("%s/%s", base, found.p) : mem_dup(found.p);
    if (path && (path[0] != '/' || strstr(path, "/../"))) {
        log_warn("recipient %s: mailbox path \"%s\" is not absolute or leads upwards; check virtual_mailbox_base", addr,
                 path);
        free(path);
        path = NULL;
        *r = why_set(why, "4.3.5", "mail system configuration error");
    }
    buf_done(&found);
    return path;
}

static void deliver_one(struct delivery *d, struct delivery_rcpt *r)
{
    struct run_as who = { .extra = (gid_t)-1 };
    struct work w = { .d = d, .r = r };
    struct why why = { .dsn = "" };
    int64_t uid = 0, gid = 0;
    enum result result = OK;
    char *path = NULL;

    path = mailbox_path(r->r.addr, &result, &why);
    if (result == OK && (d->flags & DELIVER_PROBE)) {
        deliver_sent(d, r, "virtual", "2.0.0", "delivers to %s",
                     path[strlen(path) - 1] == '/' ? "maildir" : "mailbox");
        free(path);
        return;
    }
    if (result == OK)
        result = number(tables.uid, "virtual_uid_maps", "uid", r->r.addr, par_virtual_minimum_uid(), &uid, &why);
    if (result == OK)
        result = number(tables.gid, "virtual_gid_maps", "gid", r->r.addr, 1, &gid, &why);
    if (result == OK) {
        w.m = (struct mailbox){
            .kind = MAILBOX_VIRTUAL,
            .path = path,
            .user = r->r.addr,
            .flags = COPY_RETURN_PATH | COPY_DELIVERED_TO | COPY_ORIGINAL_TO,
            .locks = par_virtual_mailbox_lock(),
            .size_limit = par_virtual_mailbox_limit(),
            .lock_attempts = (int)par_deliver_lock_attempts(),
            .lock_delay = par_deliver_lock_delay(),
            .stale_lock_time = par_stale_lock_time(),
            .check_owner = true,
            .uid = (uid_t)uid,
        };
        who.uid = (uid_t)uid;
        who.gid = (gid_t)gid;
        result = run_as(&who, work_mailbox, &w, NULL, &why);
        if (result == OK)
            r->r.offset = 0; /* marked */
    }
    if (result == OK)
        deliver_sent(d, r, "virtual", "2.0.0", "delivered to %s",
                     path[strlen(path) - 1] == '/' ? "maildir" : "mailbox");
    else
        deliver_failed(d, r, "virtual", result, &why);
    free(path);
}

static void handle(struct service *s, struct delivery *d)
{
    for (size_t i = 0; i < d->n; i++)
        deliver_one(d, &d->rcpts[i]);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    deliver_serve(s, fd, handle);
}

static void before_jail(struct service *s)
{
    deliver_init("virtual");
    mailbox_check("virtual_mailbox_limit", par_virtual_mailbox_limit(), par_virtual_mailbox_lock());
    tables.mailbox = maps_open("virtual_mailbox_maps", par_virtual_mailbox_maps(), TABLE_FLAGS);
    tables.uid = maps_open("virtual_uid_maps", par_virtual_uid_maps(), TABLE_FLAGS);
    tables.gid = maps_open("virtual_gid_maps", par_virtual_gid_maps(), TABLE_FLAGS);
}

int virtual_main(int argc, char **argv);

int virtual_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "virtual", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve, .keeps_root = true,
    };

    return service_main(&d, argc, argv);
}
