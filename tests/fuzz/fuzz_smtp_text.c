/* fuzz_smtp_text.c - mail/smtp_text */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "mail/smtp_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static void xtext(struct str s)
{
    struct buf plain, coded, again;

    buf_init(&plain, s.n + 1);
    buf_init(&coded, 3 * s.n + 1);
    buf_init(&again, s.n + 1);
    if (xtext_decode(&plain, s) == OK) {
        MUST_HOLD(!memchr(plain.p, '\n', plain.n) && xtext_encode(&coded, buf_view(&plain), false));
        MUST_HOLD(xtext_decode(&again, buf_view(&coded)) == OK);
        MUST_HOLD(again.n == plain.n && memcmp(again.p, plain.p, plain.n) == 0);
    }
    buf_done(&plain);
    buf_done(&coded);
    buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = { (const char *)data, size }, rest = s, name, value;
    struct smtp_reply_line reply;
    unsigned notify, ret;

    xtext(s);
    while (esmtp_param(&rest, &name, &value) == OK)
        MUST_HOLD(name.n > 0);
    if (dsn_parse_notify(s, &notify) == OK)
        MUST_HOLD(notify > 0 && notify < 16 && dsn_notify_text(notify)[0]);
    if (dsn_parse_ret(s, &ret) == OK)
        MUST_HOLD(ret == DSN_RET_FULL || ret == DSN_RET_HDRS);
    if (smtp_reply_parse(s, &reply) == OK)
        MUST_HOLD(reply.code >= 200 && reply.code < 600 && reply.text.p + reply.text.n == s.p + s.n);
    return 0;
}
