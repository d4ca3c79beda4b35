/* fuzz_haproxy.c - what a proxy says about its client */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "net/haproxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[SOCK_ADDR_TEXT];
    const char *why = NULL;
    struct haproxy h = { .no_inet6 = size % 2 == 0 };
    size_t used = 0;
    enum result r = haproxy_parse((struct str){ (const char *)data, size }, &h, &used, &why);

    if (r == PERM && !why)
        abort();
    if (r != OK)
        return 0;
    if (used == 0 || used > size || used > HAPROXY_MAX)
        abort();
    if (!h.local) {
        sock_text(&h.client, text);
        sock_text(&h.server, text);
    }
    return 0;
}
