/* fuzz_header.c - mail/header */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "mail/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = { (const char *)data, size };
    size_t n = header_name_length(s);

    if (n >= size && n)
        abort();
    header_flags(header_id((struct str){ s.p, n }));
    return 0;
}
