/* pipe.c - delivery to a command named in master.cf
 *
 * Who connects: the queue manager.  Trust: addresses go into arguments only,
 * never to a shell; an argument made from an address cannot begin with "-"
 * unless allow_min_user says so (resolving has refused those).
 * Runs in: its own process, as root; the command runs as user=.
 * Parameters: <service>_time_limit, command_time_limit, recipient_delimiter,
 * pipe_delivery_status_filter. Tests: tests/smtp/pipe-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "deliver/command.h"
#include "deliver/command_env.h"
#include "deliver/copy.h"
#include "deliver/deliver.h"
#include "mail/addr.h"
#include "param/param.h"
#include "service/service.h"

enum { MAX_ARGS = 2048, ARG_MAX_BYTES = 8192 };

enum flag { /* letters of flags= that the copy does not do itself */
    FLAG_FOLD_DOMAIN = 1, FLAG_QUOTE = 2, FLAG_FOLD_USER = 4, FLAG_FINAL = 8,
};

static struct {
    unsigned copy;          /* COPY_* */
    unsigned flags;
    uid_t uid;
    gid_t gid;
    const char *directory, *chroot, *null_sender;
    char *eol;
    int64_t size;
    char **argv;            /* templates */
    int time_limit;
    const char *service;
} attr;

/* C escapes in eol= */
static char *unescape(const char *text)
{
    struct buf out;

    buf_init(&out, 64);
    for (; *text; text++) {
        static const char from[] = "nrtabfv\\", to[] = "\n\r\t\a\b\f\v\\";
        const char *at;

        if (*text != '\\' || !text[1]) {
            buf_putc(&out, *text);
        } else if ((at = strchr(from, text[1]))) {
            buf_putc(&out, to[at - from]);
            text++;
        } else if (text[1] >= '0' && text[1] <= '7') {
            int v = 0, n = 0;

            for (; n < 3 && text[1] >= '0' && text[1] <= '7'; n++, text++)
                v = v * 8 + text[1] - '0';
            buf_putc(&out, v);
        } else {
            buf_putc(&out, *++text);
        }
    }
    return buf_take(&out);
}

static void set_flags(const char *letters)
{
    static const struct {
        char letter;
        unsigned copy, flag;
    } known[] = {
        { 'B', COPY_BLANK_END, 0 },  { 'D', COPY_DELIVERED_TO, 0 }, { 'F', COPY_FROM_LINE, 0 },
        { 'O', COPY_ORIGINAL_TO, 0 }, { 'R', COPY_RETURN_PATH, 0 },         { 'X', 0, FLAG_FINAL },
        { 'h', 0, FLAG_FOLD_DOMAIN }, { 'q', 0, FLAG_QUOTE },               { 'u', 0, FLAG_FOLD_USER },
        { '.', COPY_DOT, 0 },         { '>', COPY_QUOTE_FROM, 0 },
    };

    for (; *letters; letters++) {
        size_t i = 0;

        while (i < ARRAY_LEN(known) && known[i].letter != *letters)
            i++;
        if (i == ARRAY_LEN(known))
            log_fatal("service %s: unknown flag '%c' in flags=", attr.service, *letters);
        attr.copy |= known[i].copy;
        attr.flags |= known[i].flag;
    }
}

static void parse_attributes(struct service *s)
{
    const char *user = NULL;

    attr.service = s->name;
    attr.null_sender = "MAILER-DAEMON";
    attr.eol = (char *)"\n";
    for (char **a = s->argv; *a; a++) {
        if (strncmp(*a, "flags=", 6) == 0)
            set_flags(*a + 6);
        else if (strncmp(*a, "user=", 5) == 0)
            user = *a + 5;
        else if (strncmp(*a, "directory=", 10) == 0)
            attr.directory = *a + 10;
        else if (strncmp(*a, "chroot=", 7) == 0)
            attr.chroot = *a + 7;
        else if (strncmp(*a, "null_sender=", 12) == 0)
            attr.null_sender = *a + 12;
        else if (strncmp(*a, "eol=", 4) == 0)
            attr.eol = unescape(*a + 4);
        else if (strncmp(*a, "size=", 5) == 0) {
            if (num_parse(str_of(*a + 5), 0, INT64_MAX, &attr.size) != OK)
                log_fatal("service %s: bad size= attribute: %s", attr.service, *a + 5);
        } else if (strncmp(*a, "argv=", 5) == 0) {
            *a += 5;
            attr.argv = **a ? a : a + 1;
            break;
        } else
            log_fatal("service %s: unknown attribute name: %s", attr.service, *a);
    }
    if (!user)
        log_fatal("service %s: missing user= attribute", attr.service);
    if (!attr.argv || !*attr.argv)
        log_fatal("service %s: missing argv= attribute", attr.service);
    service_command_user(s->name, user, &attr.uid, &attr.gid);
}

