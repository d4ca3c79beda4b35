/* fuzz_smtp_sasl.c - challenges of a server; the first byte chooses the mechanism, lines are challenges */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/smtp/smtp_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "LOGIN" };
    struct str rest = { (const char *)data + 1, size - 1 };
    const char *reason = NULL;
    struct smtp_sasl s;
    struct buf out;

    if (!size || (memmem(data, size, "i=", 2) && memmem(data, size, "0000", 4)))
        return 0; /* many rounds of hashing find nothing new */
    buf_init(&out, 4096);
    if (smtp_sasl_init(&s, names[*data % ARRAY_LEN(names)], 0, "user,=", "password") == OK) {
        enum result r;

        strcpy(s.nonce, "nonce");
        r = smtp_sasl_first(&s, &out);
        for (int i = 0; i < 6 && r != PERM; i++) {
            size_t n = str_find(rest, '\n');

            r = smtp_sasl_next(&s, (struct str){ rest.p, n }, &out, &reason);
            if (r == PERM && !reason)
                abort();
            rest = n < rest.n ? (struct str){ rest.p + n + 1, rest.n - n - 1 } : (struct str){ rest.p + n, 0 };
        }
        smtp_sasl_done(&s);
    }
    buf_done(&out);
    return 0;
}
