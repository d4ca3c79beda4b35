/* smtp_dest.c - a next hop as it is written: "host", "[host]:port", "unix:path", several of them
 *
 * Runs in: smtp, lmtp.  Input: master.cf, main.cf, tables, mail domains.
 * Parameters: smtp_tcp_port, lmtp_tcp_port, disable_dns_lookups, smtp_dns_support_level.
 * Tests: tests/unit/smtp_dest_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"

static enum result bad(struct str text, const char *what, struct why *why)
{
    log_warn("%s in server description: %.*s", what, (int)(text.n < 200 ? text.n : 200), text.p);
    return why_set(why, "4.3.5", "Server configuration error");
}

static enum result copy(char *to, size_t size, struct str from)
{
    if (from.n >= size || memchr(from.p, 0, from.n))
        return PERM;
    memcpy(to, from.p, from.n);
    to[from.n] = 0;
    return OK;
}

static bool dns_is_off(void)
{
    return par_disable_dns_lookups() || !strcmp(smtp_str(P_smtp_dns_support_level), "disabled");
}

static enum result parse(struct str text, struct smtp_dest *out, struct why *why)
{
    struct str host, port;
    bool literal;

    *out = (struct smtp_dest){ .port = 0 };
    if (smtp_agent->lmtp && str_begins_case(text, "unix:")) {
        out->unix_path = true;
        if (text.n == 5 || copy(out->host, sizeof out->host, (struct str){ text.p + 5, text.n - 5 }) != OK)
            return bad(text, "bad socket name", why);
        return OK;
    }
    if (smtp_agent->lmtp && str_begins_case(text, "inet:"))
        text = (struct str){ text.p + 5, text.n - 5 };
    if (sock_split(text, &host, &port, &literal) != OK || !host.n || copy(out->host, sizeof out->host, host) != OK)
        return bad(text, "missing or malformed host", why);
    if (!port.n)
        port = str_of(smtp_str(P_smtp_tcp_port));
    if (sock_parse_port(port, &out->port) != OK || copy(out->service, sizeof out->service, port) != OK)
        return bad(text, "unknown service", why);
    out->use_mx = !literal && !smtp_agent->lmtp && !dns_is_off();
    return OK;
}

enum result smtp_dest_next(struct str *nexthop, struct smtp_dest *out, struct why *why)
{
    struct str word;

    if (str_word(nexthop, STR_LIST_SEPS, &word) != OK)
        return NONE;
    return parse(word, out, why);
}
