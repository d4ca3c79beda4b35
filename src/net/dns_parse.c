/* dns_parse.c - DNS packets: questions out, answers in
 *
 * Pure functions. Answers come from anybody who can send us a packet: every
 * offset is checked, name pointers only go backwards, names that no host can
 * have never leave this file.
 * RFC 1035 section 4, RFC 2181 section 10, RFC 6891 (EDNS0), RFC 4035 section 3.2 (AD, DO).
 * Runs in: every process that asks DNS.  Parameters: none.
 * Tests: tests/unit/dns_test.c, tests/fuzz/fuzz_dns.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/dns_int.h"

enum {
    HEAD = 12,
    FLAG_QR = 0x80, FLAG_TC = 0x02, /* third byte */
    FLAG_AD = 0x20,                 /* fourth byte */
    RCODE_OK = 0, RCODE_FORMERR = 1, RCODE_NXDOMAIN = 3, RCODE_NOTIMP = 4,
    CLASS_IN = 1, TYPE_OPT = 41,
    MAX_ALIASES = 16,
};

struct packet {
    const uint8_t *p;
    size_t n, at;
};

struct rr { /* one record's head; its data is at [data, data + data_n) */
    char owner[DNS_NAME];
    unsigned type, class;
    uint32_t ttl;
    size_t data, data_n;
};

const char *dns_type_name(enum dns_type type)
{
    switch (type) {
    case DNS_A: return "A";
    case DNS_NS: return "NS";
    case DNS_CNAME: return "CNAME";
    case DNS_SOA: return "SOA";
    case DNS_PTR: return "PTR";
    case DNS_MX: return "MX";
    case DNS_TXT: return "TXT";
    case DNS_AAAA: return "AAAA";
    case DNS_SRV: return "SRV";
    case DNS_TLSA: return "TLSA";
    }
    return "?";
}

enum result dns_valid_hostname(struct str name)
{
    size_t label = 0;
    bool numeric = true;

    if (!name.n || name.n > 255)
        return PERM;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool last = i + 1 == name.n || name.p[i + 1] == '.';

        if (chr_is_alnum(c) || c == '_') {
            numeric = numeric && chr_is_digit(c);
        } else if (c == '-') {
            if (!label || last)
                return PERM;
            numeric = false;
        } else if (c != '.' || !label || i + 1 == name.n) {
            return PERM;
        }
        label = c == '.' ? 0 : label + 1;
        if (label > 63)
            return PERM;
    }
    return numeric ? PERM : OK;
}

void dns_free(struct dns_record *list)
{
    while (list) {
        struct dns_record *next = list->next;

        free(list->raw);
        free(list);
        list = next;
    }
}

void dns_failed(struct dns_query *q, enum result r, const char *reason)
{
    q->result = r;
    why_set(&q->why, r == TEMP ? "4.4.3" : "5.4.4",
            "Host or domain name not found. Name service error for name=%s type=%s: %s", q->name,
            dns_type_name(q->type), reason);
}

