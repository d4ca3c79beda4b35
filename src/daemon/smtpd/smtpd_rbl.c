/* smtpd_rbl.c - DNS block lists and allow lists, by address and by name
 *
 * "zone" or "zone=d.d.d.d", where d is a number, [ranges] or a list: "127.0.0.[2;4..9]".
 * Runs in: smtpd.  RFC 5782.  Parameters: maps_rbl_reject_code, default_rbl_reply, rbl_reply_maps,
 * smtpd_expansion_filter. Tests: tests/smtp/dnsbl*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_rbl.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"

/* "4" or "4..9" */
static enum result range_has(struct str word, int64_t value, bool *has)
{
    size_t dots = str_find(word, '.');
    int64_t low, high;

    if (num_parse((struct str){ word.p, dots }, 0, 255, &low) != OK)
        return PERM;
    high = low;
    if (dots < word.n) {
        if (dots + 2 >= word.n || word.p[dots + 1] != '.' ||
            num_parse((struct str){ word.p + dots + 2, word.n - dots - 2 }, low, 255, &high) != OK)
            return PERM;
    }
    *has |= value >= low && value <= high;
    return OK;
}

/* One octet of a pattern, cut off *rest with the dot behind it. */
static enum result octet_has(struct str *rest, int64_t value, bool *has)
{
    size_t end;
    struct str word, list;

    if (rest->n && rest->p[0] == '[') {
        end = str_find(*rest, ']');
        if (end >= rest->n)
            return PERM;
        list = (struct str){ rest->p + 1, end - 1 };
        end++;
        while (str_word(&list, ";", &word) == OK)
            if (range_has(word, value, has) != OK)
                return PERM;
    } else {
        end = str_find(*rest, '.');
        word = (struct str){ rest->p, end };
        if (str_find(word, '[') < word.n || range_has(word, value, has) != OK)
            return PERM;
    }
    *rest = (struct str){ rest->p + end, rest->n - end };
    return OK;
}

enum result smtpd_rbl_match(struct str pattern, const uint8_t octets[4])
{
    bool all = true;

    for (int i = 0; i < 4; i++) {
        bool has = false;

        if (octet_has(&pattern, octets[i], &has) != OK)
            return PERM;
        all &= has;
        if (i < 3) {
            if (!pattern.n || pattern.p[0] != '.')
                return PERM;
            pattern = (struct str){ pattern.p + 1, pattern.n - 1 };
        }
    }
    if (pattern.n)
        return PERM;
    return all ? OK : NONE;
}

/* --- asking --- */

struct zone {
    char name[DNS_NAME];
    struct str filter;             /* "" = any answer */
};

static bool split_zone(const char *text, struct zone *z)
{
    struct str all = str_of(text);
    size_t eq = str_find(all, '=');

    if (eq >= sizeof z->name)
        return false;
    memcpy(z->name, text, eq);
    z->name[eq] = 0;
    z->filter = eq < all.n ? (struct str){ text + eq + 1, all.n - eq - 1 } : STR("");
    return true;
}

static bool record_counts(const struct zone *z, const struct dns_record *d)
{
    const uint8_t *octets = (const uint8_t *)&d->addr.in.sin_addr;

    if (d->type != DNS_A)
        return false;
    return !z->filter.n || smtpd_rbl_match(z->filter, octets) == OK;
}

static void join_text(const struct dns_query *q, char *out, size_t cap)
{
    size_t n = 0;

    *out = 0;
    for (const struct dns_record *d = q->result == OK ? q->records : NULL; d && n < cap; d = d->next)
        if (d->type == DNS_TXT && d->raw)
            n += (size_t)snprintf(out + n, cap - n, "%s%.*s", n ? " / " : "", (int)d->raw_n, (const char *)d->raw);
}

/* OK: listed. NONE, TEMP. reason: the TXT records, if any. */
static enum result ask(const struct zone *z, const char *name, char *reason, size_t cap)
{
    struct dns_query q[] = { { .name = name, .type = DNS_A }, { .name = name, .type = DNS_TXT } };
    enum result r = NONE;

    smtpd_dns_ask(q, ARRAY_LEN(q));
    for (const struct dns_record *d = q[0].records; d; d = d->next)
        if (record_counts(z, d))
            r = OK;
    if (q[0].result != OK && q[0].result != NONE) { /* mail does not stop when somebody's list does */
        log_warn("%s: RBL lookup error: %s", name, q[0].why.text);
        r = TEMP;
    }
    join_text(&q[1], reason, cap);
    for (size_t i = 0; i < ARRAY_LEN(q); i++)
        dns_free(q[i].records);
    return r;
}

