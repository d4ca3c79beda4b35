/* password_test.c - stored passwords: the example of RFC 7677, forms of others, damaged entries */
/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/password.h"
#include "test.h"

/* RFC 7677 section 3: "pencil". */
#define SALT "W22ZaJ0SNY7soEsUEjb6gQ=="
#define STORED "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
#define SERVER "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define ENTRY "SCRAM-SHA-256$4096:" SALT "$" STORED ":" SERVER

static void forms(void)
{
    static const struct { const char *entry, *password; enum result want; } cases[] = {
        { ENTRY, "pencil", OK },
        { ENTRY, "pencil ", NONE },
        { ENTRY, "", NONE },
        { "{SCRAM-SHA-256}4096," SALT "," STORED "," SERVER, "pencil", OK },
        { "{scram-sha-256}4096," SALT "," STORED "," SERVER, "pen", NONE },
        { "{SCRAM-SHA-256}4096:" SALT "$" STORED ":" SERVER, "pencil", PERM },
        { "SCRAM-SHA-256$0:" SALT "$" STORED ":" SERVER, "pencil", PERM },
        { "SCRAM-SHA-256$99999999:" SALT "$" STORED ":" SERVER, "pencil", PERM },
        { "SCRAM-SHA-256$4096:" SALT "$" STORED, "pencil", PERM },
        { "SCRAM-SHA-256$4096:" SALT "$" STORED ":AAAA", "pencil", PERM },
        { "SCRAM-SHA-256$4096:$" STORED ":" SERVER, "pencil", PERM },
        { "SCRAM-SHA-256$", "pencil", PERM },
        { "pencil", "pencil", PERM },
        { "{PLAIN}pencil", "pencil", PERM },
        { "{", "pencil", PERM },
        { "", "", PERM },
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CHECK(password_check(str_of(cases[i].entry), str_of(cases[i].password)) == cases[i].want);
    CHECK(password_check(STR(ENTRY), (struct str){ "pencil\0x", 8 }) == NONE);
}

static void made_and_parsed(void)
{
    struct password_scram p = { .rounds = 4096, .salt_n = PASSWORD_SALT }, again;
    struct buf text;

    buf_init(&text, 300);
    crypto_random(p.salt, p.salt_n);
    CHECK(password_keys(STR("p\xc3\xa4sswort"), &p) == OK);
    password_print(&p, &text);
    CHECK(password_parse(buf_view(&text), &again) == OK);
    CHECK(again.rounds == 4096 && memcmp(&p.stored, &again.stored, PASSWORD_KEY) == 0);
    CHECK(password_check(buf_view(&text), STR("p\xc3\xa4sswort")) == OK);
    CHECK(password_check(buf_view(&text), STR("passwort")) == NONE);
    buf_done(&text);
}

static void by_crypt(void)
{
    static const char sha512[] = "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBF"
                                 "dcbYEdFCoEOfaS35inz1"; /* of "Hello world!" */
    struct password_scram p;

    password_init();
    if (!ENABLE_SASL_CRYPT) {
        CHECK(password_parse(str_of(sha512), &p) == PERM);
        return;
    }
    CHECK(password_parse(str_of(sha512), &p) == NONE);
    CHECK(password_check(str_of(sha512), STR("Hello world!")) == OK);
    CHECK(password_check(str_of(sha512), STR("hello world!")) == NONE);
    CHECK(password_check(STR("{CRYPT}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI"
                             "68u4OTLiBFdcbYEdFCoEOfaS35inz1"), STR("Hello world!")) == OK);
    CHECK(password_check(STR("$nonsense$x"), STR("x")) == PERM);
    CHECK(password_check(STR("*"), STR("")) == PERM);
}

int main(void)
{
    forms();
    made_and_parsed();
    by_crypt();
    return TEST_END();
}