void dns_loop(struct dns_query *q)
{
    q->result = NONE;
    why_set(&q->why, "5.4.4", "Name service loop for %s", q->name);
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* "a.b" as counted labels; a dot at the end is allowed. 0 = impossible. */
static size_t put_name(uint8_t *out, const char *name)
{
    size_t n = 0;

    while (*name) {
        size_t len = strcspn(name, ".");

        if (!len || len > 63 || n + len + 2 > 255)
            return 0;
        out[n++] = (uint8_t)len;
        memcpy(out + n, name, len);
        n += len;
        name += len + (name[len] == '.');
    }
    out[n++] = 0;
    return n;
}

enum result dns_build(const char *name, enum dns_type type, uint16_t id, bool edns, bool secure,
                      uint8_t out[DNS_QUERY_MAX], size_t *n)
{
    size_t len = put_name(out + HEAD, name);

    if (!len)
        return PERM;
    memset(out, 0, HEAD);
    put16(out, id);
    out[2] = 1; /* recursion desired */
    out[3] = secure ? FLAG_AD : 0;
    out[5] = 1;
    *n = HEAD + len;
    put16(out + *n, type);
    put16(out + *n + 2, CLASS_IN);
    *n += 4;
    if (edns || secure) {
        memset(out + *n, 0, 11);
        put16(out + *n + 1, TYPE_OPT);
        put16(out + *n + 3, DNS_UDP_SIZE);
        out[*n + 7] = secure ? 0x80 : 0; /* DO */
        out[11] = 1;
        *n += 11;
    }
    return OK;
}

/* The name at *at, which moves behind it. A byte that no host name has becomes '?', which compares equal to nothing
 * that we ask for. */
static bool get_name(const struct packet *k, size_t *at, char out[DNS_NAME])
{
    size_t from = *at, n = 0, lowest = *at;
    bool jumped = false;

    for (;;) {
        unsigned len;

        if (from >= k->n)
            return false;
        len = k->p[from];
        if (len == 0)
            break;
        if (len >= 0xC0) {
            if (from + 2 > k->n)
                return false;
            if (!jumped)
                *at = from + 2;
            jumped = true;
            from = get16(k->p + from) & 0x3FFF;
            if (from >= lowest)
                return false; /* only backwards: no loops */
            lowest = from;
            continue;
        }
        if (len > 63 || from + 1 + len > k->n || n + len + 1 > DNS_NAME - 1)
            return false;
        for (unsigned i = 0; i < len; i++) {
            uint8_t c = k->p[from + 1 + i];

            out[n++] = chr_is_alnum(c) || c == '-' || c == '_' || c == '/' ? (char)c : '?';
        }
        out[n++] = '.';
        from += 1 + len;
    }
    if (!jumped)
        *at = from + 1;
    out[n ? n - 1 : 0] = 0;
    return true;
}

static bool same_name(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);

    m -= m && b[m - 1] == '.';
    return n == m && str_same_case((struct str){ a, n }, (struct str){ b, m });
}

/* Past the question. */
static bool skip_question(struct packet *k)
{
    char name[DNS_NAME];

    k->at = HEAD;
    if (k->n < HEAD || get16(k->p + 4) != 1 || !get_name(k, &k->at, name) || k->n - k->at < 4)
        return false;
    k->at += 4;
    return true;
}

bool dns_matches(const char *name, enum dns_type type, uint16_t id, const uint8_t *packet, size_t n)
{
    struct packet k = { packet, n, HEAD };
    char asked[DNS_NAME];

    return n >= HEAD && get16(packet) == id && (packet[2] & FLAG_QR) && !(packet[2] & 0x78) && get16(packet + 4) == 1 &&
           get_name(&k, &k.at, asked) && n - k.at >= 4 && same_name(asked, name) &&
           get16(packet + k.at) == (unsigned)type && get16(packet + k.at + 2) == CLASS_IN;
}

static bool get_rr(struct packet *k, struct rr *rr)
{
    if (!get_name(k, &k->at, rr->owner) || k->n - k->at < 10)
        return false;
    rr->type = get16(k->p + k->at);
    rr->class = get16(k->p + k->at + 2);
    rr->ttl = (uint32_t)get16(k->p + k->at + 4) << 16 | get16(k->p + k->at + 6);
    rr->ttl = rr->ttl > INT32_MAX ? 0 : rr->ttl; /* RFC 2181 section 8 */
    rr->data_n = get16(k->p + k->at + 8);
    rr->data = k->at + 10;
    if (rr->data_n > k->n - rr->data)
        return false;
    k->at = rr->data + rr->data_n;
    return true;
}

/* A name that fills the record's data from offset skip on. */
static bool data_name(const struct packet *k, const struct rr *rr, size_t skip, char out[DNS_NAME])
{
    size_t at = rr->data + skip;
    struct packet part = { k->p, rr->data + rr->data_n, 0 };

    return rr->data_n > skip && get_name(&part, &at, out) && at == rr->data + rr->data_n;
}

