/* fuzz_wire.c - mail/wire: chunk borders change nothing, text survives the way to wire form and back */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "mail/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static size_t scan(struct str s, size_t step, struct wire_scan *w, enum result *r)
{
    size_t at = 0, used;

    *w = (struct wire_scan){ 0 };
    *r = AGAIN;
    while (at < s.n && *r == AGAIN) {
        size_t n = s.n - at < step ? s.n - at : step;

        *r = wire_scan(w, s.p + at, n, &used);
        MUST_HOLD(used <= n && used > 0);
        at += used;
    }
    return at;
}

static void same_with_any_cut(struct str s, size_t step)
{
    struct wire_scan whole, parts;
    enum result r1, r2;

    MUST_HOLD(scan(s, s.n, &whole, &r1) == scan(s, step, &parts, &r2) && r1 == r2);
    MUST_HOLD(memcmp(&whole, &parts, sizeof(whole)) == 0);
}

static void there_and_back(struct str s, size_t step)
{
    struct wire_in in = { 0 };
    struct wire_out out = { 0 };
    struct wire_scan w = { 0 };
    struct buf wire, text;
    size_t used;

    buf_init(&wire, 3 * s.n + 10);
    buf_init(&text, 3 * s.n + 10);
    for (size_t at = 0; at < s.n; at += step)
        MUST_HOLD(wire_from_text(&in, &wire, s.p + at, s.n - at < step ? s.n - at : step, false));
    MUST_HOLD(wire_end_text(&in, &wire) && buf_add(&wire, ".\r\n", 3));
    MUST_HOLD(wire_scan(&w, wire.p, wire.n, &used) == OK && used == wire.n);
    MUST_HOLD(w.wire_bytes == (int64_t)wire.n - 3);
    for (size_t at = 0; at < wire.n; at += step)
        MUST_HOLD(wire_to_text(&out, &text, wire.p + at, wire.n - at < step ? wire.n - at : step, "\r\n"));
    MUST_HOLD(out.done && text.n >= s.n && text.n <= s.n + 2 && (s.n == 0 || memcmp(text.p, s.p, s.n) == 0));
    MUST_HOLD((int64_t)text.n == w.wire_bytes - w.stuffed);
    buf_done(&wire);
    buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = { (const char *)data + 1, size - 1 };
    size_t step;

    if (size < 2)
        return 0;
    step = 1 + data[0] % 16;
    same_with_any_cut(s, step);
    there_and_back(s, step);
    return 0;
}
