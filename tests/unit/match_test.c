/* match_test.c - match lists and address patterns */
/* SPDX-License-Identifier: ISC */
#include "map/match.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "param/param.h"
#include "test.h"

static const char *word(enum result r)
{
    return r == OK ? "yes" : r == NONE ? "no" : r == TEMP ? "temp" : "perm";
}

static void strings(void)
{
    static const struct {
        const char *list, *text, *want;
    } t[] = {
        { "", "a", "no" },
        { "a, b c", "B", "yes" },
        { "a, b c", "d", "no" },
        { "!a, static:any", "a", "no" },
        { "!a, static:any", "b", "yes" },
        { "!!a", "a", "yes" },
        { "static:anyone", "root", "yes" },
        { "inline:{x=1}, y", "X", "yes" },
        { "fail:x", "a", "temp" },
        { "a, fail:x", "a", "yes" },
        { "nosuch:x", "a", "temp" },
        { "a b # c", "c", "no" },
        { "a !", "b", "no" },
        { ".example.com", "x.example.com", "no" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct match *m = match_new("test_list", t[i].list, 0);

        CHECK_STR(word(match_string(m, t[i].text)), t[i].want);
        match_free(m);
    }
}

static void domains(void)
{
    static const struct {
        const char *list;
        unsigned flags;
        const char *domain, *want;
    } t[] = {
        { "example.com", 0, "Example.Com", "yes" },
        { "example.com", 0, "x.example.com", "no" },
        { ".example.com", 0, "x.example.com", "yes" },
        { ".example.com", 0, "example.com", "no" },
        { "example.com", MATCH_SUBDOMAINS, "x.example.com", "yes" },
        { "example.com", MATCH_SUBDOMAINS, "xexample.com", "no" },
        { "!bad.example.com, example.com", MATCH_SUBDOMAINS, "a.bad.example.com", "no" },
        { "inline:{example.com=1}", MATCH_SUBDOMAINS, "a.b.example.com", "yes" },
        { "inline:{example.com=1}", 0, "a.example.com", "no" },
        { "inline:{.example.com=1}", 0, "a.example.com", "yes" },
        { "regexp:{{/^example.com$/ x}}", MATCH_SUBDOMAINS, "a.example.com", "no" },
        { "fail:x", MATCH_NOTHING_ON_ERROR, "a", "no" },
        { "example.com", 0, "", "no" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct match *m = match_new("test_list", t[i].list, t[i].flags);

        CHECK_STR(word(match_domain(m, t[i].domain)), t[i].want);
        match_free(m);
    }
}

static void hosts(void)
{
    static const struct {
        const char *list, *name, *addr, *want;
    } t[] = {
        { "127.0.0.0/8, [::1]/128, 10.1.2.3", NULL, "127.1.2.3", "yes" },
        { "127.0.0.0/8, [::1]/128, 10.1.2.3", NULL, "::1", "yes" },
        { "127.0.0.0/8, [::1]/128, 10.1.2.3", NULL, "10.1.2.3", "yes" },
        { "127.0.0.0/8, [::1]/128, 10.1.2.3", NULL, "10.1.2.4", "no" },
        { "!10.1.0.0/16, 10.0.0.0/8", NULL, "10.1.2.4", "no" },
        { "!10.1.0.0/16, 10.0.0.0/8", NULL, "10.2.2.4", "yes" },
        { "[2001:db8::]/32", "h.test", "2001:DB8:1::2", "yes" },
        { "[2001:db8::1]", NULL, "2001:db8::1", "yes" },
        { "example.com", "h.example.com", "192.0.2.1", "yes" },
        { "10.0.0.1/8", NULL, "10.0.0.1", "temp" },
        { "10.0.0.0/33", NULL, "10.0.0.1", "temp" },
        { "192.0.2.1, 10.0.0.0/33", NULL, "192.0.2.1", "yes" },
        { "cidr:{{192.0.2.0/24 x}}", "h.test", "192.0.2.9", "yes" },
        { "inline:{192.0.2.9=x}", NULL, "192.0.2.9", "yes" },
        { "0.0.0.0/0", NULL, "::1", "no" },
        { "[::]/0", NULL, "::ffff:1.2.3.4", "yes" },
        { "unknown", "unknown", "1.2.3.4", "yes" },
        { "/nonexistent/list", NULL, "1.2.3.4", "temp" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        struct match *m = match_new("mynetworks", t[i].list, 0);
        const char *got = word(match_host(m, t[i].name, t[i].addr));

        if (strcmp(got, t[i].want) != 0)
            fprintf(stderr, "%s %s:\n", t[i].list, t[i].addr);
        CHECK_STR(got, t[i].want);
        match_free(m);
    }
}

static void files(void)
{
    char path[] = "/tmp/match_test.XXXXXX", list[100];
    int fd = mkstemp(path);
    static const char text[] = "# a comment\n10.0.0.0/8\n !192.0.2.1\n192.0.2.0/24 h.test\n";
    struct match *m;

    CHECK(fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
    close(fd);
    snprintf(list, sizeof list, "%s", path);
    m = match_new("mynetworks", list, 0);
    CHECK(match_host(m, NULL, "10.9.9.9") == OK);
    CHECK(match_host(m, NULL, "192.0.2.1") == NONE);
    CHECK(match_host(m, NULL, "192.0.2.2") == OK);
    CHECK(match_host(m, "h.test", "1.1.1.1") == OK);
    match_free(m);
    snprintf(list, sizeof list, "!%s, 0.0.0.0/0", path);
    m = match_new("mynetworks", list, 0);
    CHECK(match_host(m, NULL, "10.9.9.9") == NONE);
    CHECK(match_host(m, NULL, "192.0.2.1") == OK);
    CHECK(match_host(m, NULL, "11.1.1.1") == OK);
    match_free(m);
    fd = open(path, O_WRONLY | O_TRUNC);
    CHECK(fd >= 0 && write(fd, path, strlen(path)) > 0); /* includes itself */
    close(fd);
    snprintf(list, sizeof list, "%s", path);
    m = match_new("mynetworks", list, 0);
    CHECK(match_host(m, NULL, "10.9.9.9") == TEMP);
    match_free(m);
    unlink(path);
}

static void networks(void)
{
    CHECK(match_network(STR("1.2.3.0/24"), "1.2.3.4") == OK);
    CHECK(match_network(STR("1.2.3.0/24"), "1.2.4.4") == NONE);
    CHECK(match_network(STR("[2001:db8::]/32"), "2001:db8::1") == OK);
    CHECK(match_network(STR("[::1]"), "::1") == OK);
    CHECK(match_network(STR("1.2.3.4/24"), "1.2.3.4") == PERM);
    CHECK(match_network(STR("1.2.3"), "1.2.3.4") == PERM);
    CHECK(match_network(STR(""), "1.2.3.4") == PERM);
    CHECK(match_network(STR("/"), "1.2.3.4") == PERM);
    CHECK(match_network(STR("[]/8"), "1.2.3.4") == PERM);
    CHECK(match_network(STR("0.0.0.0/0"), "255.255.255.255") == OK);
    CHECK(match_network(STR("128.0.0.0/1"), "127.0.0.1") == NONE);
}

int main(void)
{
    param_override("parent_domain_matches_subdomains=mynetworks");
    strings();
    domains();
    hosts();
    files();
    networks();
    return TEST_END();
}