/* TXT: its counted pieces, joined. */
static bool data_text(const struct packet *k, const struct rr *rr, struct dns_record *r)
{
    const uint8_t *p = k->p + rr->data, *end = p + rr->data_n;

    r->raw = mem_new(rr->data_n + 1);
    while (p < end) {
        size_t len = *p++;

        if (len > (size_t)(end - p))
            return false;
        memcpy(r->raw + r->raw_n, p, len);
        r->raw_n += len;
        p += len;
    }
    return true;
}

static void data_addr(const struct packet *k, const struct rr *rr, struct dns_record *r)
{
    memset(&r->addr, 0, sizeof r->addr);
    if (rr->type == DNS_A) {
        r->addr.in.sin_family = AF_INET;
        memcpy(&r->addr.in.sin_addr, k->p + rr->data, 4);
        r->addr.len = sizeof r->addr.in;
    } else {
        r->addr.in6.sin6_family = AF_INET6;
        memcpy(&r->addr.in6.sin6_addr, k->p + rr->data, 16);
        r->addr.len = sizeof r->addr.in6;
    }
}

/* A target that can be a host; the root is one, too (null MX). */
static bool usable(const char *name, unsigned type)
{
    return !*name || type == DNS_PTR || dns_valid_hostname(str_of(name)) == OK;
}

/* The record's data: OK, NONE when it is of no use, PERM when it is malformed. */
static enum result get_data(const struct packet *k, const struct rr *rr, struct dns_record *r)
{
    const uint8_t *p = k->p + rr->data;
    size_t skip = rr->type == DNS_MX ? 2 : rr->type == DNS_SRV ? 6 : 0;

    switch (rr->type) {
    case DNS_A:
    case DNS_AAAA:
        if (rr->data_n != (rr->type == DNS_A ? 4 : 16))
            return PERM;
        data_addr(k, rr, r);
        return OK;
    case DNS_TXT:
        return data_text(k, rr, r) ? OK : PERM;
    case DNS_TLSA:
        r->raw = mem_new(rr->data_n + 1);
        memcpy(r->raw, p, rr->data_n);
        r->raw_n = rr->data_n;
        return rr->data_n >= 3 ? OK : PERM;
    case DNS_SOA:
        return OK;
    default:
        if (!data_name(k, rr, skip, r->data))
            return PERM;
        if (skip)
            r->pref = (uint16_t)get16(p);
        if (rr->type == DNS_SRV) {
            r->weight = (uint16_t)get16(p + 2);
            r->port = (uint16_t)get16(p + 4);
        }
        return usable(r->data, rr->type) && !strchr(r->data, '?') ? OK : NONE;
    }
}

/* Follows the aliases of one packet from name on, in whatever order they are. TEMP: malformed. PERM: they go round. */
static enum result follow_aliases(struct packet *k, unsigned count, size_t start, char name[DNS_NAME])
{
    struct rr rr;
    bool moved = true;

    for (int hops = 0; moved; hops++) {
        if (hops > MAX_ALIASES)
            return PERM;
        moved = false;
        k->at = start;
        for (unsigned i = 0; i < count && !moved; i++) {
            if (!get_rr(k, &rr))
                return TEMP;
            if (rr.type != DNS_CNAME || rr.class != CLASS_IN || !same_name(rr.owner, name))
                continue;
            if (!data_name(k, &rr, 0, name))
                return TEMP;
            moved = true;
        }
    }
    return OK;
}

/* Adds the records of the wanted type that name owns. */
static enum result collect(struct dns_query *q, struct packet *k, unsigned count, const char *name)
{
    struct dns_record **end = &q->records;
    struct rr rr;
    unsigned found = 0, useless = 0;

