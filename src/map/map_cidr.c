/* map_cidr.c - cidr:/path: address patterns in order, cidr_table(5)
 *
 * Runs in: every process that opens tables; the file is read before the jail.
 * Parameters: none.  Feature: MAP_CIDR.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "map/network.h"
#include "map/rules.h"
#include "map/source.h"

enum result map_cidr_open(struct map *m, const char *path);

static enum result cidr_parse(const struct rules_kind *kind, struct map *m, const struct source *s, struct str text,
                              struct rule *r)
{
    char why[NETWORK_WHY];
    struct network net;
    struct str pattern, value = { "", 0 };

    while (text.n && text.p[0] == '!') {
        r->negate = !r->negate;
        text = str_trim((struct str){ text.p + 1, text.n - 1 });
    }
    pattern = text;
    if (!r->is_if) {
        size_t n = 0;

        while (n < text.n && !chr_is_space((unsigned char)text.p[n]))
            n++;
        pattern.n = n;
        value = str_trim((struct str){ text.p + n, text.n - n });
    }
    if (!pattern.n) {
        rules_warn(kind, s, "no address pattern: skipping this rule");
        return PERM;
    }
    if (!r->is_if && !value.n) {
        rules_warn(kind, s, "no lookup result: skipping this rule");
        return PERM;
    }
    if (network_parse(pattern, &net, why) != OK) {
        rules_warn(kind, s, "%s: skipping this rule", why);
        return PERM;
    }
    r->pattern = memcpy(mem_new(sizeof net), &net, sizeof net);
    r->result = r->is_if ? NULL : mem_dup_n(value.p, value.n);
    return OK;
}

static enum result cidr_match(const struct rule *r, void *subject)
{
    const struct network *net = r->pattern, *addr = subject;

    /* "not in this IPv4 network" says nothing about IPv6 addresses */
    if (net->family != addr->family)
        return NONE;
    return network_holds(net, addr) != r->negate ? OK : NONE;
}

static const struct rules_kind cidr_kind = {
    .what = "cidr",
    .parse = cidr_parse,
    .match = cidr_match,
    .drop = free,
    .endif_alone = "ENDIF without IF: skipping this rule",
    .endif_garbage = "garbage after ENDIF: skipping this rule",
};

static enum result cidr_get(struct map *m, struct str key, struct buf *out)
{
    const struct rule *hit;
    struct network addr;
    enum result r;

    if (network_parse_addr(key, &addr) != OK)
        return NONE;
    r = rules_find(m->state, &addr, &hit);
    if (r == OK && !buf_puts(out, hit->result))
        r = TEMP;
    return r;
}

static const struct map_ops cidr_ops = { cidr_get, NULL };

enum result map_cidr_open(struct map *m, const char *path)
{
    enum result r = rules_load(m, path, &cidr_kind);

    if (r == OK)
        m->ops = &cidr_ops;
    return r;
}
