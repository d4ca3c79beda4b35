/* base_test.c - src/base: buffers, strings, numbers, tables, timers */
/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "base/buf.h"
#include "base/htab.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "base/why.h"
#include "test.h"

static void buf_keeps_its_limit(void)
{
    struct buf b;

    buf_init(&b, 5);
    CHECK(buf_puts(&b, "abc"));
    CHECK(!buf_puts(&b, "def") && b.over);
    CHECK_STR(b.p, "abc");
    CHECK(buf_splice(&b, 1, 1, STR("XYZ")));
    CHECK_STR(b.p, "aXYZc");
    CHECK(!buf_splice(&b, 0, 0, STR("1")));
    buf_drop(&b, 2);
    CHECK_STR(b.p, "YZc");
    CHECK(buf_printf(&b, "%d", 42) && !buf_printf(&b, "%d", 1));
    CHECK_STR(b.p, "YZc42");
    buf_done(&b);
}

static void words_and_braces(void)
{
    struct str rest = STR(" a, {b c} d:{e {f, g}} }h {e"), w, in;

    CHECK(str_word_braced(&rest, STR_LIST_SEPS, &w) == OK && str_eq(w, "a"));
    CHECK(str_word_braced(&rest, STR_LIST_SEPS, &w) == OK && str_eq(w, "{b c}"));
    CHECK(str_unbrace(w, &in) == OK && str_eq(in, "b c"));
    CHECK(str_word_braced(&rest, STR_LIST_SEPS, &w) == OK && str_eq(w, "d:{e {f, g}}"));
    CHECK(str_word_braced(&rest, STR_LIST_SEPS, &w) == OK && str_eq(w, "}h"));
    CHECK(str_word_braced(&rest, STR_LIST_SEPS, &w) == PERM);
    CHECK(str_word_braced(&rest, STR_LIST_SEPS, &w) == NONE);
    CHECK(str_unbrace(STR("{a}b"), &in) == PERM && str_unbrace(STR("ab"), &in) == NONE);
}

static void numbers(void)
{
    int64_t n;
    uint64_t h;

    CHECK(num_parse(STR("12"), 0, 99, &n) == OK && n == 12);
    CHECK(num_parse(STR("100"), 0, 99, &n) == CONF);
    CHECK(num_parse(STR("99999999999999999999999"), 0, 99, &n) == CONF);
    CHECK(num_parse(STR("1x"), 0, 99, &n) == PERM && num_parse(STR(""), 0, 99, &n) == PERM);
    CHECK(num_parse(STR("-3"), -5, 99, &n) == OK && n == -3);
    CHECK(num_parse(STR("-3"), 0, 99, &n) == PERM);
    CHECK(num_parse_time(STR("2h"), 's', &n) == OK && n == 7200);
    CHECK(num_parse_time(STR("2"), 'd', &n) == OK && n == 172800);
    CHECK(num_parse_time(STR("2y"), 's', &n) == PERM && num_parse_time(STR("s"), 's', &n) == PERM);
    CHECK(num_parse_hex(STR("fF"), &h) == OK && h == 255);
    CHECK(num_crc32(0, "123456789", 9) == 0xCBF43926u);
    CHECK(num_crc32(num_crc32(0, "1234", 4), "56789", 5) == 0xCBF43926u);
}

static void utf8(void)
{
    char text[] = "a\xC3\xA9\xFF\n";

    CHECK(str_is_utf8(STR("\xE2\x82\xAC")) && !str_is_utf8(STR("\xC0\x80")) && !str_is_utf8(STR("\xED\xA0\x80")));
    CHECK(!str_is_utf8(STR("\xE2\x82")));
    str_printable(text, true);
    CHECK_STR(text, "a\xC3\xA9??");
}

static void tables(void)
{
    struct htab *t = htab_new();
    char key[16];
    size_t at = 0, seen = 0;
    const char *k;
    void *v;

    for (intptr_t i = 1; i <= 1000; i++) {
        snprintf(key, sizeof key, "Key%d", (int)i);
        CHECK(htab_put(t, str_of(key), (void *)i) == NULL);
    }
    for (intptr_t i = 1; i <= 1000; i += 2) {
        snprintf(key, sizeof key, "KEY%d", (int)i);
        CHECK(htab_remove(t, str_of(key)) == (void *)i);
    }
    CHECK(htab_count(t) == 500 && !htab_get(t, STR("key1")) && htab_get(t, STR("key2")) == (void *)2);
    while (htab_each(t, &at, &k, &v))
        seen++;
    CHECK(seen == 500);
    htab_free(t, NULL);
}

static int order[8], order_n;
static struct loop_timer late, early, never;

static void note(void *arg)
{
    order[order_n++] = (int)(intptr_t)arg;
    loop_timer_clear(&never);
}

static void readable(int fd, unsigned events, void *arg)
{
    char c;

    CHECK(events == LOOP_READ && read(fd, &c, 1) == 1);
    order[order_n++] = 9;
    loop_forget(fd);
}

static void loops(void)
{
    int p[2];

    CHECK(pipe(p) == 0);
    loop_watch(p[0], LOOP_READ, readable, NULL);
    CHECK(write(p[1], "x", 1) == 1);
    loop_timer_set(&late, 20, note, (void *)2);
    loop_timer_set(&never, 30, note, (void *)3);
    loop_timer_set(&early, 5, note, (void *)1);
    for (int i = 0; i < 10 && order_n < 3; i++)
        loop_once(50);
    CHECK(order_n == 3 && order[0] == 9 && order[1] == 1 && order[2] == 2);
    close(p[0]);
    close(p[1]);
}

static void reasons(void)
{
    struct why w;

    CHECK(why_set(&w, "4.3.0", "%s\n", "x") == TEMP);
    CHECK_STR(w.text, "x?");
    why_class(&w, '5');
    CHECK_STR(w.dsn, "5.3.0");
    why_prefix(&w, "a: ");
    CHECK_STR(w.text, "a: x?");
    CHECK(why_dsn_length("5.1.1 x") == 5 && why_dsn_length("5.1.1234") == 0 && why_dsn_length("5.1") == 0);
    CHECK(why_dsn_length("3.1.1") == 0 && why_dsn_length("4.12.345") == 8);
}

/* The program goes on as before, and a text that was made to fit grows again. */
static void memory_is_given_back(void)
{
    struct buf b;

    buf_init(&b, 100);
    buf_fit(&b);
    CHECK(buf_puts(&b, "abc"));
    buf_fit(&b);
    CHECK(b.cap == 4);
    mem_idle();
    CHECK(buf_puts(&b, "def"));
    CHECK_STR(b.p, "abcdef");
    buf_done(&b);
}

int main(void)
{
    memory_is_given_back();
    buf_keeps_its_limit();
    words_and_braces();
    numbers();
    utf8();
    tables();
    loops();
    reasons();
    return TEST_END();
}
