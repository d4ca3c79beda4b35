/* addr_test.c - mail/addr: quoting, paths, address lists, extensions, domains */
/* SPDX-License-Identifier: ISC */
#include "mail/addr.h"

#include "base/str.h"
#include "guard.h"
#include "test.h"

static const struct {
    const char *internal, *external;
} quotes[] = {
    { "", "" }, { "user@example.com", "user@example.com" }, { "user", "user" },
    { "a b@example.com", "\"a b\"@example.com" }, { "a\"b\\c@d", "\"a\\\"b\\\\c\"@d" },
    { "a@b@c", "\"a@b\"@c" }, { ".a@c", "\".a\"@c" }, { "a.@c", "\"a.\"@c" }, { "a..b@c", "\"a..b\"@c" },
    { "a,b@c", "\"a,b\"@c" }, { "a(b)@c", "\"a(b)\"@c" }, { "a%b!c+d@e", "a%b!c+d@e" },
    { "gr\303\274n@e", "gr\303\274n@e" }, { "u@[1.2.3.4]", "u@[1.2.3.4]" }, { "{a}|~@b", "{a}|~@b" },
};

static void quoting_both_ways(void)
{
    struct buf b;

    buf_init(&b, ADDR_MAX);
    for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
        buf_reset(&b);
        CHECK(addr_quote(&b, guard(quotes[i].internal)));
        CHECK_STR(b.p, quotes[i].external);
        if (!quotes[i].internal[0])
            continue;
        buf_reset(&b);
        CHECK(addr_unquote(&b, guard(quotes[i].external)) == OK);
        CHECK_STR(b.p, quotes[i].internal);
    }
    buf_reset(&b);
    CHECK(addr_quote(&b, guard("@c")));
    CHECK_STR(b.p, "\"\"@c");
    buf_done(&b);
}

static const struct {
    const char *text;
    bool strict;
    const char *internal, *rest; /* internal NULL: refused */
} paths[] = {
    { "<a@b>", true, "a@b", "" }, { " <a@b> SIZE=5", true, "a@b", " SIZE=5" }, { "<>", true, "", "" },
    { "<> BODY=7BIT", false, "", " BODY=7BIT" }, { "a@b", false, "a@b", "" }, { "a@b", true, NULL, "" },
    { "a@b SIZE=1", false, "a@b", " SIZE=1" }, { "", false, NULL, "" }, { "<a@b", false, NULL, "" },
    { "<a@b>x", false, NULL, "" }, { "<@r1,@r2:a@b>", true, "a@b", "" }, { "<@r1:a@b>", false, "a@b", "" },
    { "<@r1>", false, NULL, "" }, { "<@b>", false, NULL, "" }, { "<@r:>", false, NULL, "" }, { "@b", false, NULL, "" },
    { "<\"a b\"@c>", true, "a b@c", "" }, { "<\"a>b\"@c>", true, "a>b@c", "" }, { "<a b@c>", false, NULL, "" },
    { "<a\\ b@c>", true, "a b@c", "" }, { "<a@[1.2.3.4]>", true, "a@[1.2.3.4]", "" },
    { "<a@[IPv6:::1]>", true, "a@[IPv6:::1]", "" }, { "<a@[1.2.3.4>", true, NULL, "" }, { "<\"a@b>", true, NULL, "" },
    { "<postmaster>", true, "postmaster", "" }, { "<a@b@c>", false, "a@b@c", "" }, { "<a@>", false, "a@", "" },
    { "<a;b@c>", false, NULL, "" }, { "<a:b@c>", false, NULL, "" }, { "<a(note)@b>", false, "a@b", "" },
    { "<<a@b>>", false, "a@b", "" }, { "<<a@b>>", true, NULL, "" }, { "<a@b>>", false, "a@b", "" },
    { "Name<a@b> X=1", false, "a@b", " X=1" }, { "\"Na me\"<a@b>", false, "a@b", "" },
    { "<a@b>(c)", false, "a@b", "" },
    { "(c)<a@b>", true, NULL, "" }, { "<a@b>,", false, "a@b", "" }, { "<a@b>;", false, "a@b", "" },
    { "<a@b>,<c@d>", false, NULL, "" }, { "<a@b><>", false, NULL, "" }, { "<a@b,c@d>", false, NULL, "" },
    { "a<b@c", false, NULL, "" }, { "a@b>", false, "a@b", "" }, { "(<a@b>)", false, NULL, "" },
    { "<\"\">", false, NULL, "" }, { "<\"\"@b>", false, "@b", "" },
    { "<a%b@c>", true, "a%b@c", "" }, { "<b!a>", true, "b!a", "" }, { "<a\001@b>", true, NULL, "" },
    { "<a\\>", true, NULL, "" }, { "<a..b.@c>", false, "a..b.@c", "" }, { "< a@b >", false, "a@b", "" },
};

