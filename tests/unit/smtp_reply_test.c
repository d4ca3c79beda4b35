/* smtp_reply_test.c - replies of servers: joined text, status codes, what is no reply */
/* SPDX-License-Identifier: ISC */
#include "smtp_client_test.h"

static struct smtp_reply reply;

/* Lines separated by LF. */
static enum result parse(const char *text)
{
    struct str rest = str_of(text);
    enum result r = AGAIN;

    smtp_reply_begin(&reply);
    while (r == AGAIN && rest.n) {
        size_t n = str_find(rest, '\n');

        r = smtp_reply_add(&reply, (struct str){ rest.p, n });
        rest = n < rest.n ? (struct str){ rest.p + n + 1, rest.n - n - 1 } : (struct str){ rest.p + n, 0 };
    }
    return r;
}

static const struct {
    const char *text;
    enum result result;
    int code;
    const char *dsn, *joined;
} cases[] = {
    { "250 2.1.0 Ok", OK, 250, "2.1.0", "250 2.1.0 Ok" },
    { "250 Ok", OK, 250, "2.0.0", "250 Ok" },
    { "250", OK, 250, "2.0.0", "250" },
    { "550-5.1.1 no such user\n550 5.1.1 try another", OK, 550, "5.1.1",
        "550-5.1.1 no such user 550 5.1.1 try another" },
    { "550 4.7.1 wrong class", OK, 550, "5.0.0", "550 4.7.1 wrong class" },
    { "450 4.2.0", OK, 450, "4.2.0", "450 4.2.0" },
    { "250-a\n550 5.7.1 last line counts", OK, 550, "5.7.1", "250-a 550 5.7.1 last line counts" },
    { "354 go on", OK, 354, "3.0.0", "354 go on" },
    { "250-more", AGAIN, 250, "", "250-more" },
    { "", AGAIN, 0, "", "" },
    { "hello", PERM, 0, "", "hello" },
    { "99 x", PERM, 0, "", "99 x" },
    { "700 x", PERM, 0, "", "700 x" },
    { "250x", PERM, 0, "", "250x" },
};

static void test_why(void)
{
    struct why why;

    CHECK(parse("550 5.1.1 nobody") == OK);
    CHECK(smtp_reply_why(&reply, &why, "host %s said: %s", "h", reply.text.p) == PERM);
    CHECK_STR(why.dsn, "5.1.1");
    CHECK_STR(why.text, "host h said: 550 5.1.1 nobody");
    CHECK(parse("421 closing") == OK);
    CHECK(smtp_reply_why(&reply, &why, "x") == TEMP);
    CHECK_STR(why.dsn, "4.0.0");
    CHECK(parse("250 2.0.0 fine") == OK);
    CHECK(smtp_reply_why(&reply, &why, "host said: 250") == PERM);
    CHECK_STR(why.dsn, "5.5.0");
    CHECK_STR(why.text, "Protocol error: host said: 250");
}

static void test_size(void)
{
    char line[3000];

    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = 0;
    memcpy(line, "250-", 4);
    smtp_reply_begin(&reply);
    for (int i = 0; i < 100; i++)
        CHECK(smtp_reply_add(&reply, str_of(line)) == AGAIN);
    CHECK(reply.text.n <= SMTP_REPLY_MAX);
    CHECK(smtp_reply_add(&reply, str_of("250 end")) == OK);
}

int main(void)
{
    smtp_reply_init(&reply);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CHECK(parse(cases[i].text) == cases[i].result);
        CHECK(reply.code == cases[i].code);
        CHECK_STR(reply.dsn, cases[i].dsn);
        CHECK_STR(reply.text.p, cases[i].joined);
    }
    test_why();
    test_size();
    smtp_reply_done(&reply);
    return TEST_END();
}