/* --- the reply --- */

struct reply {
    struct smtpd *s;
    const char *list, *zone, *what, *class, *reason; /* list: the zone with its pattern */
    char code[8], part[ADDR_TEXT];
    bool unknown;                  /* the template has a name that is none */
};

/* The address, its local part or its domain; the null address is "<>". */
static const char *reply_address(struct reply *x, const struct buf *addr, struct str suffix)
{
    struct str part = buf_view(addr);

    if (str_eq(suffix, "_domain"))
        return addr->n ? addr_domain(part).p : "";
    if (!addr->n)
        return "<>";
    part = suffix.n ? addr_local(part) : part;
    snprintf(x->part, sizeof x->part, "%.*s", (int)part.n, part.p);
    return x->part;
}

static const struct buf no_address = { .p = (char[]){ 0 } };

static const char *reply_name(const char *name, void *arg)
{
    struct reply *x = arg;
    const struct { const char *name, *value; } names[] = {
        { "rbl_code", x->code }, { "rbl_class", x->class }, { "rbl_what", x->what }, { "rbl_domain", x->zone },
        { "rbl_reason", x->reason }, { "rbl_txt", x->reason }, { "client", x->s->peer.label },
        { "client_address", x->s->peer.addr }, { "client_name", x->s->peer.name },
        { "reverse_client_name", x->s->peer.reverse }, { "helo_name", x->s->helo.n ? x->s->helo.p : "" },
    };
    struct str n = str_of(name);

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(n, names[i].name))
            return names[i].value;
    if (str_eq(n, "sender") || str_eq(n, "sender_name") || str_eq(n, "sender_domain"))
        return reply_address(x, x->s->tx ? &x->s->tx->sender : &no_address, str_of(name + 6));
    if (str_eq(n, "recipient") || str_eq(n, "recipient_name") || str_eq(n, "recipient_domain"))
        return reply_address(x, x->s->rcpt.known ? &x->s->rcpt.addr : &no_address, str_of(name + 9));
    log_warn("unknown macro name \"%s\" in expansion request", name);
    x->unknown = true;
    return NULL;
}

/* "554 5.7.1 text" or "554 text" as the template came out. */
static enum verdict refuse_expanded(struct smtpd *s, const char *text)
{
    struct str rest = str_of(text), word;
    int64_t code;
    char dsn[12] = "5.7.1";
    size_t n;

    if (str_word(&rest, " \t", &word) != OK || num_parse(word, 400, 599, &code) != OK) {
        log_warn("rbl response code configuration error: %s", text);
        return smtpd_refuse(s, 450, "4.7.1", "Service unavailable");
    }
    rest = str_trim(rest);
    n = why_dsn_length(rest.p);
    if (n && n < sizeof dsn) {
        memcpy(dsn, rest.p, n);
        dsn[n] = 0;
        rest = str_trim((struct str){ rest.p + n, rest.n - n });
    }
    return smtpd_refuse(s, (int)code, dsn, "%.*s", (int)rest.n, rest.p);
}

static bool expand(struct reply *x, const char *template, struct buf *out)
{
    const char *bad = NULL;

    x->unknown = false;
    if (param_expand_with(template, reply_name, x, smtpd_expansion_filter(), out, &bad) == OK && !x->unknown)
        return true;
    log_warn("rbl_reject_reply: bad rbl reply template for domain %s: %s", x->list, template);
    buf_reset(out);
    return false;
}

static enum verdict refuse(struct reply *x)
{
    struct smtpd *s = x->s;
    struct buf out;
    enum verdict v;
    enum result r = NONE;

    if (smtpd_lists.rbl_replies)
        r = maps_get(smtpd_lists.rbl_replies, str_of(x->list), &s->answer, NULL);
    if (r != OK && r != NONE)
        return smtpd_lookup_error(s, x->what);
    snprintf(x->code, sizeof x->code, "%d", (int)par_maps_rbl_reject_code());
    buf_init(&out, 2048);
    if ((r == OK && expand(x, s->answer.p, &out)) || expand(x, par_default_rbl_reply(), &out))
        v = refuse_expanded(s, out.p);
    else
        v = smtpd_server_error(s);
    buf_done(&out);
    return v;
}

/* --- by address, by name --- */

