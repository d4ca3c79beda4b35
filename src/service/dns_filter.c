/* dns_filter.c - answers of the DNS that the operator does not want
 *
 * Tables are asked for each record in the form of a zone file,
 * "name. ttl IN TYPE value"; the only action is IGNORE.
 * Runs in: smtpd, smtp, lmtp.  Parameters: none (smtp_, lmtp_, smtpd_dns_reply_filter are given).
 * Tests: tests/client/dns-answers-filtered.t, tests/smtp/dns-answers-filtered.t
 */
/* SPDX-License-Identifier: ISC */
#include "service/dns_filter.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "map/map.h"

enum { KEY_MAX = 2048 };

static void record_text(const struct dns_record *r, struct buf *out)
{
    char addr[SOCK_ADDR_TEXT];

    buf_printf(out, "%s. %lu IN %s ", r->name, (unsigned long)r->ttl, dns_type_name(r->type));
    if (r->type == DNS_A || r->type == DNS_AAAA) {
        sock_text(&r->addr, addr);
        buf_puts(out, addr);
    } else if (r->type == DNS_TXT) {
        buf_add(out, r->raw, r->raw_n);
    } else if (r->type == DNS_MX || r->type == DNS_SRV) {
        buf_printf(out, "%u %s.", r->pref, r->data);
    } else {
        buf_printf(out, "%s.", r->data);
    }
}

bool dns_filter_ignores(struct maps *tables, const struct dns_record *r)
{
    struct buf key, out;
    bool ignore;

    if (!tables)
        return false;
    buf_init(&key, KEY_MAX);
    buf_init(&out, KEY_MAX);
    record_text(r, &key);
    ignore = maps_get(tables, buf_view(&key), &out, NULL) == OK && str_eq_case(str_trim(buf_view(&out)), "ignore");
    if (ignore)
        log_info("ignoring DNS RR: %s", key.p);
    buf_done(&key);
    buf_done(&out);
    return ignore;
}

void dns_filter(struct maps *tables, struct dns_query *q, size_t n)
{
    for (size_t i = 0; tables && i < n; i++) {
        struct dns_record **at = &q[i].records, *r;

        while ((r = *at) != NULL) {
            if (!dns_filter_ignores(tables, r)) {
                at = &r->next;
                continue;
            }
            *at = r->next;
            r->next = NULL;
            dns_free(r);
            if (!q[i].records)
                log_warn("%s: DNS reply filter drops all results", q[i].name);
        }
    }
}
