/* dns_int.h - between dns.c (asking) and dns_parse.c (packets) */
/* SPDX-License-Identifier: ISC */
#ifndef NET_DNS_INT_H
#define NET_DNS_INT_H

#include "net/dns.h"

enum { DNS_QUERY_MAX = 12 + DNS_NAME + 4 + 11, DNS_UDP_SIZE = 1232 };

enum dns_outcome { /* of one packet */
    DNS_GOT,       /* q holds the answer, also a negative one */
    DNS_FOLLOW,    /* an alias without its target: ask for that */
    DNS_TRUNCATED, /* ask again by TCP */
    DNS_SOFT,      /* this server cannot say; another might */
    DNS_NO_EDNS,   /* this server does not like the question's form */
    DNS_GARBAGE,   /* malformed */
};

/* Fails when the name cannot be put into a packet. */
enum result dns_build(const char *name, enum dns_type type, uint16_t id, bool edns, bool secure,
                      uint8_t out[DNS_QUERY_MAX], size_t *n) MUST;
/* Is this an answer to the question with this id? */
bool dns_matches(const char *name, enum dns_type type, uint16_t id, const uint8_t *packet, size_t n);
/* Reads the answer to the question for name; follow receives an alias's target. q->records is filled for DNS_GOT. */
enum dns_outcome dns_read(struct dns_query *q, const char *name, const uint8_t *packet, size_t n,
                          char follow[DNS_NAME]);
/* Sets result and why. */
void dns_failed(struct dns_query *q, enum result r, const char *reason);
/* Aliases that never end. */
void dns_loop(struct dns_query *q);

#endif
