/* smtp_requiretls.c - mail whose sender insists on TLS all the way (RFC 8689)
 *
 * smtp_requiretls_policy says what that means for a next hop: enforce (a server
 * certificate for the next hop's name, and a server that promises the same), opportunistic+starttls (TLS),
 * opportunistic (the wish is passed on where it can be), disable. Without
 * DNSSEC a name from an MX record proves nothing, so enforce is level "secure" unless a policy table has its own.
 * Runs in: smtp, lmtp.  Parameters: smtp_requiretls_policy, requiretls_enable.
 * Feature: REQUIRETLS.  Tests: tests/client/requiretls*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "map/map.h"

enum { RULES_MAX = 16 };

static struct {
    struct {
        struct map *map;      /* or NULL: an action for all */
        enum smtp_requiretls action;
    } rules[RULES_MAX];
    size_t n;
} policy;

static bool action_of(struct str text, enum smtp_requiretls *out)
{
    static const char *const names[] = { "disable", "opportunistic", "opportunistic+starttls", "enforce" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_case(text, names[i])) {
            *out = (enum smtp_requiretls)i;
            return true;
        }
    return false;
}

void smtp_requiretls_init(void)
{
    struct str rest = str_of(smtp_str(P_smtp_requiretls_policy)), word;

    if (!par_requiretls_enable())
        return;
    while (policy.n < RULES_MAX && str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        if (str_find(word, ':') < word.n) {
            policy.rules[policy.n++].map = map_open(mem_dup_n(word.p, word.n), MAP_FOLD);
        } else if (!action_of(word, &policy.rules[policy.n].action)) {
            log_warn("%s: unknown action \"%.*s\"", smtp_par_name(P_smtp_requiretls_policy), (int)word.n, word.p);
        } else {
            policy.n++;
        }
    }
}

/* The name, then ".parent" of it. */
static enum result look_up(struct map *map, const char *key, struct buf *value)
{
    enum result r;

    do
        r = map_get(map, str_of(key), value);
    while (r == NONE && (key = strchr(key + 1, '.')) != NULL);
    return r;
}

enum result smtp_requiretls_find(const struct delivery *d, enum smtp_requiretls *out, struct why *why)
{
    char domain[DNS_NAME];
    enum result r = NONE;
    struct buf value;

    *out = REQUIRETLS_DISABLE;
    if (!(d->env->flags & QF_REQUIRETLS) || !par_requiretls_enable())
        return OK;
    *out = REQUIRETLS_ENFORCE;
    smtp_tls_nexthop_domain(d->nexthop, domain);
    buf_init(&value, 1024);
    for (size_t i = 0; i < policy.n && r == NONE; i++) {
        if (!policy.rules[i].map) {
            *out = policy.rules[i].action;
            r = OK;
        } else if ((r = look_up(policy.rules[i].map, domain, &value)) == OK &&
                   !action_of(str_trim(buf_view(&value)), out)) {
            log_warn("%s: unknown action \"%s\"", smtp_par_name(P_smtp_requiretls_policy), value.p);
            r = TEMP;
        }
    }
    buf_done(&value);
    return r == OK || r == NONE ? OK : why_set(why, "4.3.5", "Server configuration problem");
}

void smtp_requiretls_raise(enum smtp_requiretls how, struct smtp_policy *p)
{
    if (how == REQUIRETLS_STARTTLS && p->level < LEVEL_ENCRYPT)
        p->level = p->wanted = LEVEL_ENCRYPT;
    if (how == REQUIRETLS_ENFORCE && p->level < LEVEL_FINGERPRINT) {
        p->level = p->wanted = LEVEL_SECURE;
        snprintf(p->names, sizeof p->names, "%s", smtp_str(P_smtp_tls_secure_cert_match));
    }
}

enum result smtp_requiretls_check(enum smtp_requiretls how, const struct smtp_session *ss, struct why *why)
{
    if (how == REQUIRETLS_STARTTLS && !ss->s.tls)
        return why_set(why, "4.7.10", "TLS is required, but was not offered by host %s", ss->namaddr);
    if (how == REQUIRETLS_ENFORCE && !ss->verified)
        return why_set(why, "4.7.5", "Server certificate not verified");
    if (how == REQUIRETLS_ENFORCE && !(ss->features & SMTP_REQUIRETLS))
        return why_set(why, "4.7.30", "REQUIRETLS is required, but was not offered by host %s", ss->namaddr);
    return OK;
}
