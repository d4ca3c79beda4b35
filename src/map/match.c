/* match.c - match lists: names, domains, networks, with !pattern, /file, type:table
 *
 * The list is cut once; files in it are read then. The first member that
 * matches decides, by its sign.
 * Runs in: every process that opens tables; made before the jail.
 * Parameters: parent_domain_matches_subdomains.  Tests: tests/unit/match_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "map/match.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "map/map.h"
#include "map/network.h"
#include "map/source.h"

enum { MATCH_NEST = 10, MATCH_MEMBERS = 1000000 };

enum member_kind { MEMBER_TEXT, MEMBER_NETWORK, MEMBER_BAD_NETWORK, MEMBER_TABLE, MEMBER_BROKEN };

struct member {
    enum member_kind kind;
    bool negate;
    struct str text;     /* as written; a view into the copy the list keeps, or malloc'd: never freed alone */
    union {
        struct network net;
        struct map *table;
        char *why;       /* BAD_NETWORK, BROKEN */
    };
};

struct match {
    char *param;
    unsigned flags;
    struct member *v;
    size_t n;
    struct buf tmp;      /* answers of tables */
};

/* --- making ------------------------------------------------------------------ */

static struct member *add(struct match *m, enum member_kind kind, struct str text, bool negate)
{
    if ((m->n & (m->n - 1)) == 0)
        m->v = mem_resize(m->v, (m->n ? m->n * 2 : 1) * sizeof *m->v);
    m->v[m->n] = (struct member){ .kind = kind, .negate = negate, .text = { mem_dup_n(text.p, text.n), text.n } };
    return &m->v[m->n++];
}

/* Digits, dots and a length: an IPv4 pattern. Brackets: any address. */
static bool looks_like_network(struct str text)
{
    size_t n = 0;

    if (text.p[0] == '[')
        return true;
    while (n < text.n && (chr_is_digit((unsigned char)text.p[n]) || text.p[n] == '.'))
        n++;
    return n > 0 && (n == text.n || text.p[n] == '/');
}

static void add_network(struct match *m, struct str text, bool negate)
{
    char why[NETWORK_WHY];
    struct network net;

    if (network_parse(text, &net, why) == OK)
        add(m, MEMBER_NETWORK, text, negate)->net = net;
    else
        add(m, MEMBER_BAD_NETWORK, text, negate)->why = mem_dup(why);
}

static void add_list(struct match *m, struct str list, bool negate, unsigned depth);

static void add_file(struct match *m, struct str text, bool negate, unsigned depth)
{
    char *path = mem_dup_n(text.p, text.n);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct source s;
    enum result r;

    if (fd < 0 || depth >= MATCH_NEST) {
        char *why = fd < 0 ? mem_printf("open file %s: %s", path, strerror(errno))
                           : mem_printf("file %s: files are nested too deeply", path);

        log_warn("%s: %s", m->param, why);
        add(m, MEMBER_BROKEN, text, negate)->why = why;
    } else {
        source_init(&s, path, fd);
        while ((r = source_line(&s)) == OK)
            add_list(m, buf_view(&s.line), negate, depth + 1);
        if (r != NONE)
            add(m, MEMBER_BROKEN, text, negate)->why = mem_printf("read file %s: %s", path, strerror(errno));
        source_done(&s);
    }
    if (fd >= 0)
        close(fd);
    free(path);
}

static void add_table(struct match *m, struct str text, bool negate)
{
    char *spec = mem_dup_n(text.p, text.n);

    add(m, MEMBER_TABLE, text, negate)->table = map_open(spec, MAP_FOLD);
    free(spec);
}

static void add_list(struct match *m, struct str list, bool negate, unsigned depth)
{
    struct str word;

    while (str_word_braced(&list, STR_LIST_SEPS, &word) != NONE && m->n < MATCH_MEMBERS) {
        bool sign = negate;

        if (word.p[0] == '#') {
            log_warn("%s: comment at end of line is not supported: %.*s%.*s", m->param, (int)word.n, word.p,
                     (int)(list.n > 100 ? 100 : list.n), list.p);
            return;
        }
        while (word.n && word.p[0] == '!') {
            sign = !sign;
            word = (struct str){ word.p + 1, word.n - 1 };
        }
        if (!word.n)
            log_warn("%s: no pattern after '!'", m->param);
        else if (word.p[0] == '/')
            add_file(m, word, sign, depth);
        else if (word.p[0] != '[' && str_find(word, ':') < word.n)
            add_table(m, word, sign);
        else if (looks_like_network(word))
            add_network(m, word, sign);
        else
            add(m, MEMBER_TEXT, word, sign);
    }
}

