/* map_pcre.c - pcre:/path: Perl-compatible regular expressions in order, pcre_table(5)
 *
 * Calls libpcre2, without its compiler to machine code (that wants executable memory).
 * Runs in: every process that opens tables; the file is read before the jail.
 * Parameters: none.  Feature: MAP_PCRE.  Tests: tests/unit/map_test.c
 */
/* SPDX-License-Identifier: ISC */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/pattern.h"
#include "map/source.h"
#include "param/param.h"

enum result map_pcre_open(struct map *m, const char *path);

struct subject {
    struct str text;
    const struct map *m;
};

/* One for all tables; made at the first open. */
static pcre2_match_data *found;

static const struct {
    char letter;
    uint32_t option;
} letters[] = {
    { 'i', PCRE2_CASELESS }, { 'm', PCRE2_MULTILINE }, { 's', PCRE2_DOTALL }, { 'x', PCRE2_EXTENDED },
    { 'A', PCRE2_ANCHORED }, { 'E', PCRE2_DOLLAR_ENDONLY }, { 'U', PCRE2_UNGREEDY }, { 'X', 0 },
};

/* pcre_table(5): every letter toggles; i and s are on at first. X is accepted, PCRE2 has no use for it. */
static enum result options(const struct rules_kind *kind, const struct source *s, struct str flags, uint32_t *out)
{
    *out = PCRE2_CASELESS | PCRE2_DOTALL;
    for (size_t i = 0; i < flags.n; i++) {
        size_t k = 0;

        while (k < ARRAY_LEN(letters) && letters[k].letter != flags.p[i])
            k++;
        if (k == ARRAY_LEN(letters)) {
            rules_warn(kind, s, "unknown regexp option \"%c\": skipping this rule", flags.p[i]);
            return PERM;
        }
        *out ^= letters[k].option;
    }
    return OK;
}

static enum result compile(const struct rules_kind *kind, struct map *m, const struct source *s, const char *text,
                           uint32_t opt, unsigned groups, struct rule *r)
{
    int err;
    size_t at;
    uint32_t have = 0;
    pcre2_code *code;
    unsigned char why[256];

    if (!(m->flags & MAP_BYTES) && par_smtputf8_enable())
        opt |= PCRE2_UTF;
    code = pcre2_compile((PCRE2_SPTR)text, strlen(text), opt, &err, &at, NULL);
    r->pattern = code;
    if (!code) {
        pcre2_get_error_message(err, why, sizeof why);
        rules_warn(kind, s, "error in regex at offset %zu: %s", at, (const char *)why);
        return PERM;
    }
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &have);
    if (groups > have || groups >= PATTERN_GROUPS) {
        rules_warn(kind, s, "out of range replacement index \"%u\": skipping this rule", groups);
        pcre2_code_free(code);
        return PERM;
    }
    return OK;
}

static enum result pcre_parse(const struct rules_kind *kind, struct map *m, const struct source *s, struct str text,
                              struct rule *r)
{
    struct pattern_text cut;
    unsigned groups = 0;
    enum result res = pattern_cut(kind, s, text, r, &cut);
    uint32_t opt;

    if (res != OK)
        return res;
    res = options(kind, s, cut.flags, &opt);
    if (res == OK && !r->is_if)
        res = pattern_result(m, kind, s, r, cut.result, &groups);
    if (res == OK)
        res = compile(kind, m, s, cut.pattern, opt, groups, r);
    if (res != OK)
        free(r->result);
    free(cut.pattern);
    return res;
}

static enum result pcre_match(const struct rule *r, void *subject)
{
    const struct subject *s = subject;
    int n = pcre2_match(r->pattern, (PCRE2_SPTR)s->text.p, s->text.n, 0, 0, found, NULL);
    unsigned char why[256];

    if (n >= 0 || n == PCRE2_ERROR_NOMATCH)
        return (n >= 0) != r->negate ? OK : NONE;
    pcre2_get_error_message(n, why, sizeof why);
    log_warn("pcre map %s, line %u: %s", s->m->path, (unsigned)r->line,
             (const char *)why);
    return n <= PCRE2_ERROR_UTF8_ERR1 && n >= PCRE2_ERROR_UTF8_ERR21 ? NONE : TEMP;
}

static void pcre_drop(void *pattern)
{
    pcre2_code_free(pattern);
}

static const struct rules_kind pcre_kind = {
    .what = "pcre",
    .parse = pcre_parse,
    .match = pcre_match,
    .drop = pcre_drop,
    .endif_alone = "ignoring ENDIF without matching IF",
    .endif_garbage = "ignoring extra text after ENDIF",
    .garbage_counts = true,
    .leaving_out = "ignoring",
    .no_group_zero = true,
};

static struct str group(unsigned n, void *arg)
{
    const struct subject *s = arg;
    const PCRE2_SIZE *v = pcre2_get_ovector_pointer(found);

    if (n >= pcre2_get_ovector_count(found) || v[2 * n] == PCRE2_UNSET || v[2 * n] > v[2 * n + 1])
        return STR("");
    return (struct str){ s->text.p + v[2 * n], v[2 * n + 1] - v[2 * n] };
}

static enum result pcre_get(struct map *m, struct str key, struct buf *out)
{
    struct subject s = { key, m };
    const struct rule *hit;
    enum result r = rules_find(m->state, &s, &hit);

    return r == OK ? pattern_expand(hit->result, group, &s, out) : r;
}

static const struct map_ops pcre_ops = { pcre_get, NULL };

enum result map_pcre_open(struct map *m, const char *path)
{
    enum result r;

    if (!found)
        found = pcre2_match_data_create(PATTERN_GROUPS, NULL);
    if (!found)
        return map_surrogate(m, "%s: out of memory", m->spec);
    r = rules_load(m, path, &pcre_kind);
    if (r == OK)
        m->ops = &pcre_ops;
    return r;
}
