/* fuzz_addr.c - mail/addr: every byte of a list comes back, quoting is reversible */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "mail/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static void walk(struct str s)
{
    struct addr_piece piece;
    size_t at = 0, sum = 0;
    struct buf b;

    buf_init(&b, ADDR_MAX);
    while (addr_next(s, &at, &piece) == OK) {
        MUST_HOLD(piece.text.p == s.p + sum && piece.text.n > 0);
        sum += piece.text.n;
        if (piece.kind == ADDR_SPEC && piece.text.p[0] != '@') {
            buf_reset(&b);
            MUST_HOLD(addr_unquote(&b, piece.text) == OK);
        }
    }
    MUST_HOLD(sum == s.n);
    buf_done(&b);
}

static void there_and_back(struct str s)
{
    struct buf internal, external, again;
    struct str rest;

    buf_init(&internal, ADDR_MAX);
    buf_init(&external, 3 * ADDR_MAX);
    buf_init(&again, ADDR_MAX);
    if (addr_parse_path(s, false, &internal, &rest) == OK) {
        MUST_HOLD(!memchr(internal.p, 0, internal.n) && !memchr(internal.p, '\n', internal.n));
        MUST_HOLD(rest.p + rest.n == s.p + s.n);
    }
    buf_reset(&internal);
    if (addr_unquote(&internal, s) == OK) {
        struct str domain = addr_domain(buf_view(&internal));

        MUST_HOLD(internal.n > 0 && addr_quote(&external, buf_view(&internal)));
        if (addr_valid_domain(domain) && external.n <= ADDR_MAX) {
            MUST_HOLD(addr_unquote(&again, buf_view(&external)) == OK);
            MUST_HOLD(again.n == internal.n && memcmp(again.p, internal.p, again.n) == 0);
        }
        MUST_HOLD(addr_split_ext(addr_local(buf_view(&internal)), "+-", true) <= internal.n);
    }
    buf_done(&internal);
    buf_done(&external);
    buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = { (const char *)data, size };

    walk(s);
    there_and_back(s);
    return 0;
}
