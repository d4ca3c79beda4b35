/* dns.h - stub resolver: several questions at once, each with its own limit
 *
 * Reads resolv.conf and hosts once, before the jail (dns_init). UDP with TCP
 * when truncated. Answers are parsed as hostile. RFC 1035, 2181, 7505 (null MX).
 */
/* SPDX-License-Identifier: ISC */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "base/base.h"
#include "base/why.h"
#include "net/sock.h"

enum dns_type {
    DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_SOA = 6, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16, DNS_AAAA = 28,
    DNS_SRV = 33, DNS_TLSA = 52,
};

enum { DNS_NAME = 256, DNS_MAX_RECORDS = 100 };

struct dns_record {
    enum dns_type type;
    uint32_t ttl;
    uint16_t pref, weight, port; /* MX pref; SRV priority, weight, port */
    struct sock_addr addr;       /* A, AAAA */
    char name[DNS_NAME];         /* owner, after CNAMEs */
    char data[DNS_NAME];         /* MX, NS, PTR, CNAME, SRV target; "" = the root (null MX) */
    uint8_t *raw;                /* TXT (joined), TLSA: owned by the list */
    size_t raw_n;
    struct dns_record *next;
};

struct dns_query {              /* one question and its outcome */
    const char *name;
    enum dns_type type;
    bool want_secure;           /* ask for a validated answer (EDNS0, DO and AD) */
    bool search;                /* a name without a dot is completed by resolv.conf's search domains */
    enum result result;         /* OK; NONE: no such name or record; TEMP; PERM: malformed name or answer */
    bool nxdomain;              /* with NONE: the name does not exist at all */
    bool secure;                /* with want_secure: the resolver says it validated the answer (AD), aliases included */
    struct dns_record *records; /* in answer order, at most DNS_MAX_RECORDS; free with dns_free */
    struct why why;             /* unless OK: 4.4.3 or 5.4.4 and Postfix's text, "Host or domain name not found. ..." */
};

/* Options come from resolv.conf; call before the jail. path NULL: POSTLET_RESOLV_CONF, then /etc/resolv.conf.
 * "nameserver [addr]:port" is understood as well. */
void dns_init(const char *path);
/* "MX" */
const char *dns_type_name(enum dns_type type);
/* Asks all n questions in parallel; returns when each has its outcome, at the latest after timeout_ms. */
void dns_ask(struct dns_query *q, size_t n, int timeout_ms);
void dns_free(struct dns_record *list);
/* Addresses of a host from /etc/hosts and/or DNS (smtp_host_lookup "dns", "native", both). family AF_INET, AF_INET6
 * or AF_UNSPEC. Records are A/AAAA. A numeric name is its own answer. "native" is both; hosts comes first. */
void dns_host(struct dns_query *q, int family, bool use_dns, bool use_hosts, int timeout_ms);
/* Why dns_host() found nothing, in the words of the system's lookup functions. */
const char *dns_native_reason(const struct dns_query *q);
/* The name of an address (PTR, or /etc/hosts when use_hosts): as dns_ask; name in records->data. */
void dns_reverse(struct dns_query *q, const struct sock_addr *a, bool use_hosts, int timeout_ms);
/* "4.3.2.1.zone" / nibbles for ip6.arpa-like lists. */
void dns_reverse_name(const struct sock_addr *a, const char *zone, char out[DNS_NAME + 80]);
/* RFC 1123 host name / RFC 1035 domain name syntax: OK or PERM. */
enum result dns_valid_hostname(struct str name) MUST;
/* Parser, for tests and fuzzing: packet to outcome for the question in q. */
void dns_parse(struct dns_query *q, const uint8_t *packet, size_t n, bool *truncated);

#endif
