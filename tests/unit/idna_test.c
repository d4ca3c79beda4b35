/* idna_test.c - src/base/idna.c: names whose ASCII form is well known, and the examples of RFC 3492 section 7.1 */
/* SPDX-License-Identifier: ISC */
#include "base/idna.h"
#include "base/str.h"
#include "test.h"

static const struct {
    const char *name, *ascii; /* NULL: refused */
} cases[] = {
    { "example.org", "example.org" },
    { "b\xC3\xBC" "cher.example", "xn--bcher-kva.example" },
    { "B\xC3\x9C" "CHER.EXAMPLE", "xn--bcher-kva.example" },
    { "m\xC3\xBCnchen\xE3\x80\x82" "de", "xn--mnchen-3ya.de" },
    { "stra\xC3\x9F" "e.de", "xn--strae-oqa.de" }, /* IDNA2008 keeps sharp s */
    { "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80.\xD1\x80\xD1\x84", "xn--e1afmkfd.xn--p1ai" },
    { "\xD0\x9F\xD0\xA0\xD0\x98\xD0\x9C\xD0\x95\xD0\xA0.\xD0\xA0\xD0\xA4", "xn--e1afmkfd.xn--p1ai" },
    { "\xE4\xBE\x8B\xE5\xAD\x90.\xE6\xB5\x8B\xE8\xAF\x95", "xn--fsqu00a.xn--0zwm56d" },
    { "\xCF\x80\xCE\xB1\xCF\x81\xCE\xAC\xCE\xB4\xCE\xB5\xCE\xB9\xCE\xB3\xCE\xBC\xCE\xB1.gr", "xn--hxajbheg2az3al.gr" },
    { "\xE4\xBB\x96\xE4\xBB\xAC\xE4\xB8\xBA\xE4\xBB\x80\xE4\xB9\x88\xE4\xB8\x8D\xE8\xAF\xB4\xE4\xB8\xAD\xE6\x96\x87",
      "xn--ihqwcrb4cv8a8dqg056pqjye" },
    { "u\xCC\x88.example", NULL }, /* a combining mark */
    { "a\xFF.example", NULL },
    { "a b\xC3\xBC.example", NULL },
    { "\xC3\xBC" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", NULL }, /* too long */
};

/* As IDNA2003 had them. */
static const struct {
    const char *name, *ascii;
} compat[] = {
    { "stra\xC3\x9F" "e.de", "strasse.de" },
    { "fa\xC3\x9F" "b\xC3\xA4r.de", "xn--fassbr-fua.de" },
    { "\xCE\xB2\xCF\x8C\xCE\xBB\xCE\xBF\xCF\x82.com", "xn--nxasmq6b.com" },
    { "a\xE2\x80\x8D" "b\xC3\xBC.test", "xn--ab-yka.test" },
};

int main(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out;
        enum result r;

        buf_init(&out, 300);
        r = idna_to_ascii(str_of(cases[i].name), &out);
        CHECK((r == OK) == (cases[i].ascii != NULL));
        if (cases[i].ascii)
            CHECK_STR(out.p, cases[i].ascii);
        buf_done(&out);
    }
    idna_compat_2003(true);
    for (size_t i = 0; i < ARRAY_LEN(compat); i++) {
        struct buf out;

        buf_init(&out, 300);
        CHECK(idna_to_ascii(str_of(compat[i].name), &out) == OK);
        CHECK_STR(out.p, compat[i].ascii);
        buf_done(&out);
    }
    return TEST_END();
}
