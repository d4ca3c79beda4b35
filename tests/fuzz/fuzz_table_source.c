/* fuzz_table_source.c - what tables are made of: entries, aliases, cidr rules, results with $number */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#undef MAP_FIXED /* of mmap(2) */

#include "base/log.h"
#include "base/str.h"
#include "map/network.h"
#include "map/pattern.h"
#include "map/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
enum result map_cidr_open(struct map *m, const char *path);

#define MUST_HOLD(x) do { if (!(x)) abort(); } while (0)

static void entries(struct str text, bool utf8)
{
    struct source s;
    struct str key, value;

    source_init_text(&s, "fuzz", text);
    s.utf8 = utf8;
    while (source_entry(&s, &key, &value) == OK)
        MUST_HOLD(key.n && value.n && !chr_is_space((unsigned char)value.p[value.n - 1]));
    source_done(&s);
}

static void aliases(struct str text)
{
    struct alias_source a;
    struct str key, value;

    source_alias_init(&a, "fuzz", -1);
    buf_init(&a.s.ahead, text.n);
    buf_str(&a.s.ahead, text);
    while (source_alias_entry(&a, &key, &value) == OK)
        MUST_HOLD(key.n && value.n);
    source_alias_done(&a);
}

static void cidr(struct str text)
{
    char path[64];
    int fd = memfd_create("fuzz", 0);
    struct map m = { .spec = (char *)"cidr:fuzz", .type = "cidr", .path = "fuzz", .fd = -1 };
    struct buf out;

    buf_init(&out, 1 << 20);
    MUST_HOLD(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    MUST_HOLD(map_cidr_open(&m, path) == OK);
    MUST_HOLD(m.ops->get(&m, STR("192.0.2.1"), &out) != TEMP);
    MUST_HOLD(m.ops->get(&m, STR("2001:db8::1"), &out) != TEMP);
    (void)m.ops->get(&m, text, &out);
    rules_free(m.state);
    close(m.fd);
    close(fd);
    buf_done(&out);
}

static struct str group(unsigned n, void *arg)
{
    MUST_HOLD(n < PATTERN_GROUPS);
    return STR("g");
}

static void pattern(struct str text)
{
    static const struct rules_kind kind = { .what = "fuzz", .leaving_out = "skipping" };
    struct source s;
    struct map m = { .fd = -1 };
    struct rule r = { 0 };
    struct pattern_text cut;
    struct buf out;
    unsigned groups;

    buf_init(&out, 1 << 22);
    source_init_text(&s, "fuzz", text);
    if (pattern_cut(&kind, &s, text, &r, &cut) == OK) {
        if (pattern_result(&m, &kind, &s, &r, cut.result, &groups) == OK)
            MUST_HOLD(pattern_expand(r.result, group, NULL, &out) == OK);
        free(cut.pattern);
        free(r.result);
    }
    source_done(&s);
    buf_done(&out);
}

static void network(struct str text)
{
    char why[NETWORK_WHY];
    struct network net;

    if (network_parse(text, &net, why) == OK)
        MUST_HOLD(network_holds(&net, &net));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };

    log_open(&(struct log_options){ .tag = "fuzz", .file_fd = -1 });
    if (!size)
        return 0;
    text = (struct str){ text.p + 1, text.n - 1 };
    switch (data[0] % 6) {
    case 0: entries(text, false); break;
    case 1: entries(text, true); break;
    case 2: aliases(text); break;
    case 3: cidr(text); break;
    case 4: pattern(text); break;
    case 5: network(text); break;
    }
    return 0;
}
