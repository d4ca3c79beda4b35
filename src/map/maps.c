/* maps.c - a list of tables, and what to ask them for an address or a host
 *
 * Search orders are those of access(5), virtual(5), canonical(5), transport(5).
 * A pattern table is asked for the whole thing only.
 * Runs in: every process that opens tables.
 * Parameters: parent_domain_matches_subdomains, recipient_delimiter, owner_request_special.
 * Tests: tests/unit/maps_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"

enum { KEY_MAX = 4096 };

struct maps {
    char *name;     /* of the parameter */
    struct map **v;
    size_t n;
    unsigned flags;
    bool parents;   /* a domain also stands for its subdomains */
};

bool maps_parent_matches(const char *param_name)
{
    struct str rest = str_of(par_parent_domain_matches_subdomains()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq(word, param_name))
            return true;
    return false;
}

struct maps *maps_open(const char *param_name, const char *list, unsigned flags)
{
    struct maps *ms = mem_new(sizeof *ms);
    struct str rest = str_of(list), word;
    enum result r;

    ms->name = mem_dup(param_name);
    ms->flags = flags;
    ms->parents = maps_parent_matches(param_name);
    while ((r = str_word_braced(&rest, STR_LIST_SEPS, &word)) != NONE) {
        char *spec = mem_dup_n(word.p, word.n);

        if (r != OK)
            log_warn("%s: missing '}' in \"%s\"", param_name, spec);
        ms->v = mem_resize(ms->v, (ms->n + 1) * sizeof *ms->v);
        ms->v[ms->n++] = map_open(spec, flags);
        free(spec);
    }
    return ms;
}

bool maps_empty(const struct maps *ms)
{
    return ms->n == 0;
}

static enum result ask(struct map *m, struct str key, struct buf *out)
{
    enum result r = map_get(m, key, out);

    if (r == OK && out->n == 0) {
        log_warn("%s lookup of %.*s returns an empty string result", map_name(m), (int)key.n, key.p);
        log_warn("%s should return NO RESULT in case of NOT FOUND", map_name(m));
        return TEMP;
    }
    if (r != OK && r != NONE) {
        log_warn("%s lookup error for \"%.*s\"", map_name(m), (int)(key.n > 100 ? 100 : key.n), key.p);
        return TEMP;
    }
    return r;
}

static enum result get(struct maps *ms, struct str key, bool whole, struct buf *out, const char **from)
{
    buf_reset(out);
    if (!key.n)
        return NONE;
    for (size_t i = 0; i < ms->n; i++) {
        enum result r;

        if (!whole && map_class(ms->v[i]) != MAP_FIXED)
            continue;
        r = ask(ms->v[i], key, out);
        if (r == NONE)
            continue;
        if (from)
            *from = map_name(ms->v[i]);
        return r;
    }
    return NONE;
}

enum result maps_get(struct maps *ms, struct str key, struct buf *out, const char **from)
{
    return get(ms, key, true, out, from);
}

enum result maps_get_part(struct maps *ms, struct str key, struct buf *out, const char **from)
{
    return get(ms, key, false, out, from);
}

/* ".example.com" of "www.example.com", or without the dot. False at the end. */
static bool parent(struct str *domain, bool with_dot)
{
    struct str rest = { domain->p + 1, domain->n - 1 };
    size_t dot;

    if (!domain->n)
        return false;
    dot = str_find(rest, '.');
    if (dot == rest.n)
        return false;
    dot += !with_dot;
    *domain = (struct str){ rest.p + dot, rest.n - dot };
    return domain->n > 0;
}

/* Parents of a domain, without the domain itself. */
static enum result get_parents(struct maps *ms, struct str domain, bool with_dot, struct buf *out, const char **from)
{
    enum result r = NONE;

    while (r == NONE && parent(&domain, with_dot))
        r = get(ms, domain, false, out, from);
    return r;
}

enum result maps_find_domain(struct maps *ms, struct str domain, struct buf *out, const char **from)
{
    enum result r = get(ms, domain, true, out, from);

    if (r == NONE && !(ms->flags & MAP_KEEP_KEY))
        r = get_parents(ms, domain, !ms->parents, out, from);
    return r;
}

enum result maps_find_network(struct maps *ms, struct str addr, struct buf *out, const char **from)
{
    int sep = str_find(addr, ':') < addr.n ? ':' : '.';
    enum result r = get(ms, addr, true, out, from);

    while (r == NONE && !(ms->flags & MAP_KEEP_KEY)) {
        size_t at = str_rfind(addr, sep);

        if (at == addr.n)
            break;
        addr.n = at;
        while (addr.n && addr.p[addr.n - 1] == sep) /* of "::" */
            addr.n--;
        r = get(ms, addr, false, out, from);
    }
    return r;
}

/* An address and its parts, external form. */
struct parts {
    struct str full, local, domain;
    struct str bare; /* local without extension; empty = has none */
    struct str ext;  /* with its delimiter */
    bool has_at;
};

