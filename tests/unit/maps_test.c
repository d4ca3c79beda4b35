/* maps_test.c - search orders of access(5), virtual(5), canonical(5), transport(5) */
/* SPDX-License-Identifier: ISC */
#include "map/map.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "param/param.h"
#include "test.h"

enum {
    VIRTUAL = MAPS_EXT | MAPS_BARE | MAPS_DOMAIN,
    ACCESS = MAPS_EXT | MAPS_PLAIN_DOMAIN | MAPS_USER_AT,
    TRANSPORT = MAPS_EXT | MAPS_PLAIN_DOMAIN | MAPS_ANY,
};

static struct buf out, ext;

static bool is_local(struct str domain)
{
    return str_eq_case(domain, "local.test");
}

/* "answer" or "answer ext", "-" for absent, "!" for failed. */
static const char *find(const char *param, const char *list, const char *addr, unsigned how, unsigned flags)
{
    static char text[300];
    struct maps *ms = maps_open(param, list, MAP_FOLD | flags);
    const char *from = NULL;

    switch (maps_find_address(ms, str_of(addr), how, is_local, &out, &ext, &from)) {
    case OK:
        CHECK(from != NULL);
        snprintf(text, sizeof text, "%s%s%s", out.p, ext.n ? " " : "", ext.p);
        return text;
    case NONE:
        return "-";
    default:
        return "!";
    }
}

static void addresses(void)
{
    static const struct {
        const char *param, *list, *addr;
        unsigned how, flags;
        const char *want;
    } t[] = {
        /* virtual(5) */
        { "virtual_alias_maps", "inline:{u+e@d.test=1, u@d.test=2, @d.test=3}", "u+e@d.test", VIRTUAL, 0, "1" },
        { "virtual_alias_maps", "inline:{u@d.test=2, @d.test=3}", "u+e@d.test", VIRTUAL, 0, "2 +e" },
        { "virtual_alias_maps", "inline:{@d.test=3}", "u+e@d.test", VIRTUAL, 0, "3" },
        { "virtual_alias_maps", "inline:{U@D.test=2}", "u@d.TEST", VIRTUAL, 0, "2" },
        { "virtual_alias_maps", "inline:{u=4}", "u@d.test", VIRTUAL, 0, "-" },
        { "virtual_alias_maps", "inline:{u=4, @local.test=5}", "u+e@local.test", VIRTUAL, 0, "4 +e" },
        { "virtual_alias_maps", "inline:{u+e=6, u=4, @local.test=5}", "u+e@local.test", VIRTUAL, 0, "6" },
        { "virtual_alias_maps", "inline:{@local.test=5}", "u+e@local.test", VIRTUAL, 0, "5" },
        { "virtual_alias_maps", "inline:{d.test=7}", "u@d.test", VIRTUAL, 0, "-" },
        { "virtual_alias_maps", "inline:{u=8}", "u", VIRTUAL, 0, "8" },
        { "virtual_alias_maps", "inline:{u=8}", "u+x", VIRTUAL, 0, "8 +x" },
        { "virtual_alias_maps", "inline:{u@d.test=1} inline:{u+e@d.test=2}", "u+e@d.test", VIRTUAL, 0, "2" },
        { "virtual_alias_maps", "inline:{{\"a b\"@d.test = q}}", "\"a b+e\"@d.test", VIRTUAL, 0, "q +e" },
        { "virtual_alias_maps", "inline:{{\"a@d\"@d.test = q}}", "\"a@d\"@d.test", VIRTUAL, 0, "q" },
        { "virtual_alias_maps", "inline:{owner-x@d.test=1, owner@d.test=2}", "owner-x@d.test", VIRTUAL, 0, "1" },
        { "virtual_alias_maps", "", "u@d.test", VIRTUAL, 0, "-" },
        { "virtual_alias_maps", "inline:{a=b}", "", VIRTUAL, 0, "-" },
        { "virtual_alias_maps", "inline:{a=b} fail:x", "u@d.test", VIRTUAL, 0, "!" },
        { "virtual_alias_maps", "inline:{u@d.test=b} fail:x", "u@d.test", VIRTUAL, 0, "b" },
        { "virtual_alias_maps", "regexp:{{/^u@d.test$/ no}, {/^@d.test/ no}}", "u+e@d.test", VIRTUAL, 0, "-" },
        { "virtual_alias_maps", "regexp:{{/^u\\+e@d.test$/ yes}}", "u+e@d.test", VIRTUAL, 0, "yes" },
        { "virtual_alias_maps", "inline:{u@d.test=2}", "u+e@d.test", VIRTUAL, MAP_KEEP_KEY, "-" },
        /* access(5): parents because smtpd_access_maps is in parent_domain_matches_subdomains */
        { "smtpd_access_maps", "inline:{u+e@a.d.test=1, u@a.d.test=2, a.d.test=3}", "u+e@a.d.test", ACCESS, 0, "1" },
        { "smtpd_access_maps", "inline:{u@a.d.test=2, a.d.test=3}", "u+e@a.d.test", ACCESS, 0, "2 +e" },
        { "smtpd_access_maps", "inline:{a.d.test=3, u@=9}", "u+e@a.d.test", ACCESS, 0, "3" },
        { "smtpd_access_maps", "inline:{d.test=4, u@=9}", "u+e@a.d.test", ACCESS, 0, "4" },
        { "smtpd_access_maps", "inline:{test=5, u@=9}", "u+e@a.d.test", ACCESS, 0, "5" },
        { "smtpd_access_maps", "inline:{.d.test=6}", "u+e@a.d.test", ACCESS, 0, "-" },
        { "smtpd_access_maps", "inline:{u+e@=7, u@=9}", "u+e@a.d.test", ACCESS, 0, "7" },
        { "smtpd_access_maps", "inline:{u@=9}", "u+e@a.d.test", ACCESS, 0, "9 +e" },
        { "smtpd_access_maps", "inline:{a=1}", "@a", ACCESS, 0, "1" },
        { "other_maps", "inline:{.d.test=6}", "u@a.d.test", ACCESS, 0, "6" },
        { "other_maps", "inline:{.test=6, d.test=7}", "u@a.d.test", ACCESS, 0, "6" },
        { "other_maps", "inline:{d.test=7}", "u@a.d.test", ACCESS, 0, "-" },
        /* transport(5) */
        { "transport_maps", "inline:{u@d.test=1, d.test=2, *=3}", "u+e@d.test", TRANSPORT, 0, "1 +e" },
        { "transport_maps", "inline:{d.test=2, *=3}", "u+e@d.test", TRANSPORT, 0, "2" },
        { "transport_maps", "inline:{.d.test=2, *=3}", "u+e@x.d.test", TRANSPORT, 0, "2" },
        { "transport_maps", "inline:{.d.test=2, *=3}", "u+e@d.test", TRANSPORT, 0, "3" },
        { "transport_maps", "inline:{*=3}", "u", TRANSPORT, 0, "3" },
        { "transport_maps", "regexp:{{/^\\*$/ no}}", "u@d.test", TRANSPORT, 0, "-" },
    };

    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        const char *got = find(t[i].param, t[i].list, t[i].addr, t[i].how, t[i].flags);

        if (strcmp(got, t[i].want) != 0)
            fprintf(stderr, "%s %s:\n", t[i].list, t[i].addr);
        CHECK_STR(got, t[i].want);
    }
}

