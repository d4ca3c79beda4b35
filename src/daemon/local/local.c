/* local.c - delivery to names of this machine: aliases, .forward, mailboxes, commands
 *
 * Who connects: the queue manager.  Whom it calls: cleanup in place, for
 * forwarded mail.  Trust: none in the message; a user's files and commands are
 * touched only as that user (deliver/run_as.h).
 * Runs in: its own process, as root where it is to serve several users.
 * Order of attempts: local(8): aliases, .forward, mailbox_transport, mailbox_command,
 * home_mailbox, mail spool; for names without an account fallback_transport, luser_relay.
 * Parameters: local.def, mailbox.def.  Tests: tests/smtp/local-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/local/local_int.h"
#include "deliver/copy.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"
#include "route/resolve.h"
#include "service/service.h"

enum { MAX_DEPTH = 100, ALIAS_MAX = 1 << 20, TEXT_MAX = 4096, FORWARD_MAX = 1 << 20 };

static struct local_tables tables;

void local_note(struct job *j, enum result r, const struct why *why, const char *fmt, ...)
{
    va_list ap;

    if (r == OK) {
        va_start(ap, fmt);
        buf_puts(&j->text, j->text.n ? ", " : "");
        buf_vprintf(&j->text, fmt, ap);
        va_end(ap);
        return;
    }
    /* One part that can be tried again makes the whole recipient be tried again. */
    if (j->worst == OK || (j->worst == PERM && r != PERM)) {
        j->worst = r == PERM ? PERM : TEMP;
        j->why = *why;
    }
}

static void fail(struct job *j, const char *dsn, const char *fmt, ...) PRINTF(3, 4);
static void fail(struct job *j, const char *dsn, const char *fmt, ...)
{
    char text[WHY_TEXT];
    struct why why;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    local_note(j, why_set(&why, dsn, "%s", text), &why, "%s", "");
}

static char *lower_copy(const char *text)
{
    char *copy = mem_dup(text);

    str_lower(copy);
    return copy;
}

static void person_init(struct person *p, const char *localpart, const char *domain, bool plain)
{
    const char *delims = par_recipient_delimiter();
    size_t n = addr_split_ext(str_of(localpart), delims, par_owner_request_special());
    size_t len = strlen(localpart);
    enum result found;

    *p = (struct person){ .name = localpart, .domain = domain, .plain = plain, .delimiter = "" };
    p->user = mem_dup_n(localpart, n);
    str_lower(p->user);
    p->ext = mem_dup(n < len ? localpart + n + 1 : "");
    if (n < len) {
        const char *at = strchr(delims, localpart[n]);

        p->delimiter = at ? mem_dup_n(at, 1) : "";
    }
    found = service_find_user(p->user, &p->account, &p->account_text);
    p->pw = found == OK ? &p->account : NULL;
    p->unsure = found == TEMP;
}

static void person_done(struct person *p)
{
    free(p->user);
    free(p->ext);
    free(p->account_text);
    if (*p->delimiter)
        free((void *)(uintptr_t)p->delimiter);
}

/* Commands and files in an alias run as the owner of the table, or as default_privs when that is root. */
static struct identity alias_identity(const char *table)
{
    static const char *const suffixes[] = { ".cdb", ".db", ".lmdb", "" };
    const char *path = strchr(table, ':') ? strchr(table, ':') + 1 : table;
    const struct passwd *pw = NULL;
    struct stat st;

    for (size_t i = 0; i < ARRAY_LEN(suffixes) && !pw; i++) {
        char *name = mem_printf("%s%s", path, suffixes[i]);

        if (stat(name, &st) == 0 && st.st_uid != 0)
            pw = getpwuid(st.st_uid);
        free(name);
    }
    if (!pw)
        pw = getpwnam(par_default_privs());
    if (!pw)
        log_fatal("parameter default_privs: there is no user \"%s\"", par_default_privs());
    if (geteuid() != 0)
        return (struct identity){ geteuid(), getegid(), NULL };
    return (struct identity){ pw->pw_uid, pw->pw_gid, NULL };
}