static char *quoted(const char *addr)
{
    struct buf out;

    buf_init(&out, ARG_MAX_BYTES);
    addr_quote(&out, str_of(addr));
    return buf_take(&out);
}

/* The letter case and quoting that the flags ask for. localpart_only: no domain in text. */
static char *shape(const char *text, bool localpart_only)
{
    struct str s = str_of(text);
    size_t at = localpart_only ? s.n : addr_at(s);
    char *copy = mem_dup(text), *other;

    for (size_t i = 0; i < s.n; i++)
        if (i < at ? attr.flags & FLAG_FOLD_USER : attr.flags & FLAG_FOLD_DOMAIN)
            copy[i] = (char)chr_lower((unsigned char)copy[i]);
    if (!(attr.flags & FLAG_QUOTE) || localpart_only)
        return copy;
    other = quoted(copy);
    free(copy);
    return other;
}

struct names {
    const struct delivery *d;
    const struct delivery_rcpt *r;
    char *keep[8]; /* values made for this argument */
    int kept;
    char unknown[64];
};

static const char *keep(struct names *n, char *text)
{
    if (n->kept == (int)ARRAY_LEN(n->keep))
        free(n->keep[--n->kept]);
    return n->keep[n->kept++] = text;
}

static const char *rcpt_name(struct names *n, const char *name)
{
    const char *addr = n->r->r.addr;
    struct str s = str_of(addr);
    size_t at = addr_at(s), user = addr_split_ext(addr_local(s), par_recipient_delimiter(), true);

    if (strcmp(name, "recipient") == 0)
        return keep(n, shape(addr, false));
    if (strcmp(name, "original_recipient") == 0)
        return keep(n, shape(n->r->r.orig, false));
    if (strcmp(name, "user") == 0)
        return keep(n, shape(keep(n, mem_dup_n(addr, user)), true));
    if (strcmp(name, "extension") == 0)
        return keep(n, shape(keep(n, user < at ? mem_dup_n(addr + user + 1, at - user - 1) : mem_dup("")), true));
    if (strcmp(name, "mailbox") == 0)
        return keep(n, shape(keep(n, mem_dup_n(addr, at)), true));
    if (strcmp(name, "domain") == 0) {
        char *domain = mem_dup(at < s.n ? addr + at + 1 : "");

        if (attr.flags & FLAG_FOLD_DOMAIN)
            str_lower(domain);
        return keep(n, domain);
    }
    return NULL;
}

static const char *known_name(struct names *n, const char *name)
{
    const struct qfile_env *e = n->d->env;
    const struct {
        const char *name, *value;
    } fixed[] = {
        { "client_address", e->client_addr },   { "client_helo", e->client_helo },
        { "client_hostname", e->client_name },  { "client_port", e->client_port },
        { "client_protocol", e->client_proto }, { "envid", e->envid },
        { "queue_id", n->d->queue_id },         { "sasl_method", e->sasl_method },
        { "sasl_sender", e->sasl_sender },      { "sasl_username", e->sasl_user },
    };

    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        if (strcmp(fixed[i].name, name) == 0)
            return fixed[i].value;
    if (strcmp(name, "size") == 0)
        return keep(n, mem_printf("%lld", (long long)e->size));
    if (strcmp(name, "nexthop") == 0) {
        char *hop = mem_dup(n->d->nexthop);

        if (attr.flags & FLAG_FOLD_DOMAIN)
            str_lower(hop);
        return keep(n, hop);
    }
    if (strcmp(name, "sender") == 0)
        return keep(n, attr.flags & FLAG_QUOTE && *e->sender ? quoted(e->sender) : mem_dup(e->sender));
    return rcpt_name(n, name);
}

static const char *lookup(const char *name, void *arg)
{
    struct names *n = arg;
    const char *value = known_name(n, name);

    if (!value && !n->unknown[0])
        snprintf(n->unknown, sizeof n->unknown, "%s", name);
    return value;
}

