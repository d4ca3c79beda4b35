/* sock.c - addresses, listeners, connections
 *
 * The only place that knows address families. Listeners and connections are
 * close-on-exec and non-blocking; whoever hands one to a program clears that.
 * Runs in: every process with a socket.  Parameters: none.  Feature: IPV6 for sock_listen_inet and
 * sock_connect; IPv6 addresses are always understood.  Tests: tests/unit/sock_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"

static struct sock_addr addr_v4(const void *bytes, uint16_t port)
{
    struct sock_addr a;

    memset(&a, 0, sizeof a);
    a.in.sin_family = AF_INET;
    a.in.sin_port = htons(port);
    memcpy(&a.in.sin_addr, bytes, 4);
    a.len = sizeof a.in;
    return a;
}

static struct sock_addr addr_v6(const void *bytes, uint16_t port)
{
    struct sock_addr a;

    memset(&a, 0, sizeof a);
    a.in6.sin6_family = AF_INET6;
    a.in6.sin6_port = htons(port);
    memcpy(&a.in6.sin6_addr, bytes, 16);
    a.len = sizeof a.in6;
    return a;
}

enum result sock_parse_addr(struct str text, uint16_t port, struct sock_addr *out)
{
    char copy[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    bool only6 = false;

    if (text.n >= 2 && text.p[0] == '[') {
        if (text.p[text.n - 1] != ']')
            return PERM;
        text.p++;
        text.n -= 2;
    }
    if (str_begins_case(text, "IPv6:")) {
        text.p += 5;
        text.n -= 5;
        only6 = true;
    }
    if (!text.n || text.n >= sizeof copy || memchr(text.p, 0, text.n))
        return PERM;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    if (!only6 && inet_pton(AF_INET, copy, bytes) == 1)
        *out = addr_v4(bytes, port);
    else if (inet_pton(AF_INET6, copy, bytes) == 1)
        *out = addr_v6(bytes, port);
    else
        return PERM;
    return OK;
}

/* The four bytes of an IPv4 address, also of one mapped into IPv6; NULL for others. */
static const uint8_t *v4_bytes(const struct sock_addr *a)
{
    if (a->sa.sa_family == AF_INET)
        return (const uint8_t *)&a->in.sin_addr;
    if (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
        return a->in6.sin6_addr.s6_addr + 12;
    return NULL;
}

void sock_text(const struct sock_addr *a, char text[SOCK_ADDR_TEXT])
{
    const uint8_t *v4 = v4_bytes(a);

    text[0] = 0;
    if (v4)
        inet_ntop(AF_INET, v4, text, SOCK_ADDR_TEXT);
    else if (a->sa.sa_family == AF_INET6)
        inet_ntop(AF_INET6, &a->in6.sin6_addr, text, SOCK_ADDR_TEXT);
    else
        memcpy(text, "unknown", sizeof "unknown");
}

uint16_t sock_port(const struct sock_addr *a)
{
    if (a->sa.sa_family == AF_INET)
        return ntohs(a->in.sin_port);
    if (a->sa.sa_family == AF_INET6)
        return ntohs(a->in6.sin6_port);
    return 0;
}

void sock_set_port(struct sock_addr *a, uint16_t port)
{
    if (a->sa.sa_family == AF_INET)
        a->in.sin_port = htons(port);
    else if (a->sa.sa_family == AF_INET6)
        a->in6.sin6_port = htons(port);
}

bool sock_same_host(const struct sock_addr *a, const struct sock_addr *b)
{
    const uint8_t *a4 = v4_bytes(a), *b4 = v4_bytes(b);

    if (a4 || b4)
        return a4 && b4 && memcmp(a4, b4, 4) == 0;
    return a->sa.sa_family == AF_INET6 && b->sa.sa_family == AF_INET6 &&
           memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, 16) == 0;
}

/* One line of services(5): "name port/proto alias ...". */
static enum result services_line(struct str line, struct str name, uint16_t *port)
{
    struct str word, number = { NULL, 0 };
    bool found = false;
    int64_t n;

    line.n = str_find(line, '#');
    for (int i = 0; str_word(&line, " \t\r", &word) == OK; i++) {
        if (i == 1)
            number = word;
        else if (str_same(word, name))
            found = true;
    }
    if (!found || !number.n ||
        !str_eq((struct str){ number.p + str_find(number, '/'), number.n - str_find(number, '/') }, "/tcp"))
        return NONE;
    number.n = str_find(number, '/');
    if (num_parse(number, 1, 65535, &n) != OK)
        return NONE;
    *port = (uint16_t)n;
    return OK;
}

