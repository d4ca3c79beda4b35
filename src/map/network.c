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

static struct str unbracket(struct str s)
{
    if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
        return (struct str){ s.p + 1, s.n - 2 };
    return s;
}

enum result network_parse_addr(struct str text, struct network *out)
{
    char tmp[INET6_ADDRSTRLEN];
    struct network n = { 0 };

    text = unbracket(text);
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

enum result network_parse(struct str text, struct network *out, char why[NETWORK_WHY])
{
    size_t slash = str_find(text, '/');
    struct str addr = { text.p, slash };
    struct network n = { 0 };
    char right[INET6_ADDRSTRLEN];
    int64_t bits;
    int show = (int)(text.n > 64 ? 64 : text.n);

    if (text.n && text.p[0] == '[' && text.p[text.n - 1] == ']') /* [net/len] */
        return network_parse((struct str){ text.p + 1, text.n - 2 }, out, why);
    if (network_parse_addr(addr, &n) != OK) {
        snprintf(why, NETWORK_WHY, "bad address pattern: \"%.*s\"", show, text.p);
        return PERM;
    }
    if (slash < text.n) {
        if (num_parse((struct str){ text.p + slash + 1, text.n - slash - 1 }, 0, n.bits, &bits) != OK) {
            snprintf(why, NETWORK_WHY, "bad mask length in \"%.*s\"", show, text.p);
            return PERM;
        }
        n.bits = (uint8_t)bits;
        if (mask(&n)) {
            inet_ntop(n.family, n.addr, right, sizeof right);
            snprintf(why, NETWORK_WHY, "non-null host address bits in \"%.*s\", perhaps you should use \"%s/%d\" instead",
                     show, text.p, right, n.bits);
            return PERM;
        }
    }
    *out = n;
    return OK;
}

bool network_holds(const struct network *net, const struct network *addr)
{
    unsigned whole = net->bits / 8, part = net->bits % 8;

    if (net->family != addr->family || memcmp(net->addr, addr->addr, whole) != 0)
        return false;
    return !part || ((net->addr[whole] ^ addr->addr[whole]) & (uint8_t)(0xFF00u >> part)) == 0;
}