/* owner-NAME becomes the sender of what the alias forwards (aliases(5)). */
static const char *owner_sender(struct job *j, const char *name, const char *domain)
{
    char *key = mem_printf("owner-%s", name);
    const char *sender = j->sender;
    struct buf found;

    buf_init(&found, ALIAS_MAX);
    if (maps_get(j->t->aliases, str_of(key), &found, NULL) == OK)
        sender =
            par_expand_owner_alias() && !strchr(found.p, ',') ? mem_dup(found.p) : mem_printf("%s@%s", key, domain);
    else if (par_reset_owner_alias())
        sender = j->d->env->sender;
    buf_done(&found);
    free(key);
    return sender;
}

/* OK: the alias decided; NONE: there is none; TEMP. */
static enum result try_alias(struct job *j, const char *name, const char *domain)
{
    char *key = lower_copy(name), *mark = mem_printf("alias %s", key);
    const char *table = "", *outer = j->sender;
    struct buf found;
    struct identity as;
    enum result r;

    buf_init(&found, ALIAS_MAX);
    r = htab_get(j->seen, str_of(mark)) ? NONE : maps_get(j->t->aliases, str_of(key), &found, &table);
    if (r == OK) {
        (void)htab_put(j->seen, str_of(mark), j);
        as = alias_identity(table);
        j->sender = owner_sender(j, key, domain);
        local_expand(j, found.p, FROM_ALIAS, &as, domain);
        j->sender = outer;
    } else if (r != NONE) {
        fail(j, "4.3.0", "alias database unavailable");
        r = TEMP;
    }
    buf_done(&found);
    free(mark);
    free(key);
    return r;
}

/* Hands the recipient to another transport (mailbox_transport and fallback_transport): as a new message. */
static bool other_transport(struct job *j, const struct person *p, struct maps *maps, const char *fixed,
                            const char *param)
{
    struct buf found;
    enum result r;
    bool taken = true;

    buf_init(&found, TEXT_MAX);
    r = maps_get(maps, str_of(p->user), &found, NULL);
    if (r == NONE && *fixed) {
        buf_puts(&found, fixed);
        r = OK;
    }
    if (r == OK)
        fail(j, "4.3.5", "%s: handing mail to transport \"%s\" is not in this build", param, found.p);
    else if (r == NONE)
        taken = false;
    else
        fail(j, "4.3.0", "%s: table lookup failed", param);
    buf_done(&found);
    return taken;
}

static void luser_relay(struct job *j, const struct person *p)
{
    char *text = local_text(j, par_luser_relay(), p, NULL, "luser_relay");
    struct identity as = alias_identity("");

    if (text)
        local_expand(j, text, FROM_ALIAS, &as, p->domain);
    free(text);
}

static void unknown_name(struct job *j, const struct person *p)
{
    if (other_transport(j, p, j->t->fallback_transport, par_fallback_transport(), "fallback_transport"))
        return;
    if (*par_luser_relay()) {
        luser_relay(j, p);
        return;
    }
    /* RFC 5321 section 4.5.1: postmaster always exists. */
    if (str_cmp_case(p->user, "postmaster") == 0 || str_cmp_case(p->user, "double-bounce") == 0) {
        log_warn("%s: undeliverable mail for %s: no such alias or account; discarded", j->d->queue_id, p->name);
        local_note(j, OK, NULL, "discarded: no alias or account for %s", p->user);
        return;
    }
    fail(j, "5.1.1", "unknown user: \"%s\"", p->user);
}

