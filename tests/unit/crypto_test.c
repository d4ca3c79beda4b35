/* crypto_test.c - src/net: base64, random bytes, digests against published vectors */
/* SPDX-License-Identifier: ISC */
#include "base/str.h"
#include "net/crypto.h"
#include "test.h"

static void base64(void)
{
    static const char *const pairs[][2] = {
        /* RFC 4648 section 10 */
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xfb\xff\xbf", "+/+/" },
    };
    static const char *const bad[] = { "Z",      "Zg",   "Zg=",      "Zg=a", "Zh==",  "Zm9=", "====",
                                       "Zm9v\n", "Zm 9", "Zg==Zg==", "=g==", "Zm9v=", "Zm-_", "Zg==\r\n\r\n" };
    struct buf b;

    buf_init(&b, 100);
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        buf_reset(&b);
        CHECK(base64_encode(&b, str_of(pairs[i][0])));
        CHECK_STR(b.p, pairs[i][1]);
        buf_reset(&b);
        CHECK(base64_decode(&b, str_of(pairs[i][1])) == OK);
        CHECK_STR(b.p, pairs[i][0]);
    }
    buf_reset(&b);
    CHECK(buf_puts(&b, "keep"));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        CHECK(base64_decode(&b, str_of(bad[i])) == PERM);
    CHECK_STR(b.p, "keep");
    buf_done(&b);
    buf_init(&b, 3);
    CHECK(!base64_encode(&b, STR("x")) && base64_decode(&b, STR("Zm9vYg==")) == PERM);
    buf_done(&b);
}

static void randomness(void)
{
    uint8_t a[300], b[300];

    crypto_random(a, sizeof a);
    crypto_random(b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK(!crypto_same(a, b, sizeof a) && crypto_same(a, a, sizeof a) && crypto_same(a, b, 0));
}

static const char *hex(const uint8_t *p, size_t n)
{
    static char text[2 * CRYPTO_MAX_HASH + 1];

    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", p[i]);
    return text;
}

static void digests(void)
{
    static const struct {
        enum crypto_hash h;
        const char *in, *out;
    } rows[] = {
        { CRYPTO_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
        { CRYPTO_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
        { CRYPTO_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
        { CRYPTO_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { CRYPTO_SHA384, "abc",
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
        { CRYPTO_SHA512, "abc",
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643c"
          "e80e"
          "2a9ac94fa54ca49f" },
    };
    uint8_t out[CRYPTO_MAX_HASH];

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CHECK(crypto_hash(rows[i].h, str_of(rows[i].in), out) == OK);
        CHECK_STR(hex(out, crypto_hash_size(rows[i].h)), rows[i].out);
    }
}

static void macs(void)
{
    char longkey[131];
    uint8_t out[CRYPTO_MAX_HASH];

    /* RFC 2202, RFC 4231, RFC 2195's exchange */
    CHECK(crypto_hmac(CRYPTO_MD5, STR("Jefe"), STR("what do ya want for nothing?"), out) == OK);
    CHECK_STR(hex(out, 16), "750c783e6ab0b503eaa86e310a5db738");
    CHECK(crypto_hmac(CRYPTO_MD5, STR("tanstaaftanstaaf"), STR("<1896.697170952@postoffice.reston.mci.net>"), out) ==
          OK);
    CHECK_STR(hex(out, 16), "b913a602c7eda7a495b4e6e7334d3890");
    CHECK(crypto_hmac(CRYPTO_SHA256, STR("Jefe"), STR("what do ya want for nothing?"), out) == OK);
    CHECK_STR(hex(out, 32), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(longkey, 0xaa, sizeof longkey);
    CHECK(crypto_hmac(CRYPTO_SHA256, (struct str){ longkey, sizeof longkey },
                      STR("Test Using Larger Than Block-Size Key - Hash Key First"), out) == OK);
    CHECK_STR(hex(out, 32), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(crypto_hmac(CRYPTO_SHA256, STR(""), STR(""), out) == OK);
    CHECK_STR(hex(out, 32), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void key_stretching(void)
{
    uint8_t out[CRYPTO_MAX_HASH];

    /* RFC 6070, RFC 7914 section 11 */
    CHECK(crypto_pbkdf2(CRYPTO_SHA1, STR("password"), STR("salt"), 4096, out) == OK);
    CHECK_STR(hex(out, 20), "4b007901b765489abead49d926f721d065a429c1");
    CHECK(crypto_pbkdf2(CRYPTO_SHA256, STR("passwd"), STR("salt"), 1, out) == OK);
    CHECK_STR(hex(out, 32), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

int main(void)
{
    base64();
    randomness();
    if (ENABLE_TLS) {
        digests();
        macs();
        key_stretching();
    } else {
        printf("crypto_test: digests skipped: this build has no TLS\n");
    }
    return TEST_END();
}
