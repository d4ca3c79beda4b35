/* fuzz_dns.c - net/dns_parse: any packet, each type of question; the first byte chooses the type */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static const enum dns_type types[] = { DNS_A,  DNS_NS,  DNS_CNAME, DNS_SOA, DNS_PTR,
                                       DNS_MX, DNS_TXT, DNS_AAAA,  DNS_SRV, DNS_TLSA };

static void check(const struct dns_query *q)
{
    size_t n = 0;

    MUST_HOLD((q->result == OK) == (q->records != NULL));
    MUST_HOLD(q->result == OK || q->result == NONE || q->result == TEMP || q->result == PERM);
    for (const struct dns_record *r = q->records; r; r = r->next, n++) {
        MUST_HOLD(memchr(r->name, 0, sizeof r->name) && memchr(r->data, 0, sizeof r->data));
        MUST_HOLD(r->type == q->type && !strchr(r->data, '?'));
    }
    MUST_HOLD(n <= DNS_MAX_RECORDS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_query *q;
    bool truncated;

    if (!size)
        return 0;
    q = mem_new(sizeof *q);
    q->name = "a.test";
    q->type = types[data[0] % ARRAY_LEN(types)];
    dns_parse(q, data + 1, size - 1, &truncated);
    check(q);
    dns_free(q->records);
    free(q);
    return 0;
}
