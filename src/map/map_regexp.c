/* map_regexp.c - regexp:/path: POSIX regular expressions in order, regexp_table(5)
 *
 * Runs in: every process that opens tables; the file is read before the jail.
 * Parameters: none.  Feature: MAP_REGEXP.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/pattern.h"
#include "map/source.h"

enum result map_regexp_open(struct map *m, const char *path);

struct subject {
    const char *text;
    regmatch_t groups[PATTERN_GROUPS];
};

struct pattern {
    regex_t re;
    unsigned groups; /* how many the result needs, whole match included; 0 = none */
};

static struct buf scratch; /* regexec wants an end of text */

static enum result regexp_match(const struct rule *r, void *subject)
{
    const struct pattern *p = r->pattern;
    struct subject *s = subject;
    int err = regexec(&p->re, s->text, p->groups, s->groups, 0);
    char why[128];

    if (err == 0 || err == REG_NOMATCH)
        return (err == 0) != r->negate ? OK : NONE;
    regerror(err, &p->re, why, sizeof why);
    log_warn("regexp map, line %u: %s", (unsigned)r->line, why);
    return TEMP;
}

/* regexp_table(5): every letter toggles; i and x are on at first. */
static enum result options(const struct rules_kind *kind, const struct source *s, struct str flags, int *out)
{
    *out = REG_EXTENDED | REG_ICASE;
    for (size_t i = 0; i < flags.n; i++) {
        switch (flags.p[i]) {
        case 'i':
            *out ^= REG_ICASE;
            break;
        case 'm':
            *out ^= REG_NEWLINE;
            break;
        case 'x':
            *out ^= REG_EXTENDED;
            break;
        default:
            rules_warn(kind, s, "unknown regexp option \"%c\": skipping this rule", flags.p[i]);
            return PERM;
        }
    }
    return OK;
}

static enum result compile(const struct rules_kind *kind, const struct source *s, const char *text, int opt,
                           unsigned groups, struct rule *r)
{
    struct pattern *p = mem_new(sizeof *p);
    char why[256];
    int err = regcomp(&p->re, text, opt | (groups ? 0 : REG_NOSUB));

    r->pattern = p;
    p->groups = groups;
    if (err) {
        regerror(err, &p->re, why, sizeof why);
        rules_warn(kind, s, "%s", why);
        free(p);
        return PERM;
    }
    if (groups && groups - 1 > p->re.re_nsub) {
        rules_warn(kind, s, "out of range replacement index \"%u\": skipping this rule", groups - 1);
        regfree(&p->re);
        free(p);
        return PERM;
    }
    return OK;
}

static enum result regexp_parse(const struct rules_kind *kind, struct map *m, const struct source *s, struct str text,
                                struct rule *r)
{
    struct pattern_text cut;
    unsigned groups = 0;
    enum result res = pattern_cut(kind, s, text, r, &cut);
    int opt;

    if (res != OK)
        return res;
    res = options(kind, s, cut.flags, &opt);
    if (res == OK && !r->is_if) {
        res = pattern_result(m, kind, s, r, cut.result, &groups);
        if (res == OK && strchr(r->result, '$'))
            groups++;
    }
    if (res == OK)
        res = compile(kind, s, cut.pattern, opt, groups, r);
    if (res != OK)
        free(r->result);
    free(cut.pattern);
    return res;
}

static void regexp_drop(void *pattern)
{
    struct pattern *p = pattern;

    regfree(&p->re);
    free(p);
}

static const struct rules_kind regexp_kind = {
    .what = "regexp",
    .parse = regexp_parse,
    .match = regexp_match,
    .drop = regexp_drop,
    .endif_alone = "ignoring ENDIF without matching IF",
    .endif_garbage = "ignoring extra text after ENDIF",
    .garbage_counts = true,
    .leaving_out = "skipping",
};

static struct str group(unsigned n, void *arg)
{
    const struct subject *s = arg;

    if (s->groups[n].rm_so < 0)
        return STR("");
    return (struct str){ s->text + s->groups[n].rm_so, (size_t)(s->groups[n].rm_eo - s->groups[n].rm_so) };
}

static enum result regexp_get(struct map *m, struct str key, struct buf *out)
{
    const struct rule *hit;
    struct subject s;
    enum result r;

    if (!scratch.max)
        buf_init(&scratch, MAP_SCRATCH_MAX);
    buf_reset(&scratch);
    if (!buf_str(&scratch, key)) {
        log_warn("%s: lookup key is too long", m->spec);
        return TEMP;
    }
    s.text = scratch.p;
    r = rules_find(m->state, &s, &hit);
    return r == OK ? pattern_expand(hit->result, group, &s, out) : r;
}

static const struct map_ops regexp_ops = { regexp_get, NULL };

enum result map_regexp_open(struct map *m, const char *path)
{
    enum result r = rules_load(m, path, &regexp_kind);

    if (r == OK)
        m->ops = &regexp_ops;
    return r;
}
