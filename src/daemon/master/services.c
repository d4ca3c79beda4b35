/* services.c - the services of master.cf and their listeners
 *
 * Parameters: inet_interfaces, inet_protocols, default_process_limit, master_service_disable, daemon_directory.
 * Runs in: master.  Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
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
#include "daemon/master/master_int.h"
#include "net/dns.h"
#include "net/sock.h"
#include "param/param.h"

enum { BACKLOG = 512, KEY = 200 };

struct svc *svc_list;

/* Modules called in place: their entries are accepted, their -o overrides reach them through the service names. */
static const char *const here[] = { "cleanup", "trivial-rewrite", "error",    "discard", "anvil",
                                    "tlsmgr",  "scache",          "proxymap", "postlogd" };
/* Programs of Postfix; an unknown name is looked for in daemon_directory. */
static const char *const known[] = { "postscreen", "dnsblog", "tlsproxy", "qmqpd", "spawn", "smtpd", "smtp",
                                     "lmtp",       "local",   "virtual",  "pipe",  "nbdb_reindexd", "verify" };
static const char *const applets[] = {
#define DAEMON(name, entry) name,
#include "daemon/daemon.def"
#undef DAEMON
    NULL
};

static bool among(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n && list[i]; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static enum svc_kind kind_of(const char *program)
{
    if (among(applets, ARRAY_LEN(applets), program) || strcmp(program, "oqmgr") == 0)
        return SVC_APPLET;
    if (among(here, ARRAY_LEN(here), program))
        return SVC_HERE;
    return among(known, ARRAY_LEN(known), program) ? SVC_MISSING : SVC_PROGRAM;
}

const char *svc_text(const struct svc *s)
{
    static char text[KEY];

    snprintf(text, sizeof text, "%s/%s", s->entry->name, master_cf_type_name(s->entry->type));
    return text;
}

struct svc *svc_qmgr(void)
{
    for (struct svc *s = svc_list; s; s = s->next)
        if (s->is_qmgr)
            return s;
    return NULL;
}

/* Names a listener for inherit.c. */
static void inet_key(char *key, size_t cap, const struct sock_addr *a)
{
    char addr[SOCK_ADDR_TEXT];

    sock_text(a, addr);
    snprintf(key, cap, "inet:[%s]:%u", addr, sock_port(a));
}

static void unix_key(char *key, size_t cap, const struct svc *s)
{
    snprintf(key, cap, "unix:%s/%s", s->entry->private ? "private" : "public", s->entry->name);
}

void svc_keep_listeners(void)
{
    char key[KEY];

    for (struct svc *s = svc_list; s; s = s->next)
        for (int i = 0; i < s->nfds && !s->is_qmgr; i++) {
            struct sock_addr a = { .len = sizeof a.all };

            if (s->entry->type != SERVICE_INET)
                unix_key(key, sizeof key, s);
            else if (getsockname(s->fds[i], &a.sa, &a.len) == 0)
                inet_key(key, sizeof key, &a);
            else
                continue;
            inherit_keep(key, s->fds[i]);
        }
}

static void add_fd(struct svc *s, int fd)
{
    if (s->nfds == SVC_MAX_LISTENERS)
        log_fatal("service %s: more than %d addresses to listen on", svc_text(s), SVC_MAX_LISTENERS);
    io_nonblock(fd, true);
    io_cloexec(fd, true);
    s->fds[s->nfds++] = fd;
}

static void listen_inet(struct svc *s, const struct sock_addr *a)
{
    char addr[SOCK_ADDR_TEXT], key[KEY];
    int fd;

    sock_text(a, addr);
    inet_key(key, sizeof key, a);
    fd = inherit_take(key);
    if (fd < 0)
        fd = sock_listen_inet(a, BACKLOG);
    if (fd < 0)
        log_fatal("bind %s port %u: %s", addr, sock_port(a), strerror(errno));
    add_fd(s, fd);
}

static bool family_wanted(int family)
{
    const char *list = par_inet_protocols();

    if (strstr(list, "all"))
        return true;
    return strstr(list, family == AF_INET6 ? "ipv6" : "ipv4") != NULL;
}

/* A machine without IPv6 still has "all" in main.cf. */
static bool family_works(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void listen_wildcard(struct svc *s, uint16_t port)
{
    struct sock_addr a;

    if (ENABLE_IPV6 && family_wanted(AF_INET6) && family_works(AF_INET6) && sock_parse_addr(STR("::"), port, &a) == OK)
        listen_inet(s, &a);
    if (family_wanted(AF_INET) && sock_parse_addr(STR("0.0.0.0"), port, &a) == OK)
        listen_inet(s, &a);
}

static void listen_name(struct svc *s, struct str host, uint16_t port)
{
    struct sock_addr a;
    struct dns_query q = { 0 };
    bool found = false;
    char name[DNS_NAME];

    if (sock_parse_addr(host, port, &a) == OK) {
        if (family_wanted(a.sa.sa_family))
            listen_inet(s, &a);
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)host.n, host.p);
    q.name = name;
    dns_init(NULL);
    dns_host(&q, AF_UNSPEC, true, true, 30000);
    for (struct dns_record *r = q.records; r; r = r->next) {
        if (!family_wanted(r->addr.sa.sa_family) || !family_works(r->addr.sa.sa_family))
            continue;
        sock_set_port(&r->addr, port);
        listen_inet(s, &r->addr);
        found = true;
    }
    dns_free(q.records);
    if (!found)
        log_fatal("service %s: host \"%s\" has no usable address", svc_text(s), name);
}

static void listen_loopback(struct svc *s, uint16_t port)
{
    struct sock_addr a;

    if (ENABLE_IPV6 && family_wanted(AF_INET6) && family_works(AF_INET6) && sock_parse_addr(STR("::1"), port, &a) == OK)
        listen_inet(s, &a);
    if (family_wanted(AF_INET) && sock_parse_addr(STR("127.0.0.1"), port, &a) == OK)
        listen_inet(s, &a);
}

static void listen_interfaces(struct svc *s, uint16_t port)
{
    const char *list = par_inet_interfaces();
    struct str rest = str_of(list), word;

    if (strcmp(list, "all") == 0) {
        listen_wildcard(s, port);
        return;
    }
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        if (str_eq_case(word, "loopback-only"))
            listen_loopback(s, port);
        else
            listen_name(s, word, port);
    }
}