static const char *host(const char *param, const char *list, const char *key, bool network)
{
    struct maps *ms = maps_open(param, list, MAP_FOLD);
    enum result r = network ? maps_find_network(ms, str_of(key), &out, NULL)
                            : maps_find_domain(ms, str_of(key), &out, NULL);

    return r == OK ? out.p : r == NONE ? "-" : "!";
}

static void hosts(void)
{
    CHECK_STR(host("smtpd_access_maps", "inline:{d.test=1}", "x.y.D.test", false), "1");
    CHECK_STR(host("other", "inline:{.d.test=1}", "x.y.d.test", false), "1");
    CHECK_STR(host("other", "inline:{d.test=1}", "x.d.test", false), "-");
    CHECK_STR(host("other", "regexp:{{/^d.test/ 1}}", "x.d.test", false), "-");
    CHECK_STR(host("other", "regexp:{{/d.test/ 1}}", "x.d.test", false), "1");
    CHECK_STR(host("x", "inline:{192.0.2=1}", "192.0.2.7", true), "1");
    CHECK_STR(host("x", "inline:{192=1}", "192.0.2.7", true), "1");
    CHECK_STR(host("x", "inline:{19=1}", "192.0.2.7", true), "-");
    CHECK_STR(host("x", "inline:{{2001:db8 = 1}}", "2001:db8::7", true), "1");
    CHECK_STR(host("x", "cidr:{{192.0.2.0/24 1}}", "192.0.2.7", true), "1");
    CHECK_STR(host("x", "fail:x", "192.0.2.7", true), "!");
    CHECK_STR(host("x", "inline:{a=1}", "", true), "-");
}

static void an_empty_answer_is_a_failure(void)
{
    struct maps *ms = maps_open("x", "inline:{a=}", 0);

    CHECK(maps_get(ms, STR("a"), &out, NULL) == TEMP);
    CHECK(maps_get(ms, STR(""), &out, NULL) == NONE);
    CHECK(!maps_empty(ms) && maps_empty(maps_open("x", " , ", 0)));
}

int main(void)
{
    buf_init(&out, 4096);
    buf_init(&ext, 4096);
    param_override("recipient_delimiter=+-");
    param_override("parent_domain_matches_subdomains=smtpd_access_maps, mynetworks");
    addresses();
    hosts();
    an_empty_answer_is_a_failure();
    return TEST_END();
}
