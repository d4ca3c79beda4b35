/* dns_test.c - src/net/dns*.c: packets against an unreadable page, then questions to tests/lib/dnsserver.py */
/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "guard.h"
#include "net/dns_int.h"
#include "test.h"

static void host_names(void)
{
    static const char *const good[] = { "a", "a.b", "1.2.3.4.zen.test", "_25._tcp.mx.test", "a-b.test", "0a",
                                        "123456789012345678901234567890123456789012345678901234567890123.test" };
    static const char *const bad[] = {
        "",     ".",       "a.",   ".a",   "a..b",
        "-a",   "a-",      "a-.b", "a.-b", "a b",
        "a@b",  "1.2.3.4", "[a]",  "a:b",  "1234567890123456789012345678901234567890123456789012345678901234.test",
        "a\xff"
    };

    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        CHECK(dns_valid_hostname(str_of(good[i])) == OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CHECK(dns_valid_hostname(str_of(bad[i])) == PERM);
}

/* Packets: the head, then the question "a.test", then the rest. Q is the offset of the name asked for (12). */
#define HEAD(flags, rcode, answers, authority) "\x12\x34" flags rcode "\0\1" answers authority "\0\0"
#define ASKED(type) "\1a\4test\0\0" type "\0\1"
#define OWNER "\xc0\x0c"
#define RR(type, len) "\0" type "\0\1\0\0\1\x2c\0" len

static struct dns_query q;

static void parse(enum dns_type type, struct str packet, enum result want)
{
    struct str s = guard_bytes(packet.p, packet.n);
    bool truncated;

    dns_free(q.records);
    q = (struct dns_query){ .name = "a.test", .type = type };
    dns_parse(&q, (const uint8_t *)s.p, s.n, &truncated);
    CHECK(q.result == want);
    CHECK((q.result == OK) == (q.records != NULL) && (q.result == OK) == !q.why.dsn[0]);
}

static void answers(void)
{
    char text[SOCK_ADDR_TEXT];

    parse(DNS_A,
          STR(HEAD("\x81", "\x80", "\0\2", "\0\0") ASKED("\1")
                  OWNER RR("\1", "\4") "\1\2\3\4" OWNER RR("\1", "\4") "\5\6\7\x8"),
          OK);
    sock_text(&q.records->addr, text);
    CHECK_STR(text, "1.2.3.4");
    CHECK_STR(q.records->name, "a.test");
    CHECK(q.records->ttl == 300 && q.records->next && !q.records->next->next);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x6") "\0\xa\1m\xc0\x0e"), OK);
    CHECK_STR(q.records->data, "m.test");
    CHECK(q.records->pref == 10);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x3") "\0\0\0"), OK);
    CHECK_STR(q.records->data, "");
    parse(DNS_TXT, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\x10") OWNER RR("\x10", "\7") "\2ab\0\2cd"), OK);
    CHECK(q.records->raw_n == 4 && memcmp(q.records->raw, "abcd", 4) == 0);
    /* the alias comes last */
    parse(DNS_A,
          STR(HEAD("\x81", "\x80", "\0\2", "\0\0")
                  ASKED("\1") "\1b\xc0\x0e" RR("\1", "\4") "\1\2\3\4" OWNER RR("\5", "\4") "\1b\xc0\x0e"),
          OK);
    CHECK_STR(q.records->name, "b.test");
    /* somebody else's record is not an answer */
    parse(DNS_A, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\1") "\1b\xc0\x0e" RR("\1", "\4") "\1\2\3\4"), NONE);
    CHECK(!q.nxdomain);
    CHECK_STR(
        q.why.text,
        "Host or domain name not found. Name service error for name=a.test type=A: Host found but no data record of "
        "requested type");
    parse(DNS_MX, STR(HEAD("\x81", "\x83", "\0\0", "\0\0") ASKED("\xf")), NONE);
    CHECK(q.nxdomain);
    CHECK_STR(q.why.dsn, "5.4.4");
    CHECK_STR(q.why.text, "Host or domain name not found. Name service error for name=a.test type=MX: Host not found");
    parse(DNS_MX, STR(HEAD("\x81", "\x82", "\0\0", "\0\0") ASKED("\xf")), TEMP);
    CHECK_STR(q.why.dsn, "4.4.3");
    CHECK_STR(q.why.text,
              "Host or domain name not found. Name service error for name=a.test type=MX: Host not found, try again");
    parse(DNS_MX, STR(HEAD("\x81", "\x85", "\0\0", "\0\0") ASKED("\xf")), TEMP);
    /* a mail server named "m?.test" cannot be; another one beside it can */
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x7") "\0\xa\2m \xc0\x0e"),
          PERM);
    CHECK_STR(q.why.text, "Name service error for name=a.test type=MX: Malformed or unexpected name server reply");
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\2", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x7") "\0\xa\2m \xc0\x0e" OWNER
                      RR("\xf", "\x6") "\0\xa\1m\xc0\x0e"), OK);
}

