/* network.c - "192.0.2.0/24", "2001:db8::/32": address patterns
 *
 * Runs in: every process that opens tables.  Parameters: none.  Tests: tests/unit/match_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

static unsigned size_of(const struct network *n)
{
    return n->family == AF_INET ? 4 : 16;
}

enum result network_parse_addr(struct str text, struct network *out)
{
    char tmp[INET6_ADDRSTRLEN];
    struct network n = { 0 };

    if (text.n >= sizeof tmp || !text.n)
        return NONE;
    memcpy(tmp, text.p, text.n);
    tmp[text.n] = 0;
    n.family = strchr(tmp, ':') ? AF_INET6 : AF_INET;
    if (strlen(tmp) != text.n || inet_pton(n.family, tmp, n.addr) != 1)
        return NONE;
    n.bits = (uint8_t)(size_of(&n) * 8);
    *out = n;
    return OK;
}

/* Clears the bits behind the prefix; true when one was set. */
static bool mask(struct network *n)
{
    bool any = false;

    for (unsigned i = 0; i < size_of(n); i++) {
        unsigned keep = n->bits <= i * 8 ? 0 : n->bits >= i * 8 + 8 ? 8 : n->bits - i * 8;
        uint8_t m = (uint8_t)(0xFF00u >> keep);

        if (n->addr[i] & (uint8_t)~m)
            any = true;
        n->addr[i] &= m;
    }
    return any;
}

/* "addr/len" without brackets. */
static enum result parse_plain(struct str text, struct network *out, char why[NETWORK_WHY])
{
    size_t slash = str_find(text, '/');
    struct str length = slash < text.n ? (struct str){ text.p + slash + 1, text.n - slash - 1 } : STR("0");
    struct network n = { 0 };
    char right[INET6_ADDRSTRLEN];
    int64_t bits = 0;
    int show = (int)(text.n > 64 ? 64 : text.n);
    enum result number = num_parse(length, 0, 128, &bits);

    if (number == PERM) {
        snprintf(why, NETWORK_WHY, "bad mask value in \"%.*s\"", show, text.p);
        return PERM;
    }
    if (network_parse_addr((struct str){ text.p, slash }, &n) != OK) {
        snprintf(why, NETWORK_WHY, "bad %s \"%.*s\"", slash < text.n ? "network value in" : "address pattern:", show,
                 text.p);
        return PERM;
    }
    if (number != OK || bits > n.bits) {
        snprintf(why, NETWORK_WHY, "bad mask length in \"%.*s\"", show, text.p);
        return PERM;
    }
    if (slash < text.n)
        n.bits = (uint8_t)bits;
    if (mask(&n)) {
        inet_ntop(n.family, n.addr, right, sizeof right);
        snprintf(why, NETWORK_WHY, "non-null host address bits in \"%.*s\", perhaps you should use \"%s/%d\" instead",
                 show, text.p, right, n.bits);
        return PERM;
    }
    *out = n;
    return OK;
}

enum result network_parse(struct str text, struct network *out, char why[NETWORK_WHY])
{
    size_t close = str_find(text, ']');
    char plain[128];
    int n;

    if (!text.n || text.p[0] != '[')
        return parse_plain(text, out, why);
    if (close == text.n || text.n > sizeof plain) {
        snprintf(why, NETWORK_WHY, "%s \"%.*s\"",
                 close == text.n ? "missing ']' character after" : "bad address pattern:",
                 (int)(text.n > 64 ? 64 : text.n), text.p);
        return PERM;
    }
    n = snprintf(plain, sizeof plain, "%.*s%.*s", (int)close - 1, text.p + 1, (int)(text.n - close - 1),
                 text.p + close + 1);
    return parse_plain((struct str){ plain, (size_t)n }, out, why);
}

bool network_holds(const struct network *net, const struct network *addr)
{
    unsigned whole = net->bits / 8, part = net->bits % 8;

    if (net->family != addr->family || memcmp(net->addr, addr->addr, whole) != 0)
        return false;
    return !part || ((net->addr[whole] ^ addr->addr[whole]) & (uint8_t)(0xFF00u >> part)) == 0;
}
