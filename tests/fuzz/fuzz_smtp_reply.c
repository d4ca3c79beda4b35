/* fuzz_smtp_reply.c - what a server says: replies, EHLO keywords, the reason that results */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct log_options quiet = { .tag = "fuzz", .sinks = 0 };
    struct smtp_session ss = { .features = 0 };
    struct str rest = { (const char *)data, size };
    struct smtp_reply reply;
    struct why why;

    log_open(&quiet);
    smtp_reply_init(&reply);
    smtp_reply_begin(&reply);
    while (rest.n) {
        size_t n = str_find(rest, '\n');
        enum result r = smtp_reply_add(&reply, (struct str){ rest.p, n });

        if (n > 4)
            smtp_hello_line(&ss, (struct str){ rest.p + 4, n - 4 }, "chunking");
        MUST_HOLD(reply.text.n <= SMTP_REPLY_MAX && strlen(ss.auth) < sizeof ss.auth && ss.size_limit >= 0);
        if (r == OK) {
            MUST_HOLD(reply.code >= 200 && reply.code < 600 &&
                      why_dsn_length(reply.dsn) + (reply.dsn[0] == '3') * 99 >= 5);
            r = smtp_reply_why(&reply, &why, "said: %s", reply.text.p);
            MUST_HOLD((r == TEMP && why.dsn[0] == '4') || (r == PERM && why.dsn[0] == '5'));
        }
        if (r != AGAIN)
            smtp_reply_begin(&reply);
        rest = n < rest.n ? (struct str){ rest.p + n + 1, rest.n - n - 1 } : (struct str){ rest.p + n, 0 };
    }
    smtp_reply_done(&reply);
    return 0;
}