static void open_inet(struct svc *s)
{
    struct str name = str_of(s->entry->name), host, port_text;
    bool bracketed;
    uint16_t port;

    if (sock_split(name, &host, &port_text, &bracketed) != OK)
        log_fatal("service %s: bad address", svc_text(s));
    if (!port_text.n) { /* a lone word is the port */
        port_text = host;
        host.n = 0;
    }
    if (sock_parse_port(port_text, &port) != OK)
        log_fatal("service %s: unknown port \"%.*s\"", svc_text(s), (int)port_text.n, port_text.p);
    if (host.n)
        listen_name(s, host, port);
    else
        listen_interfaces(s, port);
}

static void open_unix(struct svc *s, uid_t owner, gid_t group)
{
    char key[KEY];
    const char *path = key + strlen("unix:");
    int fd;

    unix_key(key, sizeof key, s);
    fd = inherit_take(key);
    if (fd < 0)
        fd = sock_listen_unix(path, BACKLOG, s->entry->type == SERVICE_DGRAM, 0666);
    if (fd < 0)
        log_fatal("service %s: cannot listen on %s: %s", svc_text(s), path, strerror(errno));
    if (geteuid() == 0 && lchown(path, owner, group) < 0)
        log_warn("chown %s: %s", path, strerror(errno));
    add_fd(s, fd);
}

/* master_service_disable: "inet", "smtp/inet", or the older "smtp.inet". */
static bool disabled(const struct svc *s)
{
    struct str rest = str_of(par_master_service_disable()), word;
    const char *type = master_cf_type_name(s->entry->type);
    char dotted[KEY];

    snprintf(dotted, sizeof dotted, "%s.%s", s->entry->name, type);
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq(word, type) || str_eq(word, svc_text(s)) || str_eq(word, dotted))
            return true;
    return false;
}

