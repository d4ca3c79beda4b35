/* local.c - delivery to names of this machine: aliases, .forward, mailboxes, commands
 *
 * Who connects: the queue manager.  Whom it calls: cleanup in place, for
 * forwarded mail; other transports (deliver/pass.h).  Trust: none in the message;
 * a user's files and commands are touched only as that user (deliver/run_as.h).
 * Runs in: its own process, as root where it is to serve several users.
 * Order of attempts: local(8): aliases, .forward, mailbox_transport, mailbox_command, home_mailbox, mail spool; for
 * names without an account fallback_transport, luser_relay.
 * Each member of an alias has its own line in the log and its own outcome. A member that can be tried again has the
 * whole recipient tried again, others included: an alias with an owner, an :include: file and a .forward do better,
 * their addresses become a new message.
 * Parameters: local.def, mailbox.def, propagate_unmatched_extensions.  Tests: tests/local/
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
#include "deliver/mailbox.h"
#include "deliver/pass.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "map/map.h"
#include "param/param.h"
#include "route/resolve.h"
#include "service/service.h"

enum { ALIAS_MAX = 1 << 20, TEXT_MAX = 4096 };

static struct local_tables tables;

/* --- outcomes --- */

bool local_probe(const struct job *j)
{
    return j->d->flags & DELIVER_PROBE;
}

bool local_asked(const struct job *j)
{
    return j->d->env->flags & QF_PROBE;
}

struct delivery_rcpt *local_part(struct job *j, const struct target *t)
{
    struct delivery_rcpt *part = deliver_part(j->r, t->addr, t->notify);

    if (t->list)
        part->r.orig = part->r.orcpt = "";
    return part;
}