    for (unsigned i = 0; i < count; i++) {
        struct dns_record *r;
        enum result result;

        if (!get_rr(k, &rr))
            return TEMP;
        if (rr.type != (unsigned)q->type || rr.class != CLASS_IN || !same_name(rr.owner, name) ||
            found == DNS_MAX_RECORDS)
            continue;
        r = mem_new(sizeof *r);
        r->type = q->type;
        r->ttl = rr.ttl;
        memcpy(r->name, rr.owner, sizeof r->name);
        result = get_data(k, &rr, r);
        if (result != OK) {
            dns_free(r);
            if (result == PERM)
                return TEMP;
            useless++;
            continue;
        }
        *end = r;
        end = &r->next;
        found++;
    }
    return found ? OK : useless ? PERM : NONE;
}

/* Does the authority section say that there is nothing (RFC 2308)? */
static bool has_soa(struct packet *k, unsigned count)
{
    struct rr rr;

    for (unsigned i = 0; i < count && get_rr(k, &rr); i++)
        if (rr.type == DNS_SOA)
            return true;
    return false;
}

/* The outcome of an answer that was read through: found is collect()'s. */
static enum dns_outcome conclude(struct dns_query *q, struct packet *k, enum result found, const char *name,
                                 const char *last)
{
    bool nxdomain = (k->p[3] & 15) == RCODE_NXDOMAIN;

    if (found == OK) {
        q->result = OK;
        return DNS_GOT;
    }
    if (found == PERM) {
        q->result = PERM;
        why_set(&q->why, "5.4.4", "Name service error for name=%s type=%s: Malformed or unexpected name server reply",
                q->name, dns_type_name(q->type));
        return DNS_GOT;
    }
    if (!nxdomain && !same_name(last, name) && !has_soa(k, get16(k->p + 8)))
        return DNS_FOLLOW;
    q->nxdomain = nxdomain;
    dns_failed(q, NONE, nxdomain ? "Host not found" : "Host found but no data record of requested type");
    return DNS_GOT;
}

enum dns_outcome dns_read(struct dns_query *q, const char *name, const uint8_t *packet, size_t n, char follow[DNS_NAME])
{
    struct packet k = { packet, n, 0 };
    unsigned count, rcode;
    enum result found;
    size_t start;

    if (!skip_question(&k) || strlen(name) >= DNS_NAME)
        return DNS_GARBAGE;
    rcode = packet[3] & 15;
    if (rcode == RCODE_FORMERR || rcode == RCODE_NOTIMP)
        return DNS_NO_EDNS;
    if (rcode != RCODE_OK && rcode != RCODE_NXDOMAIN)
        return DNS_SOFT;
    if (packet[2] & FLAG_TC)
        return DNS_TRUNCATED;
    count = get16(packet + 6);
    start = k.at;
    snprintf(follow, DNS_NAME, "%s", name);
    found = q->type == DNS_CNAME ? OK : follow_aliases(&k, count, start, follow);
    if (found == PERM) {
        dns_loop(q);
        return DNS_GOT;
    }
    k.at = start;
    found = found == OK ? collect(q, &k, count, follow) : found;
    if (found != OK) {
        dns_free(q->records);
        q->records = NULL;
    }
    if (found == TEMP)
        return DNS_GARBAGE;
    q->secure = packet[3] & FLAG_AD;
    return conclude(q, &k, found, name, follow);
}

void dns_parse(struct dns_query *q, const uint8_t *packet, size_t n, bool *truncated)
{
    char follow[DNS_NAME];
    enum dns_outcome o = DNS_GARBAGE;

    *truncated = false;
    q->records = NULL;
    q->nxdomain = q->secure = false;
    if (n >= HEAD && dns_matches(q->name, q->type, (uint16_t)get16(packet), packet, n))
        o = dns_read(q, q->name, packet, n, follow);
    *truncated = o == DNS_TRUNCATED;
    if (o == DNS_FOLLOW)
        dns_failed(q, NONE, "Host found but no data record of requested type");
    else if (o != DNS_GOT)
        dns_failed(q, TEMP, "Host not found, try again");
}