struct match *match_new(const char *param_name, const char *list, unsigned flags)
{
    struct match *m = mem_new(sizeof *m);

    m->param = mem_dup(param_name);
    m->flags = flags | (maps_parent_matches(param_name) ? MATCH_SUBDOMAINS : 0);
    buf_init(&m->tmp, 1 << 20);
    add_list(m, str_of(list), false, 0);
    return m;
}

void match_free(struct match *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n; i++) {
        free((char *)m->v[i].text.p);
        if (m->v[i].kind == MEMBER_BAD_NETWORK || m->v[i].kind == MEMBER_BROKEN)
            free(m->v[i].why);
    }
    free(m->v);
    free(m->param);
    buf_done(&m->tmp);
    free(m);
}

/* --- asking ------------------------------------------------------------------ */

struct subject {
    const char *name, *addr; /* NULL = none */
    struct network net;
    bool has_net;
    bool domains;            /* parents of name count */
};

static enum result in_table(struct match *m, const struct member *e, struct str key)
{
    enum result r = map_get(e->table, key, &m->tmp);

    if (r != OK && r != NONE)
        log_warn("%s: %s: table lookup problem", m->param, map_name(e->table));
    return r;
}

/* name, then its parents, "example.com" or ".example.com". */
static enum result table_has_name(struct match *m, const struct member *e, struct str name, bool parents)
{
    enum result r = in_table(m, e, name);

    while (r == NONE && parents && name.n && map_class(e->table) == MAP_FIXED) {
        struct str rest = { name.p + 1, name.n - 1 };
        size_t dot = str_find(rest, '.');

        if (dot == rest.n)
            break;
        dot += (m->flags & MATCH_SUBDOMAINS) != 0;
        name = (struct str){ rest.p + dot, rest.n - dot };
        if (name.n)
            r = in_table(m, e, name);
    }
    return r;
}

static bool text_is_name(const struct match *m, struct str pattern, struct str name, bool parents)
{
    struct str tail;

    if (str_same_case(pattern, name))
        return true;
    if (!parents || name.n <= pattern.n)
        return false;
    tail = (struct str){ name.p + name.n - pattern.n, pattern.n };
    if (!str_same_case(tail, pattern))
        return false;
    if (m->flags & MATCH_SUBDOMAINS)
        return name.p[name.n - pattern.n - 1] == '.';
    return pattern.n && pattern.p[0] == '.';
}

static enum result complain(const struct match *m, const struct member *e)
{
    log_warn("%s: %s", m->param, e->why);
    return TEMP;
}

static enum result test(struct match *m, const struct member *e, const struct subject *s)
{
    enum result r = NONE;

    switch (e->kind) {
    case MEMBER_BROKEN:
        return complain(m, e);
    case MEMBER_TABLE:
        if (s->name)
            r = table_has_name(m, e, str_of(s->name), s->domains);
        if (r == NONE && s->addr)
            r = in_table(m, e, str_of(s->addr));
        return r;
    case MEMBER_NETWORK:
        if (s->has_net && network_holds(&e->net, &s->net))
            return OK;
        break;
    case MEMBER_BAD_NETWORK:
        if (s->addr)
            return complain(m, e);
        break;
    case MEMBER_TEXT:
        break;
    }
    if (s->name && text_is_name(m, e->text, str_of(s->name), s->domains))
        return OK;
    return s->addr && str_eq_case(e->text, s->addr) ? OK : NONE;
}

static enum result search(struct match *m, const struct subject *s)
{
    for (size_t i = 0; i < m->n; i++) {
        enum result r = test(m, &m->v[i], s);

        if (r == OK)
            return m->v[i].negate ? NONE : OK;
        if (r != NONE)
            return m->flags & MATCH_NOTHING_ON_ERROR ? NONE : TEMP;
    }
    return NONE;
}

enum result match_string(struct match *m, const char *text)
{
    struct subject s = { .name = text };

    return search(m, &s);
}

enum result match_domain(struct match *m, const char *domain)
{
    struct subject s = { .name = domain, .domains = true };

    return search(m, &s);
}

enum result match_host(struct match *m, const char *name, const char *addr)
{
    struct subject s = { .name = name, .addr = addr, .domains = true };

    s.has_net = addr && network_parse_addr(str_of(addr), &s.net) == OK;
    return search(m, &s);
}

enum result match_network(struct str pattern, const char *addr)
{
    char why[NETWORK_WHY];
    struct network net, have;

    if (network_parse(pattern, &net, why) != OK)
        return PERM;
    return network_parse_addr(str_of(addr), &have) == OK && network_holds(&net, &have) ? OK : NONE;
}