static enum verdict reject_listed(struct smtpd *s, const struct rule *r, const char *query, const char *what,
                                  const char *class)
{
    struct zone z;
    char reason[512];
    struct reply x = { .s = s, .list = r->text, .zone = z.name, .what = what, .class = class, .reason = reason };

    if (!split_zone(r->text, &z))
        return smtpd_server_error(s);
    switch (ask(&z, query, reason, sizeof reason)) {
    case OK:
        return refuse(&x);
    case NONE:
        return VERDICT_DUNNO;
    default:
        return VERDICT_DUNNO;
    }
}

static enum verdict permit_listed(struct smtpd *s, const struct rule *r, const char *query, const char *who,
                                  const char *action)
{
    struct zone z;
    char reason[512];
    enum result res;

    if (!split_zone(r->text, &z))
        return smtpd_server_error(s);
    /* A list that others keep must not make this host a relay. */
    if (s->rcpt.known && restrict_permit_destination(s, r) != VERDICT_PERMIT)
        return VERDICT_DUNNO;
    res = ask(&z, query, reason, sizeof reason);
    if (res == NONE)
        return VERDICT_DUNNO;
    if (res != OK)
        return smtpd_defer_if_reject(s, "4.7.1", "<%s>: %s rejected: Service unavailable", who, smtpd_class_client);
    return smtpd_permit(s, action, smtpd_class_client, s->peer.label, r->text);
}

static void address_query(struct smtpd *s, const char *text, char out[DNS_NAME + 80])
{
    struct zone z;

    out[0] = 0;
    if (split_zone(text, &z))
        dns_reverse_name(&s->peer.sock, z.name, out);
}

/* name.zone; false when there is no name to ask about. */
static bool name_query(struct str name, const char *text, char out[2 * DNS_NAME])
{
    struct zone z;
    struct sock_addr a;

    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    if (!name.n || name.p[0] == '[' || name.n >= DNS_NAME || sock_parse_addr(name, 0, &a) == OK ||
        !split_zone(text, &z))
        return false;
    snprintf(out, 2 * DNS_NAME, "%.*s.%s", (int)name.n, name.p, z.name);
    return true;
}

enum verdict restrict_rbl_client(struct smtpd *s, const struct rule *r)
{
    char query[DNS_NAME + 80];

    address_query(s, r->text, query);
    return reject_listed(s, r, query, s->peer.addr, smtpd_class_client);
}

enum verdict restrict_permit_dnswl(struct smtpd *s, const struct rule *r)
{
    char query[DNS_NAME + 80];

    address_query(s, r->text, query);
    return permit_listed(s, r, query, s->peer.addr, "permit_dnswl_client");
}

enum verdict restrict_permit_rhswl(struct smtpd *s, const struct rule *r)
{
    char query[2 * DNS_NAME];

    if (s->peer.name_status != '2' || !name_query(str_of(s->peer.name), r->text, query))
        return VERDICT_DUNNO;
    return permit_listed(s, r, query, s->peer.name, "permit_rhswl_client");
}

static enum verdict reject_name(struct smtpd *s, const struct rule *r, struct str name, const char *what,
                                const char *class)
{
    char query[2 * DNS_NAME];

    if (!name_query(name, r->text, query))
        return VERDICT_DUNNO;
    return reject_listed(s, r, query, what, class);
}

enum verdict restrict_rhsbl_client(struct smtpd *s, const struct rule *r)
{
    return s->peer.name_status == '2' ? reject_name(s, r, str_of(s->peer.name), s->peer.name, smtpd_class_client)
                                      : VERDICT_DUNNO;
}

enum verdict restrict_rhsbl_reverse(struct smtpd *s, const struct rule *r)
{
    return s->peer.reverse_status == '2'
               ? reject_name(s, r, str_of(s->peer.reverse), s->peer.reverse, smtpd_class_reverse)
               : VERDICT_DUNNO;
}

enum verdict restrict_rhsbl_helo(struct smtpd *s, const struct rule *r)
{
    return reject_name(s, r, buf_view(&s->helo), s->helo.p, smtpd_class_helo);
}

enum verdict restrict_rhsbl_sender(struct smtpd *s, const struct rule *r)
{
    return s->tx ? reject_name(s, r, addr_domain(buf_view(&s->tx->sender)), s->tx->sender.p, smtpd_class_sender)
                 : VERDICT_DUNNO;
}

enum verdict restrict_rhsbl_rcpt(struct smtpd *s, const struct rule *r)
{
    return s->rcpt.known ? reject_name(s, r, addr_domain(buf_view(&s->rcpt.addr)), s->rcpt.addr.p, smtpd_class_rcpt)
                         : VERDICT_DUNNO;
}
