/* endpoint_test.c - servers by name: forms of the text, families, listeners, connections */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/dns.h"
#include "net/endpoint.h"
#include "test.h"

static const struct {
    const char *text;
    struct endpoint_want want;
    enum result result;
    const char *addr; /* the first */
    unsigned port;
    size_t n;
} cases[] = {
    { "inet:127.0.0.1:25", { NULL, AF_UNSPEC, false, 100 }, OK, "127.0.0.1", 25, 1 },
    { "127.0.0.1", { "smtp", AF_UNSPEC, false, 100 }, OK, "127.0.0.1", 25, 1 },
    { "127.0.0.1:submission", { "smtp", AF_UNSPEC, false, 100 }, OK, "127.0.0.1", 587, 1 },
    { "[::1]:26", { "smtp", AF_UNSPEC, false, 100 }, OK, "::1", 26, 1 },
    { "[::1]", { "smtp", AF_UNSPEC, false, 100 }, OK, "::1", 25, 1 },
    { "[127.0.0.1]", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
    { ":27", { NULL, AF_INET, true, 100 }, OK, "0.0.0.0", 27, 1 },
    { "27", { NULL, AF_INET6, true, 100 }, OK, "::", 27, 1 },
    { "27", { NULL, AF_UNSPEC, true, 100 }, OK, "0.0.0.0", 27, 2 },
    { "127.0.0.1:0", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
    { "127.0.0.1:65536", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
    { "127.0.0.1:", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
    { "127.0.0.1:nosuchservice", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
    { "", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
    { "inet:", { "smtp", AF_UNSPEC, true, 100 }, PERM, NULL, 0, 0 },
    { "unix:", { NULL, AF_UNSPEC, false, 100 }, PERM, NULL, 0, 0 },
};

static void forms(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct endpoint e;
        struct why why;
        char text[SOCK_ADDR_TEXT];
        enum result r = endpoint_find(&e, cases[i].text, &cases[i].want, &why);

        if (r != cases[i].result)
            fprintf(stderr, "%s:\n", cases[i].text);
        CHECK(r == cases[i].result);
        if (r != OK) {
            CHECK(why.text[0]);
            continue;
        }
        sock_text(&e.addr[0], text);
        CHECK(!e.path && e.n == cases[i].n);
        CHECK_STR(text, cases[i].addr);
        CHECK(sock_port(&e.addr[0]) == cases[i].port);
    }
}

static void connections(void)
{
    char path[] = "/tmp/endpoint_test.XXXXXX", text[64];
    int dir = mkstemp(path), listener, fd;

    CHECK(dir >= 0);
    close(dir);
    snprintf(text, sizeof text, "unix:%s", path);
    listener = sock_listen_unix(path, 1, false, 0600);
    fd = endpoint_connect(text, 1000);
    CHECK(listener >= 0 && fd >= 0);
    close(fd);
    close(listener);
    unlink(path);
    CHECK(endpoint_connect(text, 1000) < 0 && errno == ENOENT);
    /* 111: see sock_test.c */
    CHECK(endpoint_connect("inet:127.0.0.1:1", 1000) < 0 && (errno == ECONNREFUSED || errno == 111));
    CHECK(endpoint_connect("inet:127.0.0.1", 1000) < 0 && errno == EINVAL);
}

int main(void)
{
    dns_init("/dev/null");
    forms();
    connections();
    return TEST_END();
}