static enum result services_find(struct str name, uint16_t *port)
{
    struct buf b;
    struct str rest, line;
    enum result r = PERM;

    buf_init(&b, 1 << 20);
    if (io_read_file(AT_FDCWD, "/etc/services", &b) == OK) {
        rest = buf_view(&b);
        while (r != OK && str_word(&rest, "\n", &line) == OK)
            if (services_line(line, name, port) == OK)
                r = OK;
    }
    buf_done(&b);
    return r;
}

enum result sock_parse_port(struct str text, uint16_t *port)
{
    static const struct {
        const char *name;
        uint16_t port;
    } known[] = {
        { "smtp", 25 }, { "lmtp", 24 }, { "submission", 587 }, { "submissions", 465 }, { "smtps", 465 },
        { "qmqp", 628 }, { "domain", 53 },
    };
    int64_t n;

    if (text.n && chr_is_digit(text.p[0])) {
        if (num_parse(text, 1, 65535, &n) != OK)
            return PERM;
        *port = (uint16_t)n;
        return OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_eq(text, known[i].name)) {
            *port = known[i].port;
            return OK;
        }
    }
    return text.n ? services_find(text, port) : PERM;
}

enum result sock_split(struct str text, struct str *host, struct str *port, bool *bracketed)
{
    struct sock_addr a;
    size_t at;

    *bracketed = false;
    *port = (struct str){ text.p + text.n, 0 };
    if (text.n && text.p[0] == '[') {
        at = str_find(text, ']');
        if (at == text.n || (at + 1 < text.n && text.p[at + 1] != ':'))
            return PERM;
        *bracketed = true;
        *host = (struct str){ text.p + 1, at - 1 };
        if (at + 1 < text.n)
            *port = (struct str){ text.p + at + 2, text.n - at - 2 };
        return host->n ? OK : PERM;
    }
    *host = text;
    at = str_rfind(text, ':');
    if (at == text.n)
        return text.n ? OK : PERM;
    if (str_find(text, ':') != at) /* several: an IPv6 address without a port, or nothing we know */
        return sock_parse_addr(text, 0, &a);
    host->n = at;
    *port = (struct str){ text.p + at + 1, text.n - at - 1 };
    return host->n || port->n ? OK : PERM;
}

static int close_keep_errno(int fd)
{
    int saved = errno;

    close(fd);
    errno = saved;
    return -1;
}

