/* wire_test.c - mail/wire: end of data, counts, dot-stuffing, chunks cut anywhere */
/* SPDX-License-Identifier: ISC */
#include "mail/wire.h"

#include "base/str.h"
#include "guard.h"
#include "test.h"

static const struct {
    const char *in;
    int used; /* -1: no end of data */
    int64_t lines, stuffed, bytes;
    bool lf, cr, high;
    size_t longest;
} scans[] = {
    { ".\r\n", 3, 0, 0, 0, false, false, false, 0 },
    { ".\r\nQUIT\r\n", 3, 0, 0, 0, false, false, false, 0 },
    { "a\r\n.\r\n", 6, 1, 0, 3, false, false, false, 1 },
    { "a\r\n\r\nbcd\r\n.\r\nRSET\r\n", 13, 3, 0, 10, false, false, false, 3 },
    { "..\r\n.\r\n", 7, 1, 1, 4, false, false, false, 1 },
    { ".a\r\n...b\r\n.\r\n", 13, 2, 2, 10, false, false, false, 3 },
    { "a\n.\nb\r\n", -1, 1, 0, 7, true, false, false, 5 },
    { "a\n.\r\nb\r\n.\r\n", 11, 2, 0, 8, true, false, false, 3 },
    { "a\r\n.\nb\r\n", -1, 2, 1, 8, true, false, false, 2 },
    { "a\r.\r\n", -1, 1, 0, 5, false, true, false, 3 },
    { "a\r\n.\r.\r\n", -1, 2, 1, 8, false, true, false, 2 },
    { "\r\r\n.\r\n", 6, 1, 0, 3, false, true, false, 1 },
    { "\n\r\n.\r\n", 6, 1, 0, 3, true, false, false, 1 },
    { ".\r\r\n", -1, 1, 1, 4, false, true, false, 1 },
    { "a\r", -1, 0, 0, 2, false, false, false, 0 },
    { "gr\303\274\303\237e, laenger als acht\r\n.\r\n", 30, 1, 0, 27, false, false, true, 25 },
    { "a\r\n\n.\r\n", -1, 2, 0, 7, true, false, false, 2 },
};

static void check_scan(size_t row, size_t step)
{
    struct str in = guard(scans[row].in);
    struct wire_scan w = { 0 };
    enum result r = AGAIN;
    size_t at = 0, used;

    while (at < in.n && r == AGAIN) {
        size_t n = in.n - at < step ? in.n - at : step;

        r = wire_scan(&w, in.p + at, n, &used);
        at += used;
    }
    CHECK((r == OK) == (scans[row].used >= 0));
    if (r == OK)
        CHECK(at == (size_t)scans[row].used);
    CHECK(w.lines == scans[row].lines && w.stuffed == scans[row].stuffed && w.wire_bytes == scans[row].bytes);
    CHECK(w.bare_lf == scans[row].lf && w.bare_cr == scans[row].cr && w.has_8bit == scans[row].high && !w.has_nul);
    CHECK(w.longest == scans[row].longest);
    if (test_failed)
        fprintf(stderr, "  row %zu step %zu\n", row, step);
}

static void end_of_data_is_crlf_dot_crlf_only(void)
{
    for (size_t i = 0; i < ARRAY_LEN(scans); i++)
        for (size_t step = 1; step < 12; step++)
            check_scan(i, step);
}

static void nul_is_seen_anywhere(void)
{
    char text[40];

    for (size_t i = 0; i < sizeof(text); i++) {
        struct wire_scan w = { 0 };
        size_t used;

        memset(text, 'x', sizeof(text));
        text[i] = 0;
        CHECK(wire_scan(&w, guard_bytes(text, sizeof(text)).p, sizeof(text), &used) == AGAIN && w.has_nul &&
              !w.has_8bit);
        text[i] = (char)0x80;
        w = (struct wire_scan){ 0 };
        CHECK(wire_scan(&w, text, sizeof(text), &used) == AGAIN && !w.has_nul && w.has_8bit);
    }
}

static const struct {
    const char *text, *wire;
    bool lf;
} texts[] = {
    { "", "", true },
    { "a\n", "a\r\n", true },
    { "a", "a\r\n", true },
    { ".\n..\n.a", "..\r\n...\r\n..a\r\n", true },
    { "a\r\n.b\r\n", "a\r\n..b\r\n", true },
    { "a\r\n.b\r\n", "a\r\n..b\r\n", false },
    { "a\n.b\r\n", "a\n.b\r\n", false },
    { "\n\n", "\r\n\r\n", true },
    { "a\r", "a\r\n", false },
    { "a\rb\n", "a\rb\r\n", true },
};

static void text_to_wire(void)
{
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        for (size_t step = 1; step < 8; step++) {
            struct str in = guard(texts[i].text);
            struct wire_in w = { 0 };
            struct buf out;

            buf_init(&out, 100);
            for (size_t at = 0; at < in.n; at += step)
                CHECK(wire_from_text(&w, &out, in.p + at, in.n - at < step ? in.n - at : step, texts[i].lf));
            CHECK(wire_end_text(&w, &out));
            CHECK_STR(out.p, texts[i].wire);
            buf_done(&out);
        }
}

static void wire_to_text_with_any_cut(void)
{
    static const struct {
        const char *wire, *text;
        bool done;
    } rows[] = {
        { "a\r\n..b\r\n.\r\nrest", "a\n.b\n", true },
        { ".\r\n", "", true },
        { "...\r\n.x\r\n\r\n.\r\n", "..\nx\n\n", true },
        { "a\rb\r\n", "a\rb\n", false },
        { "a\r\r\nb\nc\r\n", "a\r\nb\nc\n", false },
        { ".\rb\r\n", "\rb\n", false },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (size_t step = 1; step < 8; step++) {
            struct str in = guard(rows[i].wire);
            struct wire_out w = { 0 };
            struct buf out;

            buf_init(&out, 100);
            for (size_t at = 0; at < in.n; at += step)
                CHECK(wire_to_text(&w, &out, in.p + at, in.n - at < step ? in.n - at : step, "\n"));
            CHECK_STR(out.p, rows[i].text);
            CHECK(w.done == rows[i].done);
            buf_done(&out);
        }
}

static void a_line_never_brings_a_line_end_along(void)
{
    struct buf out;

    buf_init(&out, 50);
    CHECK(wire_put_line(&out, STR(".x")) && wire_put_line(&out, STR("")) && wire_put_line(&out, STR("a\nb\rc")));
    CHECK_STR(out.p, "..x\r\n\r\na b c\r\n");
    buf_done(&out);
}

int main(void)
{
    end_of_data_is_crlf_dot_crlf_only();
    nul_is_seen_anywhere();
    text_to_wire();
    wire_to_text_with_any_cut();
    a_line_never_brings_a_line_end_along();
    return TEST_END();
}