/* Kept, so that a search does not allocate. */
static struct buf bare_text, key_text;

static void split(struct parts *p, struct str addr)
{
    size_t at = str_rfind(addr, '@'), n;
    bool quoted;
    struct str name;

    p->full = addr;
    p->has_at = at < addr.n;
    p->local = (struct str){ addr.p, at };
    p->domain = p->has_at ? (struct str){ addr.p + at + 1, addr.n - at - 1 } : STR("");
    p->ext = p->bare = STR("");
    name = p->local;
    quoted = name.n > 1 && name.p[0] == '"' && name.p[name.n - 1] == '"';
    if (quoted)
        name = (struct str){ name.p + 1, name.n - 2 };
    if (!par_recipient_delimiter()[0] || !name.n)
        return;
    n = addr_split_ext(name, par_recipient_delimiter(), par_owner_request_special());
    if (n >= name.n)
        return;
    p->ext = (struct str){ name.p + n, name.n - n };
    buf_reset(&bare_text);
    if (quoted)
        buf_putc(&bare_text, '"');
    buf_add(&bare_text, name.p, n);
    if (quoted)
        buf_putc(&bare_text, '"');
    p->bare = buf_view(&bare_text);
}

struct search {
    struct maps *ms;
    unsigned how;
    bool is_local;
    struct buf *out, *ext;
    const char **from;
};

/* A key without the extension was found: what was left off is the caller's. */
static enum result give_ext(struct search *s, const struct parts *p, enum result r)
{
    if (r == OK && s->ext)
        buf_str(s->ext, p->ext);
    return r;
}

static enum result get_joined(struct search *s, struct str a, struct str b)
{
    buf_reset(&key_text);
    if (!buf_str(&key_text, a) || !buf_str(&key_text, b))
        return NONE;
    return get(s->ms, buf_view(&key_text), false, s->out, s->from);
}

/* user+ext@, user@ (access) or user+ext, user: the same two steps with another tail. */
static enum result find_local(struct search *s, const struct parts *p, struct str tail)
{
    enum result r = get_joined(s, p->local, tail);

    if (r == NONE && p->bare.n && (s->how & MAPS_EXT))
        r = give_ext(s, p, get_joined(s, p->bare, tail));
    return r;
}

static enum result find_user(struct search *s, const struct parts *p)
{
    enum result r = get(s->ms, p->full, true, s->out, s->from);

    if (r == NONE && (s->how & MAPS_EXT) && p->bare.n) {
        struct str at_domain = { p->full.p + p->local.n, p->full.n - p->local.n };

        r = give_ext(s, p, get_joined(s, p->bare, at_domain));
    }
    if (r == NONE && (s->how & MAPS_BARE) && p->has_at && s->is_local)
        r = find_local(s, p, STR(""));
    return r;
}

static enum result find_domain(struct search *s, const struct parts *p)
{
    enum result r = NONE;

    if (!p->domain.n)
        return NONE;
    if (s->how & MAPS_DOMAIN)
        r = get_joined(s, STR("@"), p->domain);
    if (r == NONE && (s->how & MAPS_PLAIN_DOMAIN)) {
        r = get(s->ms, p->domain, false, s->out, s->from);
        if (r == NONE)
            r = get_parents(s->ms, p->domain, !s->ms->parents, s->out, s->from);
    }
    if (r == NONE && (s->how & MAPS_PARENT))
        r = get_parents(s->ms, p->domain, true, s->out, s->from);
    return r;
}

static enum result find(struct search *s, const struct parts *p)
{
    enum result r = find_user(s, p);

    if (s->ms->flags & MAP_KEEP_KEY)
        return r;
    if (r == NONE)
        r = find_domain(s, p);
    if (r == NONE && (s->how & MAPS_USER_AT) && p->local.n)
        r = find_local(s, p, STR("@"));
    if (r == NONE && (s->how & MAPS_ANY))
        r = get(s->ms, STR("*"), false, s->out, s->from);
    return r;
}

enum result maps_find_address(struct maps *ms, struct str addr, unsigned how, bool (*is_local)(struct str domain),
                              struct buf *out, struct buf *ext, const char **from)
{
    struct search s = { .ms = ms, .how = how, .out = out, .ext = ext, .from = from };
    struct parts p;

    buf_reset(out);
    if (ext)
        buf_reset(ext);
    if (maps_empty(ms) || addr.n > KEY_MAX)
        return NONE;
    if (ms->flags & MAP_KEEP_KEY)
        s.how &= MAPS_ANY;
    if (!key_text.max) {
        buf_init(&key_text, 2 * KEY_MAX);
        buf_init(&bare_text, KEY_MAX + 2);
    }
    split(&p, addr);
    s.is_local = (s.how & MAPS_BARE) && p.has_at && is_local && is_local(p.domain);
    return find(&s, &p);
}
