/* smtp_sasl_test.c - SASL mechanisms against the examples of their RFCs, and the choice between them */
/* SPDX-License-Identifier: ISC */
#include "smtp_client_test.h"

static struct buf out;

static const char *pick(const char *offered, unsigned options)
{
    static struct smtp_sasl s;

    return smtp_sasl_init(&s, offered, options, "u", "p") == OK ? smtp_sasl_name(&s) : "(none)";
}

static void test_choice(void)
{
    CHECK_STR(pick("LOGIN PLAIN", 0), "PLAIN");
    CHECK_STR(pick("login", 0), "LOGIN");
    CHECK_STR(pick("PLAIN LOGIN", SASL_NOPLAINTEXT), "(none)");
    CHECK_STR(pick("GSSAPI NTLM", 0), "(none)");
    CHECK_STR(pick("", 0), "(none)");
    if (!ENABLE_TLS)
        return;
    CHECK_STR(pick("PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256", 0), "SCRAM-SHA-256");
    CHECK_STR(pick("PLAIN CRAM-MD5", SASL_NOPLAINTEXT), "CRAM-MD5");
    CHECK_STR(pick("PLAIN CRAM-MD5", SASL_MUTUAL), "(none)");
    CHECK_STR(pick("SCRAM-SHA-1 CRAM-MD5", SASL_MUTUAL), "SCRAM-SHA-1");
    CHECK_STR(pick("SCRAM-SHA-256", SASL_FORWARD_SECRECY), "(none)");
}

static void test_plain(void)
{
    struct smtp_sasl s;
    const char *reason = "";

    CHECK(smtp_sasl_init(&s, "PLAIN", 0, "tim", "tanstaaf") == OK);
    CHECK(smtp_sasl_first(&s, &out) == OK);
    CHECK(out.n == 13 && !memcmp(out.p, "\0tim\0tanstaaf", 13)); /* RFC 4616 section 4 */
    CHECK(smtp_sasl_next(&s, STR("what?"), &out, &reason) == PERM);
    CHECK(smtp_sasl_complete(&s));
    smtp_sasl_done(&s);
}

static void test_login(void)
{
    struct smtp_sasl s;
    const char *reason = "";

    CHECK(smtp_sasl_init(&s, "LOGIN", 0, "tim", "secret") == OK);
    CHECK(smtp_sasl_first(&s, &out) == NONE);
    CHECK(smtp_sasl_next(&s, STR("Username:"), &out, &reason) == OK);
    CHECK_STR(out.p, "tim");
    CHECK(smtp_sasl_next(&s, STR("Password:"), &out, &reason) == OK);
    CHECK_STR(out.p, "secret");
    CHECK(smtp_sasl_next(&s, STR("More:"), &out, &reason) == PERM);
    smtp_sasl_done(&s);
}

static void test_cram(void)
{
    struct smtp_sasl s;
    const char *reason = "";

    CHECK(smtp_sasl_init(&s, "CRAM-MD5", 0, "tim", "tanstaaftanstaaf") == OK);
    CHECK(smtp_sasl_first(&s, &out) == NONE);
    CHECK(smtp_sasl_next(&s, STR("<1896.697170952@postoffice.reston.mci.net>"), &out, &reason) == OK);
    CHECK_STR(out.p, "tim b913a602c7eda7a495b4e6e7334d3890"); /* RFC 2195 section 2 */
    CHECK(smtp_sasl_next(&s, STR("again"), &out, &reason) == PERM);
    smtp_sasl_done(&s);
}

/* The example of RFC 7677 section 3, with its nonce. */
static void scram_example(struct smtp_sasl *s)
{
    CHECK(smtp_sasl_init(s, "SCRAM-SHA-256", 0, "user", "pencil") == OK);
    snprintf(s->nonce, sizeof s->nonce, "rOprNGfwEbeRWgbNEkqO");
    CHECK(smtp_sasl_first(s, &out) == OK);
    CHECK_STR(out.p, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
}

#define CHALLENGE "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

static void test_scram(void)
{
    static const char *const bad[] = {
        "", "r=", "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=otherNonce12345678901,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=999999999",
        "r=rOprNGfwEbeRWgbNEkqOx,s=***,i=4096", "s=x,r=y,i=1",
    };
    struct smtp_sasl s;
    const char *reason = "";

    scram_example(&s);
    CHECK(smtp_sasl_next(&s, STR(CHALLENGE), &out, &reason) == OK);
    CHECK_STR(out.p,
              "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
              "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    CHECK(!smtp_sasl_complete(&s));
    CHECK(smtp_sasl_next(&s, STR("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), &out, &reason) == OK);
    CHECK(out.n == 0 && smtp_sasl_complete(&s));
    smtp_sasl_done(&s);
    scram_example(&s);
    CHECK(smtp_sasl_next(&s, STR(CHALLENGE), &out, &reason) == OK);
    CHECK(smtp_sasl_next(&s, STR("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), &out, &reason) == PERM);
    CHECK(!smtp_sasl_complete(&s));
    smtp_sasl_done(&s);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        scram_example(&s);
        CHECK(smtp_sasl_next(&s, str_of(bad[i]), &out, &reason) == PERM);
        smtp_sasl_done(&s);
    }
}

int main(void)
{
    smtp_test_begin(NULL);
    buf_init(&out, 4096);
    test_choice();
    test_plain();
    test_login();
    if (ENABLE_TLS) {
        test_cram();
        test_scram();
    }
    buf_done(&out);
    return TEST_END();
}
