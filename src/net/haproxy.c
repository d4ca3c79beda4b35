/* haproxy.c - the PROXY protocol of HAProxy, versions 1 and 2: who a proxy's client is
 *
 * One line of text, or a binary header with extras that nobody here needs. What
 * follows belongs to whoever is greeted next, perhaps a TLS handshake: bytes are
 * looked at first, and only the header is taken.
 * Runs in: smtpd, postscreen.  Parameters: none.  Tests: tests/unit/haproxy_test.c, tests/fuzz/fuzz_haproxy.c
 */
/* SPDX-License-Identifier: ISC */
#include "net/haproxy.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/str.h"

enum { V1_MAX = 107, V2_HEADER = 16, V2_INET = 12, V2_INET6 = 36 };

static const char v2_signature[] = "\r\n\r\n\0\r\nQUIT\n";

static enum result bad(const char **why, const char *text)
{
    *why = text;
    return PERM;
}

/* --- version 1 --- */

static enum result v1_addr(struct str *rest, int family, struct sock_addr *out)
{
    struct str word;

    if (str_word(rest, " ", &word) != OK || sock_parse_addr(word, 0, out) != OK || out->sa.sa_family != family)
        return PERM;
    return word.p[0] == '[' ? PERM : OK;
}

static enum result v1_port(struct str *rest, struct sock_addr *a)
{
    struct str word;
    int64_t n;

    if (str_word(rest, " ", &word) != OK || num_parse(word, 0, 65535, &n) != OK)
        return PERM;
    sock_set_port(a, (uint16_t)n);
    return OK;
}

static enum result v1_line(struct str rest, struct haproxy *out, const char **why)
{
    struct str word;
    int family;

    if (str_word(&rest, " ", &word) != OK || !str_eq(word, "PROXY"))
        return bad(why, "bad or missing protocol header");
    if (str_word(&rest, " ", &word) != OK ||
        !((str_eq(word, "TCP4") && !out->no_inet) || (str_eq(word, "TCP6") && !out->no_inet6)))
        return bad(why, "bad or missing protocol type");
    family = str_eq(word, "TCP4") ? AF_INET : AF_INET6;
    if (v1_addr(&rest, family, &out->client) != OK)
        return bad(why, "bad or missing client address");
    if (v1_addr(&rest, family, &out->server) != OK)
        return bad(why, "bad or missing server address");
    if (v1_port(&rest, &out->client) != OK)
        return bad(why, "bad or missing client port");
    if (v1_port(&rest, &out->server) != OK || rest.n)
        return bad(why, "bad or missing server port");
    return OK;
}

static enum result parse_v1(struct str bytes, struct haproxy *out, size_t *used, const char **why)
{
    size_t lf = str_find(bytes, '\n');

    if (lf == bytes.n)
        return bytes.n > V1_MAX ? bad(why, "header line too long") : AGAIN;
    *used = lf + 1;
    if (lf > 0 && bytes.p[lf - 1] == '\r')
        lf--;
    else
        return bad(why, "missing protocol header terminator");
    return v1_line((struct str){ bytes.p, lf }, out, why);
}

/* --- version 2 --- */

static uint16_t get16(const char *p)
{
    return (uint16_t)((unsigned char)p[0] << 8 | (unsigned char)p[1]);
}

static void set_inet(struct sock_addr *a, const char *addr, const char *port)
{
    memset(a, 0, sizeof *a);
    a->len = sizeof a->in;
    a->in.sin_family = AF_INET;
    memcpy(&a->in.sin_addr, addr, 4);
    memcpy(&a->in.sin_port, port, 2);
}

static void set_inet6(struct sock_addr *a, const char *addr, const char *port)
{
    memset(a, 0, sizeof *a);
    a->len = sizeof a->in6;
    a->in6.sin6_family = AF_INET6;
    memcpy(&a->in6.sin6_addr, addr, 16);
    memcpy(&a->in6.sin6_port, port, 2);
}

static enum result v2_addrs(const char *p, size_t n, unsigned family, struct haproxy *out, const char **why)
{
    if (family == 0x11 && out->no_inet)
        return bad(why, "IPv4 support is disabled");
    if (family == 0x21 && out->no_inet6)
        return bad(why, "IPv6 support is disabled");
    if (family == 0x11 && n >= V2_INET) {
        set_inet(&out->client, p, p + 8);
        set_inet(&out->server, p + 4, p + 10);
        return OK;
    }
    if (family == 0x21 && n >= V2_INET6) {
        set_inet6(&out->client, p, p + 32);
        set_inet6(&out->server, p + 16, p + 34);
        return OK;
    }
    return bad(why, family == 0x11 || family == 0x21 ? "short address field" : "unsupported network protocol");
}

static enum result parse_v2(struct str bytes, struct haproxy *out, size_t *used, const char **why)
{
    unsigned command;
    size_t n;

    if (bytes.n < V2_HEADER)
        return AGAIN;
    command = (unsigned char)bytes.p[12];
    n = get16(bytes.p + 14);
    if (command != 0x20 && command != 0x21)
        return bad(why, "bad command in proxy header");
    if (n > HAPROXY_MAX - V2_HEADER)
        return bad(why, "header too large");
    if (bytes.n < V2_HEADER + n)
        return AGAIN;
    *used = V2_HEADER + n;
    out->local = command == 0x20;
    return out->local ? OK : v2_addrs(bytes.p + V2_HEADER, n, (unsigned char)bytes.p[13], out, why);
}

static bool begins(struct str bytes, const char *with, size_t n)
{
    return memcmp(bytes.p, with, bytes.n < n ? bytes.n : n) == 0;
}

enum result haproxy_parse(struct str bytes, struct haproxy *out, size_t *used, const char **why)
{
    out->local = false;
    if (bytes.n == 0)
        return AGAIN;
    if (begins(bytes, v2_signature, sizeof v2_signature - 1))
        return parse_v2(bytes, out, used, why);
    if (begins(bytes, "PROXY ", 6))
        return parse_v1(bytes, out, used, why);
    return bad(why, "bad or missing protocol header");
}

/* --- reading --- */

/* Waits for more than n bytes: how many there are now, or no more than n at the end of time or of the connection. */
static size_t wait_for_more(int fd, char *bytes, size_t n, int64_t until)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int least = (int)n + 1;
    int64_t left;
    ssize_t got;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least);
    for (;;) {
        left = until - clock_ms();
        if (left <= 0)
            return n;
        if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
            return n;
        got = recv(fd, bytes, HAPROXY_MAX, MSG_PEEK | MSG_DONTWAIT);
        if (got >= 0)
            return (size_t)got;
        if (errno != EAGAIN && errno != EINTR)
            return n;
    }
}

static enum result take(int fd, int64_t until, struct haproxy *out, const char **why)
{
    char bytes[HAPROXY_MAX];
    size_t n = 0, used = 0, more;
    enum result r;

    do {
        more = wait_for_more(fd, bytes, n, until);
        if (more <= n) {
            *why = clock_ms() >= until ? "timeout" : "connection lost";
            return TEMP;
        }
        n = more;
        r = haproxy_parse((struct str){ bytes, n }, out, &used, why);
    } while (r == AGAIN && n < sizeof bytes);
    if (r == AGAIN)
        return bad(why, "header too large");
    if (r == OK && recv(fd, bytes, used, MSG_DONTWAIT) != (ssize_t)used)
        return bad(why, "connection lost");
    return r;
}

enum result haproxy_read(int fd, int timeout_ms, struct haproxy *out, const char **why)
{
    enum result r = take(fd, clock_ms() + timeout_ms, out, why);
    int one = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof one);
    return r;
}