static void paths_of_mail_and_rcpt(void)
{
    struct buf b;
    struct str rest;

    buf_init(&b, ADDR_MAX);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        enum result r;

        buf_reset(&b);
        r = addr_parse_path(guard(paths[i].text), paths[i].strict, &b, &rest);
        CHECK(r == (paths[i].internal ? OK : PERM));
        if (r == OK && paths[i].internal) {
            CHECK_STR(b.p, paths[i].internal);
            CHECK(str_eq(rest, paths[i].rest));
        } else if (r == OK || paths[i].internal) {
            fprintf(stderr, "  path %s\n", paths[i].text);
        }
    }
    buf_done(&b);
}

/* The addresses found, joined by "|". */
static const struct {
    const char *header, *found;
} lists[] = {
    { " a@b", "a@b" },
    { " a@b, c@d", "a@b|c@d" },
    { " Ann <a@b>", "a@b" },
    { "<a@b>,<c@d>", "a@b|c@d" },
    { " \"Doe, Ann\" <a@b> (work), c@d (home)", "a@b|c@d" },
    { "a@b (x (nested) y)", "a@b" },
    { "(only a comment)", "" },
    { "", "" },
    { " , ,", "" },
    { "friends: a@b, c@d;, e@f", "a@b|c@d|e@f" },
    { "undisclosed-recipients:;", "" },
    { "<>", "" },
    { "Ann <>", "" },
    { "<@r1,@r2:a@b>", "@r1,@r2:a@b" },
    { "<@r1:a@b>, x", "@r1:a@b|x" },
    { "user", "user" },
    { "\"a b\"@c", "\"a b\"@c" },
    { "a@[1.2.3.4]", "a@[1.2.3.4]" },
    { "a@b,\r\n c@d,\r\n\te@f", "a@b|c@d|e@f" },
    { "< a@b >", "a@b" },
    { "<a@b", "a@b" },
    { "\"unclosed <a@b>", "" },
    { "(unclosed <a@b>", "" },
    { "a@b > c@d", "a@b|c@d" },
    { "a . b @ c", "a . b @ c" },
    { "Ann Doe", "Ann|Doe" },
    { "a b@c d.e@f (x) g", "a|b@c|d.e@f|g" },
    { "Ann Doe <a@b> x", "a@b|x" },
    { "x <a@b> <c@d>", "a@b|c@d" },
    { "\\", "" },
    { "a(c)@b", "a(c)@b" },
    { "gr\303\274n@b", "gr\303\274n@b" },
    { "=?utf-8?q?Gr=C3=BCn?= <g@b>", "g@b" },
    { "a!b!c", "a!b!c" },
    { "a%b@c", "a%b@c" },
    { ";a@b", "a@b" },
    { "list:;a@b", "a@b" },
    { "<a@b,c@d>", "a@b|c@d" },
    { "\"x\": a@b;", "a@b" },
};

