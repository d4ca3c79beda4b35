/* smtp_text_test.c - mail/smtp_text */
/* SPDX-License-Identifier: ISC */
#include "mail/smtp_text.h"

#include "base/str.h"
#include "guard.h"
#include "test.h"

static void xtext(void)
{
    static const struct {
        const char *in, *out; /* NULL: refused */
    } rows[] = {
        { "rfc822;a+2Bb@c", "rfc822;a+b@c" }, { "", "" }, { "+41+42", "AB" }, { "+4a", "J" }, { "+4", NULL },
        { "+", NULL }, { "+4G", NULL }, { "a+0Ab", NULL }, { "a+00", NULL }, { "+7F", NULL }, { "+0D", NULL },
        { "a\nb", NULL }, { "+20", " " },
    };
    struct buf b;

    buf_init(&b, 100);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        buf_reset(&b);
        CHECK(xtext_decode(&b, guard(rows[i].in)) == (rows[i].out ? OK : PERM));
        if (rows[i].out)
            CHECK_STR(b.p, rows[i].out);
    }
    buf_reset(&b);
    CHECK(xtext_encode(&b, guard("a+b=c d\303\274\n"), false));
    CHECK_STR(b.p, "a+2Bb+3Dc+20d+C3+BC+0A");
    buf_reset(&b);
    CHECK(xtext_encode(&b, guard("\303\274+"), true));
    CHECK_STR(b.p, "\303\274+2B");
    buf_done(&b);
}

static void notify_and_ret(void)
{
    static const struct {
        const char *in;
        int want; /* -1: refused */
    } rows[] = {
        { "NEVER", 1 }, { "never", 1 }, { "SUCCESS,FAILURE,DELAY", 14 }, { "delay", 8 }, { "FAILURE,DELAY", 12 },
        { "NEVER,DELAY", -1 }, { "", -1 }, { ",", -1 }, { "SUCCESS,", 2 }, { ",SUCCESS", 2 }, { "SUCCESS, DELAY", -1 },
        { "ALWAYS", -1 }, { "SUCCESS,SUCCESS", 2 },
    };
    unsigned n, ret;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        n = 99;
        CHECK(dsn_parse_notify(guard(rows[i].in), &n) == (rows[i].want < 0 ? PERM : OK));
        CHECK(n == (rows[i].want < 0 ? 99u : (unsigned)rows[i].want));
    }
    for (n = 0; n < 16; n += 2) {
        unsigned back = 0;

        CHECK(n == 0 || (dsn_parse_notify(str_of(dsn_notify_text(n)), &back) == OK && back == n));
    }
    CHECK_STR(dsn_notify_text(1), "NEVER");
    CHECK(dsn_parse_ret(guard("full"), &ret) == OK && ret == DSN_RET_FULL);
    CHECK(dsn_parse_ret(guard("HDRS"), &ret) == OK && ret == DSN_RET_HDRS);
    CHECK(dsn_parse_ret(guard(""), &ret) == PERM && dsn_parse_ret(guard("FULLX"), &ret) == PERM);
}

static void esmtp_params(void)
{
    struct str rest = guard(" SIZE=1000  BODY=8BITMIME SMTPUTF8 AUTH=<> X-y=a=b"), name, value;

    CHECK(esmtp_param(&rest, &name, &value) == OK && str_eq(name, "SIZE") && str_eq(value, "1000"));
    CHECK(esmtp_param(&rest, &name, &value) == OK && str_eq(name, "BODY") && str_eq(value, "8BITMIME"));
    CHECK(esmtp_param(&rest, &name, &value) == OK && str_eq(name, "SMTPUTF8") && value.p == NULL);
    CHECK(esmtp_param(&rest, &name, &value) == OK && str_eq(name, "AUTH") && str_eq(value, "<>"));
    CHECK(esmtp_param(&rest, &name, &value) == OK && str_eq(name, "X-y") && str_eq(value, "a=b"));
    CHECK(esmtp_param(&rest, &name, &value) == NONE);
    rest = guard("SIZE=");
    CHECK(esmtp_param(&rest, &name, &value) == OK && value.p && value.n == 0);
    rest = guard("=5");
    CHECK(esmtp_param(&rest, &name, &value) == PERM);
    rest = guard("A\001=5");
    CHECK(esmtp_param(&rest, &name, &value) == PERM);
    rest = guard("A=\001");
    CHECK(esmtp_param(&rest, &name, &value) == PERM);
}

static void replies(void)
{
    static const struct {
        const char *line;
        int code; /* 0: refused */
        bool more;
        const char *dsn, *text;
    } rows[] = {
        { "250 2.1.0 Ok", 250, false, "2.1.0", "2.1.0 Ok" },
        { "250-PIPELINING", 250, true, "", "PIPELINING" },
        { "250", 250, false, "", "" },
        { "354 go", 354, false, "", "go" },
        { "550 5.1.1", 550, false, "5.1.1", "5.1.1" },
        { "550 4.1.1 x", 550, false, "", "4.1.1 x" },
        { "451 4.3.0x", 451, false, "", "4.3.0x" },
        { "599-", 599, true, "", "" },
        { "25", 0, false, "", "" },
        { "", 0, false, "", "" },
        { "2500 x", 0, false, "", "" },
        { "150 x", 0, false, "", "" },
        { "650 x", 0, false, "", "" },
        { "2x0 x", 0, false, "", "" },
        { "hello", 0, false, "", "" },
        { "250 2.1234.0 x", 250, false, "", "2.1234.0 x" },
        { "550 5.1.", 550, false, "", "5.1." },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct smtp_reply_line r;

        CHECK(smtp_reply_parse(guard(rows[i].line), &r) == (rows[i].code ? OK : PERM));
        if (rows[i].code)
            CHECK(r.code == rows[i].code && r.more == rows[i].more && str_eq(r.dsn, rows[i].dsn) &&
                  str_eq(r.text, rows[i].text));
    }
}

int main(void)
{
    xtext();
    notify_and_ret();
    esmtp_params();
    replies();
    return TEST_END();
}