static void set_opt(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

int sock_listen_inet(const struct sock_addr *a, int backlog)
{
    int fd;

    if (!ENABLE_IPV6 && a->sa.sa_family == AF_INET6) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    set_opt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (a->sa.sa_family == AF_INET6)
        set_opt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_opt(fd, IPPROTO_TCP, TCP_NODELAY, 1); /* accepted connections inherit it; streams gather output themselves */
    if (bind(fd, &a->sa, a->len) < 0 || listen(fd, backlog) < 0)
        return close_keep_errno(fd);
    return fd;
}

/* A UNIX address; a path too long for one goes through its directory's descriptor (*dir, else -1). */
static bool unix_addr(const char *path, struct sockaddr_un *un, int *dir)
{
    const char *base = strrchr(path, '/');
    char *parent;
    int n;

    *dir = -1;
    memset(un, 0, sizeof *un);
    un->sun_family = AF_UNIX;
    if (strlen(path) < sizeof un->sun_path) {
        memcpy(un->sun_path, path, strlen(path) + 1);
        return true;
    }
    parent = base && base > path ? strndup(path, (size_t)(base - path)) : NULL;
    if (parent)
        *dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    if (*dir < 0) {
        errno = base ? errno : ENAMETOOLONG;
        return false;
    }
    n = snprintf(un->sun_path, sizeof un->sun_path, "/proc/self/fd/%d%s", *dir, base);
    if (n > 0 && (size_t)n < sizeof un->sun_path)
        return true;
    close(*dir);
    *dir = -1;
    errno = ENAMETOOLONG;
    return false;
}

int sock_listen_unix(const char *path, int backlog, bool dgram, unsigned mode)
{
    struct sockaddr_un un;
    mode_t old;
    int fd, dir, r;

    if (!unix_addr(path, &un, &dir))
        return -1;
    fd = socket(AF_UNIX, (dgram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0) {
        (void)unlink(path);
        old = umask(~(mode_t)mode & 0777);
        r = bind(fd, (struct sockaddr *)&un, sizeof un);
        umask(old);
        if (r < 0 || (!dgram && listen(fd, backlog) < 0))
            fd = close_keep_errno(fd);
    }
    if (dir >= 0)
        (void)close_keep_errno(dir);
    return fd;
}

static int connect_wait(int fd, int timeout_ms)
{
    int error = 0;
    socklen_t n = sizeof error;

    if (io_wait(fd, true, timeout_ms < 0 ? -1 : clock_ms() + timeout_ms) != OK)
        return close_keep_errno(fd);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
        return close_keep_errno(fd);
    errno = error;
    return error ? close_keep_errno(fd) : fd;
}

int sock_connect_start(const struct sock_addr *a, const struct sock_addr *bind_to)
{
    int fd;

    if (!ENABLE_IPV6 && a->sa.sa_family == AF_INET6) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    set_opt(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (bind_to && bind(fd, &bind_to->sa, bind_to->len) < 0)
        return close_keep_errno(fd);
    if (connect(fd, &a->sa, a->len) == 0 || errno == EINPROGRESS || errno == EINTR)
        return fd;
    return close_keep_errno(fd);
}

int sock_connect(const struct sock_addr *a, const struct sock_addr *bind_to, int timeout_ms)
{
    int fd = sock_connect_start(a, bind_to);

    return fd < 0 ? -1 : connect_wait(fd, timeout_ms);
}

/* A listener whose queue is full says EAGAIN and cannot be polled: ask again, blocking with a limit. */
static int connect_patiently(int fd, const struct sockaddr_un *un, int timeout_ms)
{
    struct timeval tv = { timeout_ms / 1000, timeout_ms % 1000 * 1000 }, none = { 0, 0 };
    int r;

    if (timeout_ms == 0)
        return -1;
    if (timeout_ms > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
    io_nonblock(fd, false);
    do
        r = connect(fd, (const struct sockaddr *)un, sizeof *un);
    while (r < 0 && errno == EINTR);
    if (r < 0) {
        errno = errno == EAGAIN ? ETIMEDOUT : errno;
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    io_nonblock(fd, true);
    return 0;
}

int sock_connect_unix(const char *path, int timeout_ms)
{
    struct sockaddr_un un;
    int fd, dir;

    if (!unix_addr(path, &un, &dir))
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof un) < 0 &&
        (errno != EAGAIN || connect_patiently(fd, &un, timeout_ms) < 0))
        fd = close_keep_errno(fd);
    if (dir >= 0)
        (void)close_keep_errno(dir);
    return fd;
}

enum result sock_peer(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
{
    struct ucred who;
    socklen_t n = sizeof who;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0 || n != sizeof who || who.uid == (uid_t)-1)
        return NONE;
    *uid = who.uid;
    *gid = who.gid;
    *pid = who.pid;
    return OK;
}

static int prefix_length(const struct sockaddr *mask)
{
    const uint8_t *p = mask && mask->sa_family == AF_INET6
                           ? ((const struct sockaddr_in6 *)mask)->sin6_addr.s6_addr
                           : (const uint8_t *)&((const struct sockaddr_in *)mask)->sin_addr;
    int bits = mask && mask->sa_family == AF_INET6 ? 128 : 32, n = 0;

    while (mask && n < bits && (p[n / 8] & (0x80 >> n % 8)))
        n++;
    return mask ? n : -1;
}

enum result sock_each_local(bool (*visit)(const struct sock_addr *a, int prefix, void *arg), void *arg)
{
    struct ifaddrs *list, *i;
    struct sock_addr a;
    bool more = true;

    if (getifaddrs(&list) < 0)
        return TEMP;
    for (i = list; i && more; i = i->ifa_next) {
        int family = i->ifa_addr ? i->ifa_addr->sa_family : AF_UNSPEC;
        int prefix;

        if (family == AF_INET)
            a = addr_v4(&((struct sockaddr_in *)(void *)i->ifa_addr)->sin_addr, 0);
        else if (ENABLE_IPV6 && family == AF_INET6)
            a = addr_v6(&((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_addr, 0);
        else
            continue;
        prefix = prefix_length(i->ifa_netmask);
        more = visit(&a, prefix < 0 ? (family == AF_INET ? 32 : 128) : prefix, arg);
    }
    freeifaddrs(list);
    return OK;
}