static void lists_keep_every_byte(void)
{
    struct buf all, found;

    buf_init(&all, 1000);
    buf_init(&found, 1000);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct str in = guard(lists[i].header);
        struct addr_piece piece;
        size_t at = 0;
        enum result r;

        buf_reset(&all);
        buf_reset(&found);
        while ((r = addr_next(in, &at, &piece)) == OK) {
            CHECK(buf_str(&all, piece.text));
            if (piece.kind == ADDR_SPEC)
                CHECK((found.n == 0 || buf_putc(&found, '|')) && buf_str(&found, piece.text));
        }
        CHECK(r == NONE);
        CHECK_STR(all.p, lists[i].header);
        CHECK_STR(found.p, lists[i].found);
    }
    buf_done(&all);
    buf_done(&found);
}

static void extensions(void)
{
    static const struct {
        const char *local, *delimiters;
        size_t n;
    } rows[] = {
        { "user+ext", "+", 4 },       { "user", "+", 4 },           { "+user", "+", 5 },
        { "user-a+b", "+-", 4 },      { "user-a+b", "+", 6 },       { "owner-list", "-", 10 },
        { "owner-list", "+-", 10 },   { "list-request", "-", 12 },  { "owner-a+b", "+", 7 },
        { "double-bounce", "-", 13 }, { "MAILER-DAEMON", "-", 13 }, { "postmaster", "p", 10 },
        { "user+", "+", 4 },          { "user+a", "", 6 },          { "", "+", 0 },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CHECK(addr_split_ext(guard(rows[i].local), rows[i].delimiters, true) == rows[i].n);
    CHECK(addr_split_ext(guard("owner-list"), "-", false) == 5);
}

static void domains(void)
{
    static const struct {
        const char *domain;
        bool valid;
    } rows[] = {
        { "example.com", true },
        { "a", true },
        { "", false },
        { ".a", false },
        { "a.", false },
        { "a..b", false },
        { "-a.b", false },
        { "a-.b", false },
        { "a_b.c", true },
        { "1.2.3.4", false },
        { "1a.2", true },
        { "a b", false },
        { "[1.2.3.4]", true },
        { "[1.2.3]", false },
        { "[IPv6:::1]", true },
        { "[ipv6:2001:db8::1]", true },
        { "[::1]", false },
        { "[]", false },
        { "b\303\274cher.example", true },
        { "a@b", false },
        { "a/b", false },
        { "[1.2.3.4", false },
        { "x123456789012345678901234567890123456789012345678901234567890123.y", false },
        { "123456789012345678901234567890123456789012345678901234567890123.y", true },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CHECK(addr_valid_domain(guard(rows[i].domain)) == rows[i].valid);
}

static void parts(void)
{
    CHECK(str_eq(addr_local(STR("a@b@c")), "a@b") && str_eq(addr_domain(STR("a@b@c")), "c"));
    CHECK(str_eq(addr_local(STR("a")), "a") && addr_domain(STR("a")).n == 0 && addr_at(STR("a")) == 1);
}

/* 100 kB of anything is walked in one go: each byte a few times, not once per word. */
static void long_headers_take_linear_time(void)
{
    static const char *const units[] = { "a ",  "a",    "<",  "<a",     "(", "( ", "\"",  "a,", ":", "@",
                                         "@a:", "a<b>", "\\", "a (c) ", ">", "[",  "<\"", ". ", "@ " };
    enum { SIZE = 100000 };
    char *text = malloc(SIZE + 8);

    for (size_t u = 0; u < ARRAY_LEN(units); u++) {
        struct addr_piece piece;
        size_t n = 0, at = 0;

        while (n < SIZE)
            for (const char *p = units[u]; *p; p++)
                text[n++] = *p;
        while (addr_next((struct str){ text, n }, &at, &piece) == OK)
            ;
        CHECK(addr_next_position(at) == n);
    }
    free(text);
}

int main(void)
{
    long_headers_take_linear_time();
    quoting_both_ways();
    paths_of_mail_and_rcpt();
    lists_keep_every_byte();
    extensions();
    domains();
    parts();
    return TEST_END();
}
