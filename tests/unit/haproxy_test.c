/* haproxy_test.c - src/net/haproxy.c: good and bad headers, cut short at every byte, from a socket */
/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard.h"
#include "net/haproxy.h"
#include "test.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V2(rest) SIGNATURE rest, sizeof SIGNATURE rest - 1

static const struct good { const char *bytes; size_t n; bool local; const char *client, *server; int cport, sport; }
good[] = {
    { "PROXY TCP4 192.0.2.1 198.51.100.2 1234 25\r\n", 43, false, "192.0.2.1", "198.51.100.2", 1234, 25 },
    { "PROXY TCP6 2001:db8::1 2001:db8::2 65535 0\r\n", 44, false, "2001:db8::1", "2001:db8::2", 65535, 0 },
    { V2("\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\x04\xd2\0\x19"), false, "192.0.2.1", "198.51.100.2", 1234, 25 },
    { V2("\x21\x11\0\x0f\xc0\0\x02\x01\xc6\x33\x64\x02\x04\xd2\0\x19tlv"), false, "192.0.2.1", "198.51.100.2", 1234,
      25 },
    { V2("\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
         "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x04\xd2\0\x19"),
      false, "2001:db8::1", "2001:db8::2", 1234, 25 },
    { V2("\x20\0\0\0"), true, NULL, NULL, 0, 0 },
    { V2("\x20\x11\0\x0c" "123456789012"), true, NULL, NULL, 0, 0 },
};

static const struct { const char *bytes; size_t n; } wrong[] = {
    { "EHLO x\r\n", 8 },
    { "PROXY UNKNOWN\r\n", 15 },
    { "PROXY TCP4 192.0.2.1 198.51.100.2 1234 25\n", 42 },
    { "PROXY TCP4 192.0.2.1 198.51.100.2 1234 25 x\r\n", 45 },
    { "PROXY TCP4 192.0.2.1 198.51.100.2 1234\r\n", 40 },
    { "PROXY TCP4 192.0.2.1 198.51.100.2 65536 25\r\n", 44 },
    { "PROXY TCP4 192.0.2.1 198.51.100.2 -1 25\r\n", 41 },
    { "PROXY TCP4 2001:db8::1 198.51.100.2 1 25\r\n", 42 },
    { "PROXY TCP6 192.0.2.1 198.51.100.2 1 25\r\n", 40 },
    { "PROXY TCP4 host 198.51.100.2 1 25\r\n", 35 },
    { V2("\x31\x11\0\x0c" "123456789012") },
    { V2("\x22\x11\0\x0c" "123456789012") },
    { V2("\x21\x12\0\x0c" "123456789012") },
    { V2("\x21\x31\0\x0c" "123456789012") },
    { V2("\x21\0\0\0") },
    { V2("\x21\x11\0\x0b" "12345678901") },
    { V2("\x21\x21\0\x0c" "123456789012") },
    { V2("\x21\x11\xff\xff" "123456789012") },
};

static void good_headers(void)
{
    char text[SOCK_ADDR_TEXT];
    const char *why = NULL;
    struct haproxy h = { .local = false };
    size_t used;

    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        const struct good *g = &good[i];

        for (size_t n = 0; n < g->n; n++)
            CHECK(haproxy_parse(guard_bytes(g->bytes, n), &h, &used, &why) == AGAIN);
        CHECK(haproxy_parse(guard_bytes(g->bytes, g->n), &h, &used, &why) == OK);
        CHECK(used == g->n && h.local == g->local);
        if (h.local)
            continue;
        sock_text(&h.client, text);
        CHECK_STR(text, g->client);
        sock_text(&h.server, text);
        CHECK_STR(text, g->server);
        CHECK(sock_port(&h.client) == g->cport && sock_port(&h.server) == g->sport);
    }
}

static void bad_headers(void)
{
    char line[300];
    const char *why;
    struct haproxy h = { .local = false };
    size_t used;

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        why = NULL;
        CHECK(haproxy_parse(guard_bytes(wrong[i].bytes, wrong[i].n), &h, &used, &why) == PERM && why);
    }
    h.no_inet6 = true;
    why = NULL;
    CHECK(haproxy_parse(STR("PROXY TCP6 2001:db8::1 2001:db8::2 1234 25\r\n"), &h, &used, &why) == PERM && why);
    CHECK(haproxy_parse(STR("PROXY TCP4 192.0.2.1 192.0.2.2 1234 25\r\n"), &h, &used, &why) == OK);
    h.no_inet = true;
    CHECK(haproxy_parse(STR("PROXY TCP4 192.0.2.1 192.0.2.2 1234 25\r\n"), &h, &used, &why) == PERM);
    memset(line, ' ', sizeof line);
    memcpy(line, "PROXY ", 6);
    CHECK(haproxy_parse(guard_bytes(line, sizeof line), &h, &used, &why) == PERM);
}

static enum result read_from(const char *bytes, size_t n, bool end, char rest[8])
{
    const char *why = NULL;
    struct haproxy h = { .local = false };
    enum result r;
    int p[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0)
        abort();
    if (write(p[1], bytes, n) != (ssize_t)n)
        abort();
    if (end)
        shutdown(p[1], SHUT_WR);
    r = haproxy_read(p[0], 50, &h, &why);
    CHECK(r == OK || why);
    memset(rest, 0, 8);
    if (r == OK && recv(p[0], rest, 7, MSG_DONTWAIT) < 0)
        rest[0] = 0;
    close(p[0]);
    close(p[1]);
    return r;
}

static void nothing_more_is_taken(void)
{
    static const char v1[] = "PROXY TCP4 192.0.2.1 198.51.100.2 1234 25\r\nEHLO x";
    char rest[8];

    CHECK(read_from(v1, sizeof v1 - 1, false, rest) == OK);
    CHECK_STR(rest, "EHLO x");
    CHECK(read_from(v1, 20, true, rest) == TEMP);
    CHECK(read_from(v1, 0, false, rest) == TEMP);
    CHECK(read_from("QUIT\r\n", 6, false, rest) == PERM);
}

int main(void)
{
    good_headers();
    bad_headers();
    nothing_more_is_taken();
    return TEST_END();
}
