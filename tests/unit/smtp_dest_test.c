/* smtp_dest_test.c - next hops, EHLO keywords, order of addresses, TLS policy values */
/* SPDX-License-Identifier: ISC */
#include "smtp_client_test.h"

#include <arpa/inet.h>

static const struct {
    const char *text;
    bool lmtp;
    enum result result;
    const char *host;
    int port;
    bool mx, path;
} dests[] = {
    { "example.com", false, OK, "example.com", 25, true, false },
    { "example.com:587", false, OK, "example.com", 587, true, false },
    { "example.com:submission", false, OK, "example.com", 587, true, false },
    { "[mail.example.com]", false, OK, "mail.example.com", 25, false, false },
    { "[mail.example.com]:2525", false, OK, "mail.example.com", 2525, false, false },
    { "[192.0.2.1]:26", false, OK, "192.0.2.1", 26, false, false },
    { "[2001:db8::1]:26", false, OK, "2001:db8::1", 26, false, false },
    { "[IPv6:2001:db8::1]", false, OK, "IPv6:2001:db8::1", 25, false, false },
    { "unix:private/x", true, OK, "private/x", 0, false, true },
    { "inet:lmtp.example.com", true, OK, "lmtp.example.com", 24, false, false },
    { "lmtp.example.com:2003", true, OK, "lmtp.example.com", 2003, false, false },
    { "example.com:noservice", false, TEMP, "", 0, false, false },
    { "example.com:99999", false, TEMP, "", 0, false, false },
    { "[unclosed", false, TEMP, "", 0, false, false },
    { ":25", false, TEMP, "", 0, false, false },
    { "[]", false, TEMP, "", 0, false, false },
    { "unix:", true, TEMP, "", 0, false, false },
    { "", false, NONE, "", 0, false, false },
    { " , ", false, NONE, "", 0, false, false },
};

static void test_dest(void)
{
    for (size_t i = 0; i < ARRAY_LEN(dests); i++) {
        struct str rest = str_of(dests[i].text);
        struct smtp_dest d;
        struct why why;

        smtp_agent->lmtp = dests[i].lmtp;
        CHECK(smtp_dest_next(&rest, &d, &why) == dests[i].result);
        if (dests[i].result != OK)
            continue;
        CHECK_STR(d.host, dests[i].host);
        CHECK(d.port == dests[i].port && d.use_mx == dests[i].mx && d.unix_path == dests[i].path);
    }
    smtp_agent->lmtp = false;
}

static void test_dest_list(void)
{
    struct str rest = STR("a.example, [b.example]:26 c.example");
    struct smtp_dest d;
    struct why why;

    CHECK(smtp_dest_next(&rest, &d, &why) == OK);
    CHECK_STR(d.host, "a.example");
    CHECK(smtp_dest_next(&rest, &d, &why) == OK);
    CHECK_STR(d.host, "b.example");
    CHECK(smtp_dest_next(&rest, &d, &why) == OK);
    CHECK_STR(d.host, "c.example");
    CHECK(smtp_dest_next(&rest, &d, &why) == NONE);
}

/* "6 10" and the like: family and preference, to a list. */
static void fill(struct smtp_hosts *h, const char *families, const char *prefs)
{
    h->n = strlen(families);
    h->list = mem_new_array(h->n, sizeof *h->list);
    for (size_t i = 0; i < h->n; i++) {
        char text[64];

        snprintf(text, sizeof text, families[i] == '6' ? "2001:db8::%zu" : "192.0.2.%zu", i + 1);
        if (sock_parse_addr(str_of(text), 25, &h->list[i].addr) != OK)
            abort();
        h->list[i].pref = (unsigned)(prefs[i] - '0');
    }
}