void local_sent(struct job *j, const struct target *t, const char *fmt, ...)
{
    char text[WHY_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    deliver_sent(j->d, local_part(j, t), j->d->transport, "2.0.0", "%s", text);
}

void local_failed(struct job *j, const struct target *t, enum result r, const struct why *why)
{
    deliver_failed(j->d, local_part(j, t), j->d->transport, r, why);
}

void local_fail(struct job *j, const struct target *t, const char *dsn, const char *fmt, ...)
{
    char text[WHY_TEXT];
    struct why why;
    enum result r;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r = why_set(&why, dsn, "%s", text);
    local_failed(j, t, r, &why);
}

unsigned local_notify(unsigned notify)
{
    return notify == DSN_NOTIFY_SUCCESS ? DSN_NOTIFY_NEVER : notify & ~(unsigned)DSN_NOTIFY_SUCCESS;
}

static bool any_deferred(const struct deliver_part *p)
{
    while (p && p->how.outcome != DELIVER_DEFERRED)
        p = p->next;
    return p;
}

void local_expanded(struct job *j, const struct target *t, const struct deliver_part *before, bool list)
{
    struct delivery_rcpt *part;

    if (!(t->notify & DSN_NOTIFY_SUCCESS) || local_probe(j) || any_deferred(before ? before->next : j->r->parts))
        return;
    part = local_part(j, t);
    part->outcome = DELIVER_SENT;
    part->relayed = list ? 'd' : 'e'; /* RFC 3461 section 5.2.7.3: a list has got it */
    part->relay = j->d->transport;
    (void)why_set(&part->why, "2.0.0", "alias expanded");
}

bool local_first_time(struct job *j, const char *fmt, ...)
{
    char *key;
    bool first;
    struct buf text;
    va_list ap;

    buf_init(&text, ALIAS_MAX);
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    key = buf_take(&text);
    first = !htab_get(j->seen, str_of(key));
    /* Without room to remember every address, mail may come twice; it is never lost. */
    if (first && (strncmp(key, "recipient ", 10) != 0 || !par_duplicate_filter_limit() ||
                  (int64_t)htab_count(j->seen) < par_duplicate_filter_limit()))
        (void)htab_put(j->seen, str_of(key), j);
    free(key);
    return first;
}

/* --- aliases --- */

/* default_privs: a user's name. Its group counts too. */
static struct identity default_identity(void)
{
    static struct identity id;

    if (id.uid)
        return id;
    if (geteuid() != 0)
        return (struct identity){ .uid = geteuid(), .gid = getegid() };
    service_default_privs(&id.uid, &id.gid);
    return id;
}

struct identity local_rights(const struct target *t)
{
    return t->as.uid ? t->as : default_identity();
}

/* Commands and files in an alias run as the owner of the table; as default_privs when that is root, or no file. */
static bool table_identity(const char *table, struct identity *id)
{
    static const char *const suffixes[] = { ".cdb", ".db", ".lmdb", "" };
    const char *path = strchr(table, ':') ? strchr(table, ':') + 1 : table;
    const struct passwd *pw = NULL;
    struct stat st = { .st_uid = 0 };
    bool found = false;

    for (size_t i = 0; i < ARRAY_LEN(suffixes) && !found && path[0] == '/'; i++) {
        char *name = mem_printf("%s%s", path, suffixes[i]);

        found = stat(name, &st) == 0;
        free(name);
    }
    *id = (struct identity){ .uid = 0 };
    if (!found || !st.st_uid || geteuid() != 0)
        return true;
    pw = getpwuid(st.st_uid);
    if (!pw) {
        log_warn("cannot find alias database owner for %s", table);
        return false;
    }
    *id = local_identity(pw);
    return true;
}

static char *canonical(const char *addr)
{
    struct buf b;

    buf_init(&b, ADDR_MAX);
    buf_puts(&b, addr);
    rewrite_internal(REWRITE_LOCAL, &b);
    return buf_take(&b);
}

/* The key is in external form, as postalias writes it; tables of older programs have the name as it is. */
static enum result find_alias(const struct job *j, const char *name, struct buf *found, const char **table)
{
    char *address = mem_printf("%s@x", name);
    struct buf key;
    enum result r;

    buf_init(&key, 2 * ADDR_MAX);
    addr_quote(&key, str_of(address));
    buf_cut(&key, key.n - 2);
    r = maps_get(j->t->aliases, buf_view(&key), found, table);
    if (r == NONE && !str_eq(buf_view(&key), name))
        r = maps_get(j->t->aliases, str_of(name), found, table);
    buf_done(&key);
    free(address);
    return r;
}

/* owner-NAME becomes the sender of what the alias forwards (aliases(5)). Both texts are the caller's to free. */
static void find_owner(struct job *j, const char *name, struct target *t, char **owner, char **sender)
{
    struct buf found;

    *owner = mem_printf("owner-%s", name);
    *sender = NULL;
    buf_init(&found, ALIAS_MAX);
    if (!str_begins_case(str_of(name), "owner-") &&
        find_alias(j, *owner, &found, NULL) == OK) {
        *sender = canonical(par_expand_owner_alias() ? found.p : *owner);
        t->owner = *owner;
        t->sender = *sender;
        t->list = true;
    } else if (par_reset_owner_alias()) {
        t->owner = NULL; /* the sender stays the owner of the outer alias */
    }
    buf_done(&found);
}

static void expand_alias(struct job *j, const struct target *outer, const char *name, const char *text,
                         const char *table)
{
    const struct deliver_part *before = j->r->last_part;
    struct target t = *outer;
    char *owner, *sender;

    if (local_asked(j)) {
        local_sent(j, outer, "aliased to %s", text);
        return;
    }
    t.source = FROM_ALIAS;
    t.exp_from = name;
    if (!table_identity(table, &t.as)) {
        local_fail(j, outer, "4.3.0", "cannot find alias database owner");
        return;
    }
    find_owner(j, name, &t, &owner, &sender);
    /* RFC 3461 section 5.2.7.3: a list's mail has nothing of the original's requests, but NEVER, as in Postfix. */
    if (t.sender != sender || outer->notify != DSN_NOTIFY_NEVER)
        t.notify = t.sender == sender ? 0 : local_notify(outer->notify);
    if (!local_expand_text(j, &t, str_of(text))) {
        log_warn("no recipient in alias lookup result for %s", name);
        local_fail(j, outer, "4.3.0", "alias database unavailable");
    }
    local_expanded(j, outer, before, t.sender == sender);
    local_identity_done(&t.as);
    free(owner);
    free(sender);
}

/* OK: the alias decided; NONE: there is none. */
static enum result try_alias(struct job *j, const struct target *t, const char *name)
{
    const char *table = "";
    struct buf found;
    enum result r;

    /* An alias that names itself means the user. Any other repetition is allowed, up to a depth. */
    if (t->exp_from && str_cmp_case(t->exp_from, name) == 0)
        return NONE;
    if (t->level > LOCAL_DEPTH_MAX) {
        log_warn("alias database loop for %s", name);
        local_fail(j, t, "5.4.6", "alias database loop for %s", name);
        return OK;
    }
    buf_init(&found, ALIAS_MAX);
    r = find_alias(j, name, &found, &table);
    if (r == OK) {
        expand_alias(j, t, name, found.p, table);
    } else if (r != NONE) {
        local_fail(j, t, "4.3.0", "alias database unavailable");
        r = OK;
    }
    buf_done(&found);
    return r;
}

/* --- one name --- */

/* The address only: a command or a file is none. */
static void luser_relay(struct job *j, const struct target *outer)
{
    char *text = local_text(outer, par_luser_relay(), NULL, "luser_relay", NULL);
    struct target t = *outer;

    t.unmatched = NULL;
    t.relayed = true;
    if (text)
        local_address(j, t, text);
    else
        local_fail(j, outer, "4.3.5", "mail system configuration error");
    free(text);
}

static void unknown_name(struct job *j, const struct target *t)
{
    if ((!local_first_time(j, "unknown %s", t->local) && !t->relayed) ||
        local_other_transport(j, t, j->t->fallback_transport, par_fallback_transport()))
        return;
    if (*par_luser_relay() && !t->relayed) {
        luser_relay(j, t);
    } else if (str_cmp_case(t->user, "postmaster") == 0 || str_cmp_case(t->user, "mailer-daemon") == 0) {
        /* RFC 5321 section 4.5.1: postmaster always exists. */
        log_warn("required alias not found: %s", t->user);
        local_sent(j, t, "discarded");
    } else {
        local_fail(j, t, "5.1.1", "unknown user: \"%s\"", t->user);
    }
}

static bool home_missing(struct job *j, const struct target *t)
{
    struct identity as;
    struct stat st;
    bool missing;

    if (!par_require_home_directory() || local_account(t->user, &as) != OK)
        return false;
    missing = stat(as.home, &st) < 0;
    if (missing)
        local_fail(j, t, "4.3.0", "cannot access home directory %s: %s", as.home, strerror(errno));
    local_identity_done(&as);
    return missing;
}

static void deliver_user(struct job *j, const struct target *t)
{
    if (local_mailbox(j, *t) == NONE)
        unknown_name(j, t);
}

static void deliver_name(struct job *j, struct target *t)
{
    if (t->addr[0] == '\\') { /* no alias, no .forward */
        t->addr++;
        t->local++;
        t->user++;
        deliver_user(j, t);
        return;
    }
    t->unmatched = NULL;
    if (try_alias(j, t, t->local) == OK)
        return;
    if (t->ext) {
        t->unmatched = j->t->extend & 1u << FROM_ALIAS ? t->ext : NULL;
        if (try_alias(j, t, t->user) == OK)
            return;
        t->unmatched = t->ext;
    }
    /* Other addresses of a list, an :include: file or a .forward get a message, and so a retry, of their own. */
    if ((t->owner && str_cmp_case(t->owner, t->user) != 0) || t->source == FROM_INCLUDE) {
        local_indirect(j, t);
        return;
    }
    if (!home_missing(j, t) && local_dot_forward(j, *t) == NONE)
        deliver_user(j, t);
}

/* Splits the extension off user, in place. */
static void split_ext(const struct job *j, struct target *t, char *user, char *delimiter)
{
    const char *delims = par_recipient_delimiter();
    size_t n = addr_split_ext(str_of(user), delims, par_owner_request_special());

    t->ext = NULL;
    t->delimiter = delimiter;
    if (!user[n])
        return;
    delimiter[0] = user[n];
    user[n] = 0;
    t->ext = user + n + 1;
    if (strchr(t->ext, '/')) {
        log_warn("%s: address with illegal extension: %s", j->d->queue_id, t->local);
        t->ext = NULL;
    }
}

static void deliver_recipient(struct job *j, struct target t)
{
    struct str addr = str_of(t.addr);
    char delimiter[2] = "", *local, *user;

    if (!local_first_time(j, "recipient %d %s", t.level, t.addr))
        return;
    if (htab_get(j->passed, addr)) {
        local_fail(j, &t, "5.4.6", "mail forwarding loop for %s", t.addr);
        return;
    }
    if (!t.delivered || !par_frozen_delivered_to())
        t.delivered = t.addr;
    local = mem_dup_n(addr.p, addr_at(addr));
    str_lower(local);
    user = mem_dup(local);
    t.local = local;
    t.user = user;
    t.domain = addr_at(addr) < addr.n ? addr.p + addr_at(addr) + 1 : par_myhostname();
    split_ext(j, &t, user, delimiter);
    t.unmatched = t.ext;
    if (!*user)
        local_fail(j, &t, "5.1.3", "null username in \"%s\"", t.addr);
    else
        deliver_name(j, &t);
    free(local);
    free(user);
}

/* The unmatched extension goes on to what comes out (propagate_unmatched_extensions). */
static void add_extension(struct buf *addr, const struct target *t)
{
    struct buf ext;

    if (!t->unmatched || !*par_recipient_delimiter())
        return;
    buf_init(&ext, ADDR_MAX);
    buf_putc(&ext, *t->delimiter ? *t->delimiter : *par_recipient_delimiter());
    buf_puts(&ext, t->unmatched);
    buf_splice(addr, addr_at(buf_view(addr)), 0, buf_view(&ext));
    buf_done(&ext);
}

void local_address(struct job *j, struct target t, const char *address)
{
    struct target outer = t;
    struct resolved to;
    struct buf addr;
    enum result r;

    t.level++;
    buf_init(&addr, ADDR_MAX);
    buf_puts(&addr, *address ? address : "MAILER-DAEMON");
    rewrite_internal(REWRITE_LOCAL, &addr);
    resolved_init(&to);
    r = resolve(t.sender, addr.p, &to);
    if (r == PERM) {
        local_fail(j, &outer, "5.1.3", "bad recipient address syntax: %s", addr.p);
    } else if (r != OK) {
        local_failed(j, &outer, r, &to.why);
    } else {
        bool ours = str_eq(buf_view(&to.transport), j->d->transport);

        buf_reset(&addr);
        buf_str(&addr, buf_view(&to.recipient));
        add_extension(&addr, &t);
        t.addr = addr.p + (!ours && addr.p[0] == '\\');
        if (ours)
            deliver_recipient(j, t);
        else
            local_indirect(j, &t);
    }
    resolved_done(&to);
    buf_done(&addr);
}

/* --- one request --- */

static bool note_passed(struct str addr, void *arg)
{
    struct job *j = arg;

    (void)htab_put(j->passed, addr, j);
    return true;
}

static void deliver_one(struct delivery *d, struct delivery_rcpt *r, struct htab *passed)
{
    struct job j = { .d = d, .r = r, .t = &tables, .passed = passed, .seen = htab_new() };
    struct target t = { .addr = r->r.addr, .sender = d->env->sender, .notify = r->r.notify, .delimiter = "" };

    deliver_recipient(&j, t);
    local_forward_done(&j, &t, any_deferred(r->parts));
    deliver_parts_done(d, r);
    if (r->outcome == DELIVER_PENDING)
        deliver_sent(d, r, d->transport, "2.0.0", "discarded"); /* an expansion to nothing */
    htab_free(j.seen, NULL);
}

static void handle(struct service *s, struct delivery *d)
{
    struct job j = { .passed = htab_new() };
    enum result r = copy_each_delivered_to(d, note_passed, &j);

    for (size_t i = 0; i < d->n && r != TEMP; i++)
        deliver_one(d, &d->rcpts[i], j.passed);
    htab_free(j.passed, NULL);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    deliver_serve(s, fd, handle);
}

static void before_jail(struct service *s)
{
    static const char *const sources[] = { "canonical", "alias", "forward", "include", "virtual", "generic" };
    static const char *const headers[] = { "command", "file", "forward" };
    static const char *const trusted[] = { "alias", "forward", "include" };
    unsigned flags = MAP_FOLD | MAP_NO_REGSUB | MAP_NO_UNAUTH;

    deliver_init("local");
    pass_init(s->name);
    cleanup_init();
    resolve_init();
    tables.aliases = maps_open("alias_maps", par_alias_maps(), flags);
    tables.mailbox_transport = maps_open("mailbox_transport_maps", par_mailbox_transport_maps(), flags);
    tables.mailbox_command = maps_open("mailbox_command_maps", par_mailbox_command_maps(), flags);
    tables.fallback_transport = maps_open("fallback_transport_maps", par_fallback_transport_maps(), flags);
    tables.extend = service_words("propagate_unmatched_extensions", par_propagate_unmatched_extensions(), sources,
                                  ARRAY_LEN(sources));
    tables.headers = service_words("prepend_delivered_header", par_prepend_delivered_header(), headers,
                                   ARRAY_LEN(headers));
    (void)service_words("allow_mail_to_commands", par_allow_mail_to_commands(), trusted, ARRAY_LEN(trusted));
    (void)service_words("allow_mail_to_files", par_allow_mail_to_files(), trusted, ARRAY_LEN(trusted));
    mailbox_check("mailbox_size_limit", par_mailbox_size_limit(), par_mailbox_delivery_lock());
}

int local_main(int argc, char **argv);

int local_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "local", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve, .keeps_root = true,
    };

    return service_main(&d, argc, argv);
}