void local_name(struct job *j, const char *localpart, const char *domain, bool plain)
{
    struct person p;
    enum result r = NONE;

    if (++j->depth > MAX_DEPTH) {
        fail(j, "5.4.6", "alias expansion is nested too deeply");
        j->depth--;
        return;
    }
    person_init(&p, localpart, domain, plain);
    if (!plain) {
        r = try_alias(j, localpart, domain);
        if (r == NONE && *p.ext)
            r = try_alias(j, p.user, domain);
    }
    if (r == NONE && p.unsure) {
        fail(j, "4.3.0", "user lookup error for \"%s\"", p.user);
        r = TEMP;
    }
    if (r == NONE && p.pw && !plain)
        r = local_dot_forward(j, &p);
    if (r == NONE) {
        if (other_transport(j, &p, j->t->mailbox_transport, par_mailbox_transport(), "mailbox_transport"))
            ;
        else if (p.pw)
            local_mailbox(j, &p);
        else
            unknown_name(j, &p);
    }
    person_done(&p);
    j->depth--;
}

void local_address(struct job *j, const char *address, bool plain)
{
    struct resolved to;
    struct buf addr;
    enum result r;

    buf_init(&addr, ADDR_MAX);
    buf_puts(&addr, address);
    rewrite_internal(REWRITE_LOCAL, &addr);
    resolved_init(&to);
    r = resolve(j->sender, addr.p, &to);
    if (r != OK)
        local_note(j, r, &to.why, "%s", "");
    else if (str_eq(buf_view(&to.transport), j->d->transport))
        local_name(j, mem_dup_n(to.recipient.p, addr_at(buf_view(&to.recipient))), j->d->nexthop, plain);
    else if (!htab_put(j->seen, buf_view(&addr), j)) {
        buf_add(&j->forward, addr.p, addr.n + 1);
        j->forwards++;
    }
    resolved_done(&to);
    buf_done(&addr);
}

static void deliver_one(struct delivery *d, struct delivery_rcpt *r)
{
    struct job j = { .d = d, .r = r, .t = &tables, .sender = d->env->sender, .worst = OK };
    struct str addr = str_of(r->r.addr);
    char *localpart = mem_dup_n(addr.p, addr_at(addr));
    char *domain = addr_at(addr) < addr.n ? mem_dup(addr.p + addr_at(addr) + 1) : mem_dup(par_myhostname());

    j.seen = htab_new();
    buf_init(&j.forward, FORWARD_MAX);
    buf_init(&j.text, TEXT_MAX);
    if (copy_delivered_to(d, r->r.addr) == OK)
        fail(&j, "5.4.6", "mail forwarding loop for %s", r->r.addr);
    else
        local_name(&j, localpart, domain, false);
    if (j.forwards && j.worst != TEMP)
        local_resubmit(&j);
    if (j.worst == OK)
        deliver_sent(d, r, "local", "2.0.0", "%s", j.text.n ? j.text.p : "discarded");
    else
        deliver_failed(d, r, "local", j.worst, &j.why);
    htab_free(j.seen, NULL);
    buf_done(&j.forward);
    buf_done(&j.text);
    free(localpart);
    free(domain);
}

static void handle(struct service *s, struct delivery *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->flags & DELIVER_PROBE)
            deliver_sent(d, &d->rcpts[i], "local", "2.0.0", "deliverable");
        else
            deliver_one(d, &d->rcpts[i]);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    deliver_serve(s, fd, handle);
}

static void before_jail(struct service *s)
{
    deliver_init("local");
    cleanup_init();
    resolve_init();
    tables.aliases = maps_open("alias_maps", par_alias_maps(), MAP_FOLD | MAP_NO_REGSUB);
    tables.mailbox_transport =
        maps_open("mailbox_transport_maps", par_mailbox_transport_maps(), MAP_FOLD | MAP_NO_REGSUB);
    tables.mailbox_command = maps_open("mailbox_command_maps", par_mailbox_command_maps(), MAP_FOLD | MAP_NO_REGSUB);
    tables.fallback_transport =
        maps_open("fallback_transport_maps", par_fallback_transport_maps(), MAP_FOLD | MAP_NO_REGSUB);
}

int local_main(int argc, char **argv);

int local_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "local", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve, .keeps_root = true,
    };

    return service_main(&d, argc, argv);
}