static void test_arrange(void)
{
    static const struct { const char *families, *prefs; size_t want; } cases[] = {
        { "4", "0", 1 }, { "444444", "123456", 5 }, { "66666644", "00000011", 5 }, { "46", "00", 2 }, { "", "", 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct smtp_hosts h = { .n = 0 };
        size_t six = 0;

        fill(&h, cases[i].families, cases[i].prefs);
        smtp_hosts_arrange(&h);
        CHECK(h.n == cases[i].want);
        for (size_t k = 1; k < h.n; k++)
            CHECK(h.list[k - 1].pref <= h.list[k].pref);
        for (size_t k = 0; k < h.n; k++)
            six += h.list[k].addr.sa.sa_family == AF_INET6;
        if (i == 2)
            CHECK(six == 3); /* two IPv4 addresses keep their place */
        smtp_hosts_done(&h);
    }
}

static void test_hello(void)
{
    struct smtp_session ss = { .features = 0 };

    smtp_hello_line(&ss, STR("PIPELINING"), "");
    smtp_hello_line(&ss, STR("size 1000000"), "");
    smtp_hello_line(&ss, STR("AUTH PLAIN LOGIN"), "");
    smtp_hello_line(&ss, STR("AUTH=CRAM-MD5"), "");
    smtp_hello_line(&ss, STR("XFORWARD NAME ADDR SOURCE"), "");
    smtp_hello_line(&ss, STR("STARTTLS"), "starttls, dsn");
    smtp_hello_line(&ss, STR("DSN"), "starttls, dsn");
    smtp_hello_line(&ss, STR("8BITMIMEX"), "");
    smtp_hello_line(&ss, STR(""), "");
    CHECK(ss.features == (SMTP_PIPELINING | SMTP_SIZE | SMTP_AUTH | SMTP_XFORWARD | SMTP_XF_NAME | SMTP_XF_ADDR |
                          SMTP_XF_SOURCE));
    CHECK(ss.size_limit == 1000000);
    CHECK_STR(ss.auth, "PLAIN LOGIN CRAM-MD5");
    smtp_hello_line(&ss, STR("SIZE bogus"), "");
    CHECK(ss.size_limit == 0);
}

static void test_policy(void)
{
    struct smtp_policy p = { .level = LEVEL_NONE };
    static const char *const bad[] = {
        "", "unknown", "none match=x", "encrypt match=x", "secure match=", "may ciphers", "may color=blue",
            "may connection_reuse=maybe",
    };

    CHECK(smtp_tls_parse_policy("t", "k", "secure match=a.example:b.example, match=.c.example ciphers=high", &p) == OK);
    CHECK(p.level == LEVEL_SECURE);
    CHECK_STR(p.names, "a.example:b.example:.c.example");
    CHECK_STR(p.ciphers, "high");
    p = (struct smtp_policy){ .level = LEVEL_NONE };
    CHECK(smtp_tls_parse_policy("t", "k", "fingerprint match=AA:BB match=CC:DD protocols=>=TLSv1.2", &p) == OK);
    CHECK_STR(p.names, "AA:BB|CC:DD");
    CHECK_STR(p.protocols, ">=TLSv1.2");
    CHECK(smtp_tls_parse_policy("t", "k", "MAY { protocols = >=TLSv1.2, <=TLSv1.3 } connection_reuse=yes", &p) == OK);
    CHECK_STR(p.protocols, ">=TLSv1.2, <=TLSv1.3");
    CHECK(p.reuse);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CHECK(smtp_tls_parse_policy("t", "k", bad[i], &p) == PERM);
}

static void test_nexthop_domain(void)
{
    char out[DNS_NAME];

    smtp_tls_nexthop_domain("[mail.example.com]:587", out);
    CHECK_STR(out, "mail.example.com");
    smtp_tls_nexthop_domain("example.com, other.example", out);
    CHECK_STR(out, "example.com");
    smtp_tls_nexthop_domain("", out);
    CHECK_STR(out, "");
}

int main(void)
{
    smtp_test_begin(NULL);
    test_dest();
    test_dest_list();
    test_arrange();
    test_hello();
    test_policy();
    test_nexthop_domain();
    return TEST_END();
}