/* These appear once per recipient; an argument that has one is repeated. */
static bool per_recipient(const char *template)
{
    static const char *const names[] = { "recipient", "user", "extension", "mailbox", "original_recipient",
                                         "domain" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        for (const char *p = strstr(template, names[i]); p; p = strstr(p + 1, names[i]))
            if (p > template && (p[-1] == '$' || (p > template + 1 && p[-2] == '$')))
                return true;
    return false;
}

/* NULL: the template is wrong. */
static char *expand(const char *template, const struct delivery *d, const struct delivery_rcpt *r)
{
    struct names n = { .d = d, .r = r };
    const char *bad = "";
    struct buf out;

    buf_init(&out, ARG_MAX_BYTES);
    if (param_expand_with(template, lookup, &n, NULL, &out, &bad) != OK)
        log_warn("file %s/master.cf: service %s: %s: \"%s\"", param_dir(), attr.service, bad, template);
    else if (n.unknown[0])
        log_warn("file %s/master.cf: service %s: unknown macro name: \"%s\"", param_dir(), attr.service, n.unknown);
    else
        bad = NULL;
    for (int i = 0; i < n.kept; i++)
        free(n.keep[i]);
    if (!bad)
        return buf_take(&out);
    buf_done(&out);
    return NULL;
}

static bool build_argv(const struct delivery *d, char **argv)
{
    int n = 0;

    for (char **t = attr.argv; *t; t++)
        for (size_t i = 0; i < (per_recipient(*t) ? d->n : 1) && n < MAX_ARGS - 1; i++) {
            argv[n] = expand(*t, d, &d->rcpts[i]);
            if (!argv[n])
                return false;
            n++;
        }
    argv[n] = NULL;
    return true;
}

static enum result run(struct delivery *d, struct why *why)
{
    char *argv[MAX_ARGS];
    struct command_env env;
    struct command c = {
        .argv = argv, .env = env.list, .uid = attr.uid, .gid = attr.gid, .chroot = attr.chroot,
        .dir = attr.directory, .time_limit = attr.time_limit, .flags = attr.copy, .eol = attr.eol,
    };
    enum result r;

    struct qfile_env seen = *d->env;
    struct delivery given = *d;

    if (!*seen.sender)
        seen.sender = attr.null_sender;
    given.env = &seen;
    if (build_argv(&given, argv)) {
        command_env_init(&env);
        r = command_run(&c, &given, d->n == 1 ? &d->rcpts[0] : NULL, why);
        for (size_t i = 0; i < d->n; i++)
            d->rcpts[i].diag_type = 'u';
        command_env_done(&env);
    } else {
        r = why_set(why, "4.3.5", "mail system configuration error");
    }
    for (char **a = argv; *a; a++)
        free(*a);
    return r;
}

static enum result refused(const struct delivery *d, struct why *why)
{
    if ((attr.copy & (COPY_DELIVERED_TO | COPY_ORIGINAL_TO)) && d->n > 1) {
        log_warn("pipe flag `%c' requires %s_destination_recipient_limit = 1",
                 attr.copy & COPY_DELIVERED_TO ? 'D' : 'O', attr.service);
        return why_set(why, "4.3.5", "mail system configuration error");
    }
    if (attr.size && d->env->size > attr.size)
        return why_set(why, "5.2.3", "message too large");
    if ((attr.copy & COPY_DELIVERED_TO) && copy_delivered_to(d, d->rcpts[0].r.addr) == OK)
        return why_set(why, "5.4.6", "mail forwarding loop for %s", d->rcpts[0].r.addr);
    if (geteuid() != 0 && attr.uid != geteuid())
        return why_set(why, "4.3.5", "cannot run a command as user id %ld: the mail system does not run as root",
                       (long)attr.uid);
    return OK;
}

static void handle(struct service *s, struct delivery *d)
{
    struct why why = { .dsn = "" };
    enum result r = refused(d, &why);

    if (r == OK && (d->flags & DELIVER_PROBE)) {
        for (size_t i = 0; i < d->n; i++)
            deliver_sent(d, &d->rcpts[i], attr.service, "2.0.0", "delivers to command: %s", attr.argv[0]);
        return;
    }
    if (r == OK)
        r = run(d, &why);
    for (size_t i = 0; i < d->n && r == OK; i++)
        deliver_mark_now(d, &d->rcpts[i]);
    for (size_t i = 0; i < d->n; i++)
        if (r == OK) {
            d->rcpts[i].relayed = attr.flags & FLAG_FINAL ? 'd' : 'r';
            deliver_sent(d, &d->rcpts[i], attr.service, "2.0.0", "delivered via %s service%s%s%s", attr.service,
                         why.text[0] ? " (" : "", why.text, why.text[0] ? ")" : "");
        }
    if (r != OK)
        deliver_failed_all(d, attr.service, r, &why);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    deliver_serve(s, fd, handle);
}

static void before_jail(struct service *s)
{
    parse_attributes(s);
    attr.time_limit = (int)param_transport_num(s->name, P_transport_time_limit);
    deliver_init("pipe");
}

int pipe_main(int argc, char **argv);

int pipe_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "pipe", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve, .keeps_root = true,
    };

    return service_main(&d, argc, argv);
}