static void nonsense(void)
{
    static const char whole[] =
        HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x6") "\0\xa\1m\xc0\x0e";

    for (size_t n = 0; n < sizeof whole - 1; n++) /* cut anywhere */
        parse(DNS_MX, (struct str){ whole, n }, TEMP);
    /* address of a wrong size */
    parse(DNS_A, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\1") OWNER RR("\1", "\3") "\1\2\3"), TEMP);
    parse(DNS_AAAA, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\x1c") OWNER RR("\x1c", "\4") "\1\2\3\4"), TEMP);
    /* names: pointing to itself, forwards, beyond; longer than its record; a forbidden label type */
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") "\xc0\x18" RR("\xf", "\x6") "\0\xa\1m\xc0\x0e"),
          TEMP);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x4") "\0\xa\xc0\x26"), TEMP);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x4") "\0\xa\xff\xff"), TEMP);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x4") "\0\xa\1m"), TEMP);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x4") "\0\xa\x81m\0"), TEMP);
    parse(DNS_MX, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\xf") OWNER RR("\xf", "\x5") "\0\xa\0xx"), TEMP);
    /* text pieces longer than the record */
    parse(DNS_TXT, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\x10") OWNER RR("\x10", "\3") "\5ab"), TEMP);
    /* an alias to itself */
    parse(DNS_A, STR(HEAD("\x81", "\x80", "\0\1", "\0\0") ASKED("\1") OWNER RR("\5", "\2") "\xc0\x0c"), NONE);
    /* another question, no question, not a reply */
    parse(DNS_A, STR(HEAD("\x81", "\x80", "\0\0", "\0\0") ASKED("\xf")), TEMP);
    parse(DNS_A, STR("\x12\x34\x81\x80\0\0\0\0\0\0\0\0" ASKED("\1")), TEMP);
    parse(DNS_A, STR(HEAD("\x01", "\x83", "\0\0", "\0\0") ASKED("\1")), TEMP);
    dns_free(q.records);
    q.records = NULL;
}

static void questions(void)
{
    uint8_t out[DNS_QUERY_MAX];
    char name[DNS_NAME + 80];
    struct sock_addr a;
    size_t n;

    CHECK(dns_build("a.test", DNS_MX, 0x1234, false, false, out, &n) == OK && n == 24);
    CHECK(memcmp(out, "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\4test\0\0\xf\0\1", 24) == 0);
    CHECK(dns_build("a.test", DNS_MX, 0x1234, false, true, out, &n) == OK && n == 35);
    CHECK(memcmp(out + 24, "\0\0\x29\4\xd0\0\0\x80\0\0\0", 11) == 0 && out[11] == 1 && out[3] == 0x20);
    CHECK(dns_build("a..test", DNS_MX, 0, false, false, out, &n) == PERM);
    CHECK(sock_parse_addr(STR("192.0.2.1"), 0, &a) == OK);
    dns_reverse_name(&a, "zen.test", name);
    CHECK_STR(name, "1.2.0.192.zen.test");
    CHECK(sock_parse_addr(STR("2001:db8::1"), 0, &a) == OK);
    dns_reverse_name(&a, "ip6.arpa", name);
    CHECK_STR(name, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

static char dir[] = "/tmp/dns_test.XXXXXX";
static pid_t server;
static int port;

static void write_file(const char *name, const char *text)
{
    char path[200];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    if (!f || fputs(text, f) < 0 || fclose(f))
        abort();
}

/* The test server on some port; false when there is none (no python3). */
static bool start_server(const char *zone)
{
    char path[200], line[40] = "";
    int p[2];
    ssize_t n;

    if (!mkdtemp(dir) || pipe(p) < 0)
        abort();
    write_file("zone", zone);
    snprintf(path, sizeof path, "%s/zone", dir);
    server = fork();
    if (server == 0) {
        dup2(p[1], 1);
        close(p[0]);
        alarm(120);
        execlp("python3", "python3", "tests/lib/dnsserver.py", path, (char *)NULL);
        _exit(1);
    }
    close(p[1]);
    n = read(p[0], line, sizeof line - 1);
    close(p[0]);
    return n > 0 && sscanf(line, "ready %d", &port) == 1;
}

static void resolv_conf(const char *before, const char *after)
{
    char text[500], path[200];

    snprintf(text, sizeof text, "%snameserver [127.0.0.1]:%d\n%s", before, port, after);
    write_file("resolv.conf", text);
    snprintf(path, sizeof path, "%s/resolv.conf", dir);
    dns_init(path);
}

static struct dns_query ask(const char *name, enum dns_type type, int timeout_ms)
{
    struct dns_query one = { .name = name, .type = type, .want_secure = true };

    dns_ask(&one, 1, timeout_ms);
    return one;
}

static void check_ask(const char *name, enum dns_type type, enum result want, const char *data)
{
    struct dns_query one = ask(name, type, 5000);
    char text[SOCK_ADDR_TEXT];

    CHECK(one.result == want);
    if (one.result != want)
        fprintf(stderr, "%s: result %d %s\n", name, one.result, one.why.text);
    if (one.result == OK && (type == DNS_A || type == DNS_AAAA)) {
        sock_text(&one.records->addr, text);
        CHECK_STR(text, data);
    } else if (one.result == OK && one.records->raw) {
        CHECK(str_same((struct str){ (char *)one.records->raw, one.records->raw_n }, str_of(data)));
    } else if (one.result == OK) {
        CHECK_STR(one.records->data, data);
    } else if (data) {
        CHECK_STR(one.why.text, data);
    }
    dns_free(one.records);
}

#define NAME_ERROR(name, type) "Host or domain name not found. Name service error for name=" name " type=" type ": "

static void asking(void)
{
    resolv_conf("options timeout:1 attempts:1\n", "");
    check_ask("a.test", DNS_A, OK, "127.0.0.5");
    check_ask("A.TEST.", DNS_A, OK, "127.0.0.5");
    check_ask("a.test", DNS_AAAA, OK, "2001:db8::5");
    check_ask("a.test", DNS_MX, OK, "mx.a.test");
    check_ask("null.test", DNS_MX, OK, "");
    check_ask("c.test", DNS_A, OK, "127.0.0.5");
    check_ask("t.test", DNS_TXT, OK, "some text here");
    check_ask("lying-id.test", DNS_A, OK, "127.0.0.6");
    check_ask("lying-question.test", DNS_A, OK, "127.0.0.6");
    check_ask("lying-garbage.test", DNS_A, OK, "127.0.0.6");
    check_ask("tc.test", DNS_A, OK, "127.0.0.7");
    check_ask("no.test", DNS_A, NONE, NAME_ERROR("no.test", "A") "Host not found");
    check_ask("empty.test", DNS_A, NONE,
              NAME_ERROR("empty.test", "A") "Host found but no data record of requested type");
    check_ask("a.test", DNS_SRV, NONE, NAME_ERROR("a.test", "SRV") "Host found but no data record of requested type");
    check_ask("loop1.test", DNS_A, NONE, "Name service loop for loop1.test");
    check_ask("dangling.test", DNS_A, NONE, NAME_ERROR("dangling.test", "A") "Host not found");
    check_ask("broken.test", DNS_A, TEMP, NAME_ERROR("broken.test", "A") "Host not found, try again");
    check_ask("refused.test", DNS_A, TEMP, NULL);
    check_ask("silent.test", DNS_A, TEMP, NAME_ERROR("silent.test", "A") "Host not found, try again");
    check_ask("bad..name", DNS_A, PERM, "Name service error for bad..name: invalid host or domain name");
    check_ask("-bad.test", DNS_MX, PERM, NULL);
}

static void validated(void)
{
    struct dns_query yes = ask("signed.test", DNS_A, 5000), no = ask("a.test", DNS_A, 5000);

    CHECK(yes.result == OK && yes.secure && no.result == OK && !no.secure);
    dns_free(yes.records);
    dns_free(no.records);
}

static void large_sets(void)
{
    struct dns_query one = ask("many.test", DNS_A, 5000);
    size_t n = 0;

    CHECK(one.result == OK);
    for (struct dns_record *r = one.records; r; r = r->next)
        n++;
    CHECK(n == DNS_MAX_RECORDS);
    dns_free(one.records);
}

static void questions_run_in_parallel(void)
{
    struct dns_query many[40];
    int64_t start = clock_ms();

    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = (struct dns_query){ .name = i == 7 ? "no.test" : "slow.test", .type = DNS_A };
    dns_ask(many, ARRAY_LEN(many), 10000);
    CHECK(clock_ms() - start < 3000); /* two groups of 0.4 s */
    for (size_t i = 0; i < ARRAY_LEN(many); i++) {
        CHECK(many[i].result == (i == 7 ? NONE : OK));
        dns_free(many[i].records);
    }
}

static void time_is_limited(void)
{
    int64_t start = clock_ms();

    resolv_conf("options timeout:30 attempts:5\n", "");
    CHECK(ask("silent.test", DNS_A, 200).result == TEMP);
    CHECK(clock_ms() - start < 2000);
}

static void the_next_server_is_asked(void)
{
    resolv_conf("options timeout:1 attempts:1\nnameserver [127.0.0.1]:1\n", ""); /* nobody listens there */
    check_ask("a.test", DNS_A, OK, "127.0.0.5");
    check_ask("broken.test", DNS_A, TEMP, NULL);
    check_ask("no.test", DNS_A, NONE, NULL);
    resolv_conf("nameserver [127.0.0.1]:1\noptions rotate timeout:1\n", "");
    for (int i = 0; i < 4; i++)
        check_ask("a.test", DNS_A, OK, "127.0.0.5");
}

static void names_are_completed(void)
{
    struct dns_query one = { .name = "a", .type = DNS_A, .search = true };

    resolv_conf("search none.test test\n", "");
    dns_ask(&one, 1, 5000);
    CHECK(one.result == OK);
    dns_free(one.records);
    one.search = false;
    dns_ask(&one, 1, 5000);
    CHECK(one.result == NONE);
}

static void hosts_of_both_families(void)
{
    struct dns_query one = { .name = "a.test" };
    struct sock_addr a;

    dns_host(&one, AF_UNSPEC, true, false, 5000);
    CHECK(one.result == OK && one.records && (one.records->next || !ENABLE_IPV6));
    dns_free(one.records);
    dns_host(&one, AF_INET, true, false, 5000);
    CHECK(one.result == OK && one.records && !one.records->next);
    dns_free(one.records);
    one.name = "half.test"; /* AAAA fails, A is there: the server answers for whole names only, so via 127.0.0.1 */
    dns_host(&one, AF_UNSPEC, true, false, 5000);
    CHECK(one.result == TEMP && !one.records);
    one.name = "192.0.2.9";
    dns_host(&one, AF_UNSPEC, true, false, 5000);
    CHECK(one.result == OK && one.records && one.records->type == DNS_A);
    dns_free(one.records);
    one.name = "localhost";
    dns_host(&one, AF_INET, false, true, 5000);
    CHECK(one.result == OK);
    dns_free(one.records);
    one.name = "no.test";
    dns_host(&one, AF_INET, true, true, 5000);
    CHECK(one.result == NONE && one.nxdomain);
    CHECK_STR(one.why.text, "unable to look up host no.test: Name or service not known");
    CHECK(sock_parse_addr(STR("192.0.2.1"), 0, &a) == OK);
    dns_reverse(&one, &a, false, 5000);
    CHECK(one.result == OK);
    CHECK_STR(one.records ? one.records->data : "", "ptr.test");
    dns_free(one.records);
    CHECK(sock_parse_addr(STR("192.0.2.2"), 0, &a) == OK);
    dns_reverse(&one, &a, true, 5000);
    CHECK(one.result == NONE);
}

static const char *zone(void)
{
    static char text[8000];
    size_t n = (size_t)snprintf(
        text, sizeof text, "%s",
        "a.test A 127.0.0.5\na.test AAAA 2001:db8::5\na.test MX 10 mx.a.test\nnull.test MX 0 .\n"
        "c.test CNAME a.test\nt.test TXT some text here\nlying-id.test LIE id\nlying-id.test A 127.0.0.6\n"
        "lying-question.test LIE question\nlying-question.test A 127.0.0.6\nlying-garbage.test LIE garbage\n"
        "lying-garbage.test A 127.0.0.6\ntc.test TRUNCATE\ntc.test A 127.0.0.7\nempty.test NODATA\n"
        "loop1.test CNAME loop2.test\nloop2.test CNAME loop1.test\ndangling.test CNAME nowhere.test\n"
        "broken.test SERVFAIL\nrefused.test REFUSED\nsilent.test TIMEOUT\nsigned.test A 127.0.0.8\n"
        "signed.test AD\nslow.test DELAY 0.4\nslow.test A 127.0.0.9\nhalf.test SERVFAIL\n"
        "1.2.0.192.in-addr.arpa PTR ptr.test\n");

    for (int i = 0; i < 150; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "many.test A 127.0.1.%d\n", i);
    return text;
}

int main(void)
{
    char rm[300];

    alarm(110);
    host_names();
    answers();
    nonsense();
    questions();
    if (start_server(zone())) {
        asking();
        validated();
        large_sets();
        questions_run_in_parallel();
        time_is_limited();
        the_next_server_is_asked();
        names_are_completed();
        hosts_of_both_families();
    } else {
        printf("dns_test: questions skipped: tests/lib/dnsserver.py does not run\n");
    }
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    snprintf(rm, sizeof rm, "rm -rf %s", dir);
    return system(rm) | TEST_END();
}
