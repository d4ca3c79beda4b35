/* rewrite.c - addresses to canonical form (what trivial-rewrite's rewriting does)
 *
 * Works on the external form, so that an operator inside a quoted localpart is
 * text. Each step is a few bytes changed in place.
 * Runs in: every process that accepts or routes mail.
 * Parameters: rewrite.def, myorigin, mydomain, mydestination.
 * Tests: tests/unit/rewrite_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "route/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "mail/addr.h"
#include "map/match.h"
#include "param/stand_in.h"
#include "route/own_addr.h"

static struct stand_in as_rewrite; /* whose parameters count in here and in resolve.c */

static struct str tail(struct str s, size_t at)
{
    return (struct str){ s.p + at, s.n - at };
}

/* "site!user" to "user@site". */
static void swap_bang(struct buf *a, size_t bang)
{
    char *site = mem_dup_n(a->p, bang);

    buf_drop(a, bang + 1);
    buf_putc(a, '@');
    buf_puts(a, site);
    free(site);
}

static const char *read_origin(const char *path)
{
    struct buf text;
    struct str rest, word;
    const char *name;

    buf_init(&text, 4096);
    if (io_read_file(AT_FDCWD, path, &text) != OK)
        log_fatal("myorigin: open %s: %s", path, strerror(errno));
    rest = buf_view(&text);
    if (str_word(&rest, " \t\r\n", &word) != OK || !addr_valid_domain(word))
        log_fatal("myorigin: %s: bad first line", path);
    name = mem_dup_n(word.p, word.n);
    buf_done(&text);
    return name;
}

const char *rewrite_origin(void)
{
    static const char *origin;

    if (!origin)
        origin = par_myorigin()[0] == '/' ? read_origin(par_myorigin()) : par_myorigin();
    return origin;
}

static const char *origin_of(enum rewrite_context ctx)
{
    return ctx == REWRITE_LOCAL ? rewrite_origin() : par_remote_header_rewrite_domain();
}

static const char *domain_of(enum rewrite_context ctx)
{
    return ctx == REWRITE_LOCAL ? par_mydomain() : par_remote_header_rewrite_domain();
}

static void complete_user(enum rewrite_context ctx, struct buf *a)
{
    struct str s = buf_view(a);
    size_t bang = addr_find(s, '!'), percent = addr_rfind(s, '%');

    if (bang < s.n && par_swap_bangpath()) {
        swap_bang(a, bang);
    } else if (percent < s.n && par_allow_percent_hack()) {
        a->p[percent] = '@';
    } else if (par_append_at_myorigin() && *origin_of(ctx)) {
        buf_putc(a, '@');
        buf_puts(a, origin_of(ctx));
    }
}

/* Broken forms like user@ are left alone. */
static void complete_domain(enum rewrite_context ctx, struct buf *a)
{
    struct str s = buf_view(a), domain;
    size_t at = addr_rfind(s, '@');
    char *old;

    if (at + 1 >= s.n || !par_append_dot_mydomain() || !*domain_of(ctx))
        return;
    domain = tail(s, at + 1);
    if (str_find(domain, '[') < domain.n || addr_find(domain, '.') < domain.n)
        return;
    old = param_compat(P_append_dot_mydomain, "1") ? mem_dup_n(domain.p, domain.n) : NULL;
    buf_putc(a, '.');
    buf_puts(a, domain_of(ctx));
    if (old)
        log_as("trivial-rewrite", LOG_LEVEL_INFO,
               "using backwards-compatible default setting append_dot_mydomain=yes to rewrite \"%s\" to \"%s.%s\"",
               old, old, domain_of(ctx));
    free(old);
}

static void strip_last_dot(struct buf *a)
{
    if (a->n > 1 && a->p[a->n - 1] == '.' && a->p[a->n - 2] != '.' && a->p[a->n - 2] != '@')
        buf_cut(a, a->n - 1);
}

static void rewrite(enum rewrite_context ctx, struct buf *addr)
{
    if (addr->n == 1 && addr->p[0] == '@') {
        buf_cut(addr, 0); /* a lone @ is an empty address */
        return;
    }
    buf_drop(addr, addr->n - addr_without_route(buf_view(addr)).n);
    if (addr_rfind(buf_view(addr), '@') == addr->n)
        complete_user(ctx, addr);
    complete_domain(ctx, addr);
    strip_last_dot(addr);
}

void rewrite_external(enum rewrite_context ctx, struct buf *addr)
{
    struct param_view *before;

    if (ctx == REWRITE_NONE || addr->n == 0)
        return;
    before = param_view_use(as_rewrite.view);
    rewrite(ctx, addr);
    (void)param_view_use(before);
}

/* Back to internal form; an address that is none any more (a lone localpart with odd bytes) is left as it is. */
static void to_internal(struct buf *ext, struct buf *addr)
{
    struct buf plain;

    buf_init(&plain, addr->max);
    if (addr_unquote(&plain, buf_view(ext)) == OK)
        buf_splice(addr, 0, addr->n, buf_view(&plain));
    buf_done(&plain);
}

void rewrite_internal(enum rewrite_context ctx, struct buf *addr)
{
    struct buf ext;

    if (ctx == REWRITE_NONE || addr->n == 0)
        return;
    buf_init(&ext, 3 * ADDR_MAX);
    if (addr_quote(&ext, buf_view(addr))) {
        rewrite_external(ctx, &ext);
        to_internal(&ext, addr);
    }
    buf_done(&ext);
}

static struct match *mydestination;

void rewrite_init(void)
{
    struct param_view *before;

    if (mydestination)
        return;
    stand_in_open(&as_rewrite, par_rewrite_service_name());
    before = param_view_use(as_rewrite.view);
    mydestination = match_new("mydestination", par_mydestination(), 0);
    own_addr_init();
    (void)rewrite_origin();
    (void)param_view_use(before);
}

const struct stand_in *rewrite_stand_in(void)
{
    return &as_rewrite;
}

enum result rewrite_is_local_domain(struct str domain)
{
    enum result r;
    char *name;

    rewrite_init();
    if (domain.n > 1 && domain.p[domain.n - 1] == '.')
        domain.n--;
    name = mem_dup_n(domain.p, domain.n);
    r = match_domain(mydestination, name);
    free(name);
    if (r == NONE && own_addr_literal(domain))
        return OK;
    return r;
}

bool rewrite_is_bare_domain(struct str domain)
{
    return str_eq_case(domain, rewrite_origin()) || rewrite_is_local_domain(domain) == OK;
}