static bool loopback_only(const struct svc *s)
{
    return strncmp(s->entry->name, "127.", 4) == 0 || strncmp(s->entry->name, "[::1]", 5) == 0 ||
           strncmp(s->entry->name, "localhost:", 10) == 0 || strcmp(par_inet_interfaces(), "loopback-only") == 0;
}

static struct svc *svc_new(const struct master_entry *e)
{
    struct svc *s = mem_new(sizeof *s);
    const char *program = e->argv[0];

    s->entry = e;
    if (e->chroot_old)
        log_info("%s/master.cf: line %d: using backwards-compatible default setting chroot=y", param_dir(), e->line);
    s->kind = kind_of(program);
    s->max = e->maxproc < 0 ? (int)par_default_process_limit() : e->maxproc;
    s->is_qmgr = strcmp(program, "qmgr") == 0 || strcmp(program, "oqmgr") == 0;
    /* Submissions arrive one a connection here, so the one process of Postfix's pickup would be a queue. */
    if (strcmp(program, "pickup") == 0)
        s->max = (int)par_default_process_limit();
    s->stress_aware = e->type == SERVICE_INET && s->max != 1 && !loopback_only(s);
    return s;
}

static void open_listeners(struct svc *s, uid_t owner, gid_t group)
{
    if (s->kind == SVC_MISSING)
        log_warn("%s/master.cf, line %d: service %s is not started: \"%s\" is not in this build", param_dir(),
                 s->entry->line, svc_text(s), s->entry->argv[0]);
    if (s->kind == SVC_HERE || s->kind == SVC_MISSING || disabled(s))
        return;
    if (s->is_qmgr)
        add_fd(s, news_pipe[0]);
    else if (s->entry->type == SERVICE_INET)
        open_inet(s);
    else if (s->entry->type == SERVICE_FIFO)
        log_warn("%s/master.cf, line %d: service %s is not started: type fifo is obsolete, use unix", param_dir(),
                 s->entry->line, svc_text(s));
    else
        open_unix(s, owner, group);
}

enum result svc_load(uid_t owner, gid_t group)
{
    struct master_entry *list;
    struct svc **end = &svc_list;

    if (master_cf_read(param_dir(), &list) != OK)
        return CONF;
    for (const struct master_entry *e = list; e; e = e->next) {
        *end = svc_new(e);
        open_listeners(*end, owner, group);
        end = &(*end)->next;
    }
    inherit_close_rest();
    for (struct svc *s = svc_list; s; s = s->next)
        svc_watch(s);
    return OK;
}

static void warn_limit(struct svc *s)
{
    int64_t now = clock_ms();

    if (s->stress_aware) {
        if (s->stress_until < now)
            child_hurry(s); /* those that run were started without stress */
        s->stress_until = now + 1000 * 1000;
    }
    if (s->max <= 1 || (s->limit_warned && now - s->limit_warned < 1000 * 1000))
        return;
    s->limit_warned = now;
    log_warn("service \"%s\" (%s) has reached its process limit \"%d\": new clients may experience noticeable delays",
             s->entry->name, s->entry->argv[0], s->max);
    log_warn("to avoid this condition, increase the process count in master.cf or reduce the service time per client");
}

static void on_work(int fd, unsigned events, void *arg)
{
    child_start(arg);
}

void svc_watch(struct svc *s)
{
    bool room = s->max == 0 || s->total < s->max;
    bool want = !s->throttled && (s->is_qmgr ? s->total == 0 && !child_draining_qmgr() : s->idle == 0 && room);

    if (!s->is_qmgr && s->idle == 0 && !room)
        warn_limit(s);
    for (int i = 0; i < s->nfds; i++) {
        if (want)
            loop_watch(s->fds[i], LOOP_READ, on_work, s);
        else
            loop_forget(s->fds[i]);
    }
}
