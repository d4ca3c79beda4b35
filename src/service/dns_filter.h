/* dns_filter.h - answers of the DNS that the operator does not want: smtp_, lmtp_, smtpd_dns_reply_filter */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_DNS_FILTER_H
#define SERVICE_DNS_FILTER_H

#include "base/base.h"
#include "net/dns.h"

struct maps;

/* The tables say IGNORE of this record (logged). tables may be NULL. */
bool dns_filter_ignores(struct maps *tables, const struct dns_record *r);
/* Takes such records out of n answers. One of which none are left stays OK: it is neither absent nor failed. */
void dns_filter(struct maps *tables, struct dns_query *q, size_t n);

#endif
