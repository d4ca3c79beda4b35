/* sock_test.c - src/net/sock.c: address syntax, host:port, listeners and connections */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/sock.h"
#include "test.h"

static void addresses(void)
{
    static const struct {
        const char *in, *out; /* NULL = refused */
    } rows[] = {
        { "192.0.2.1", "192.0.2.1" }, { "[192.0.2.1]", "192.0.2.1" }, { "2001:DB8::1", "2001:db8::1" },
        { "[2001:db8::1]", "2001:db8::1" }, { "[IPv6:2001:db8::1]", "2001:db8::1" }, { "ipv6:::1", "::1" },
        { "::ffff:192.0.2.1", "192.0.2.1" }, { "[IPv6:192.0.2.1]", NULL }, { "192.0.2", NULL }, { "192.0.2.256", NULL },
        { "", NULL }, { "[]", NULL }, { "[192.0.2.1", NULL }, { "192.0.2.1]", NULL }, { "192.0.2.1 ", NULL },
        { "1:2:3:4:5:6:7:8:9", NULL }, { "example.test", NULL },
        { "1111:2222:3333:4444:5555:6666:7777:8888:1111:2222:3333:4444", NULL },
    };
    char text[SOCK_ADDR_TEXT];
    struct sock_addr a, b;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum result r = sock_parse_addr(str_of(rows[i].in), 25, &a);

        CHECK(r == (rows[i].out ? OK : PERM));
        if (r != OK)
            continue;
        sock_text(&a, text);
        CHECK_STR(text, rows[i].out);
        CHECK(sock_port(&a) == 25);
    }
    CHECK(sock_parse_addr(STR("1.2.3.4\0"), 0, &a) == PERM);
    CHECK(sock_parse_addr(STR("::ffff:1.2.3.4"), 1, &a) == OK && sock_parse_addr(STR("1.2.3.4"), 2, &b) == OK);
    CHECK(sock_same_host(&a, &b));
    sock_set_port(&b, 99);
    CHECK(sock_port(&b) == 99);
    CHECK(sock_parse_addr(STR("::1"), 1, &a) == OK && !sock_same_host(&a, &b));
}

static void host_and_port(void)
{
    static const struct {
        const char *in, *host, *port;
        bool brackets;
    } rows[] = {
        { "a.test:25", "a.test", "25", false },
        { "a.test", "a.test", "", false },
        { "[a.test]", "a.test", "", true },
        { "[a.test]:smtp", "a.test", "smtp", true },
        { "[::1]:25", "::1", "25", true },
        { ":25", "", "25", false },
        { "::1", "::1", "", false },
        { "25", "25", "", false },
        { "a.test:", "a.test", "", false },
        { "[a.test]:", "a.test", "", true },
        { "a:b:25", NULL, NULL, false },
        { "[a", NULL, NULL, false },
        { "[a]b", NULL, NULL, false },
        { "[]:25", NULL, NULL, false },
        { "", NULL, NULL, false },
        { ":", NULL, NULL, false },
    };
    struct str host, port;
    bool brackets;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum result r = sock_split(str_of(rows[i].in), &host, &port, &brackets);

        CHECK(r == (rows[i].host ? OK : PERM));
        if (r == OK)
            CHECK(str_eq(host, rows[i].host) && str_eq(port, rows[i].port) && brackets == rows[i].brackets);
    }
}

static void ports(void)
{
    uint16_t p;

    CHECK(sock_parse_port(STR("25"), &p) == OK && p == 25);
    CHECK(sock_parse_port(STR("submission"), &p) == OK && p == 587);
    CHECK(sock_parse_port(STR("smtps"), &p) == OK && p == 465);
    CHECK(sock_parse_port(STR("0"), &p) == PERM && sock_parse_port(STR("65536"), &p) == PERM);
    CHECK(sock_parse_port(STR("25x"), &p) == PERM && sock_parse_port(STR(""), &p) == PERM);
    CHECK(sock_parse_port(STR("no-such-service"), &p) == PERM);
    if (access("/etc/services", R_OK) == 0)
        CHECK(sock_parse_port(STR("https"), &p) == OK && p == 443);
}

static void inet_both_ways(const char *addr)
{
    struct sock_addr a, from;
    socklen_t n = sizeof a.all;
    int listener, near, far;

    CHECK(sock_parse_addr(str_of(addr), 0, &a) == OK);
    listener = sock_listen_inet(&a, 5);
    if (listener < 0 && strchr(addr, ':')) {
        printf("sock_test: skipped IPv6: %s\n", strerror(errno));
        return;
    }
    CHECK(listener >= 0);
    from = a;
    CHECK(getsockname(listener, &a.sa, &n) == 0);
    near = sock_connect(&a, &from, 1000);
    CHECK(near >= 0);
    far = accept(listener, NULL, NULL);
    CHECK(far >= 0 && write(near, "x", 1) == 1);
    close(near);
    close(far);
    close(listener);
    /* 111 is what qemu-user before 8 leaves in SO_ERROR for guests with other numbers (MIPS). */
    CHECK(sock_connect(&a, NULL, 1000) == -1 && (errno == ECONNREFUSED || errno == 111));
}

static void unix_both_ways(const char *path)
{
    struct stat st;
    uid_t uid;
    gid_t gid;
    pid_t pid;
    int listener = sock_listen_unix(path, 1, false, 0620), near, more[4];

    CHECK(listener >= 0 && stat(path, &st) == 0 && (st.st_mode & 07777) == 0620);
    near = sock_connect_unix(path, 1000);
    CHECK(near >= 0 && sock_peer(near, &uid, &gid, &pid) == OK && uid == getuid() && pid == getpid());
    for (int i = 0; i < 4; i++)
        more[i] = sock_connect_unix(path, 50); /* the queue is full at last: a limit, not a hang */
    CHECK(more[3] == -1 && errno == ETIMEDOUT);
    for (int i = 0; i < 4; i++)
        if (more[i] >= 0)
            close(more[i]);
    close(near);
    close(listener);
    CHECK(sock_connect_unix(path, 100) == -1 && errno == ECONNREFUSED);
    unlink(path);
    CHECK(sock_connect_unix(path, 100) == -1 && errno == ENOENT);
}

static void unix_sockets(void)
{
    char dir[] = "/tmp/sock_test.XXXXXX", *path, *deep;

    CHECK(mkdtemp(dir) != NULL);
    path = mem_printf("%s/s", dir);
    unix_both_ways(path);
    free(path);
    deep = mem_printf("%s/%0100d", dir, 0);
    CHECK(mkdir(deep, 0700) == 0);
    path = mem_printf("%s/s", deep); /* longer than a socket address holds */
    unix_both_ways(path);
    free(path);
    rmdir(deep);
    free(deep);
    rmdir(dir);
}

static bool is_loopback(const struct sock_addr *a, int prefix, void *arg)
{
    char text[SOCK_ADDR_TEXT];

    sock_text(a, text);
    if (strcmp(text, "127.0.0.1") == 0)
        *(int *)arg = prefix;
    return true;
}

int main(void)
{
    int prefix = -1;

    alarm(60);
    addresses();
    host_and_port();
    ports();
    inet_both_ways("127.0.0.1");
    if (ENABLE_IPV6)
        inet_both_ways("::1");
    unix_sockets();
    CHECK(sock_each_local(is_loopback, &prefix) == OK && prefix == 8);
    return TEST_END();
}
