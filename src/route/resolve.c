/* resolve.c - an address to transport, next hop and recipient (what trivial-rewrite's resolving does)
 *
 * Three steps: strip local domains until what is left is remote or a local name
 * (strip_local), choose transport and next hop by address class (route_*), let
 * transport_maps and relocated_maps override. Routing operators that are left in
 * a remote address set .routed, so that nobody relays through us by user%other@ours
 * or "user@other"@ours.
 * Runs in: smtpd (access decisions), the queue manager, sendmail -bv.
 * Parameters: resolve.def, rewrite.def, virtual_alias_*, virtual_mailbox_*, address_verify_*transport*,
 * address_verify_*relayhost*.
 * Tests: tests/unit/resolve_test.c, tests/compat/test_resolve.py
 */
/* SPDX-License-Identifier: ISC */
#include "route/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "mail/addr.h"
#include "map/map.h"
#include "map/match.h"
#include "net/sock.h"
#include "param/stand_in.h"
#include "route/resolve_int.h"
#include "route/rewrite.h"

enum { TEXT_MAX = 3 * ADDR_MAX, NEXTHOP_MAX = 4096 };

struct resolve_tables resolve_tables;

/* Where mail goes; address probes may have settings of their own. */
struct how {
    const char *(*relayhost)(void), *(*local)(void), *(*virtual)(void), *(*relay)(void), *(*other)(void);
    struct maps *transport_maps, *sender_relayhost, *sender_transport;
};

static struct how usual = { par_relayhost, par_local_transport, par_virtual_transport, par_relay_transport,
                            par_default_transport, NULL, NULL, NULL };
static struct how probes = { par_address_verify_relayhost, par_address_verify_local_transport,
                             par_address_verify_virtual_transport, par_address_verify_relay_transport,
                             par_address_verify_default_transport, NULL, NULL, NULL };
static const struct how *how = &usual;

void resolve_init(void)
{
    struct resolve_tables *t = &resolve_tables;
    struct param_view *before;

    if (t->ready)
        return;
    t->ready = true;
    rewrite_init();
    before = param_view_use(rewrite_stand_in()->view);
    t->virtual_alias_domains = match_new("virtual_alias_domains", par_virtual_alias_domains(), 0);
    t->virtual_mailbox_domains = match_new("virtual_mailbox_domains", par_virtual_mailbox_domains(), 0);
    t->relay_domains = match_new("relay_domains", par_relay_domains(), 0);
    usual.transport_maps = maps_open("transport_maps", par_transport_maps(), MAP_FOLD | MAP_NO_REGSUB);
    t->relocated_maps = maps_open("relocated_maps", par_relocated_maps(), MAP_FOLD);
    usual.sender_relayhost = maps_open("sender_dependent_relayhost_maps", par_sender_dependent_relayhost_maps(),
                                       MAP_FOLD | MAP_NO_REGSUB);
    usual.sender_transport = maps_open("sender_dependent_default_transport_maps",
                                       par_sender_dependent_default_transport_maps(), MAP_FOLD | MAP_NO_REGSUB);
    (void)param_view_use(before);
}

void resolve_probe_init(void)
{
    struct param_view *before;

    resolve_init();
    before = param_view_use(rewrite_stand_in()->view);
    probes.transport_maps = maps_open("address_verify_transport_maps", par_address_verify_transport_maps(),
                                      MAP_FOLD | MAP_NO_REGSUB);
    probes.sender_relayhost = maps_open("address_verify_sender_dependent_relayhost_maps",
                                        par_address_verify_sender_dependent_relayhost_maps(),
                                        MAP_FOLD | MAP_NO_REGSUB);
    probes.sender_transport = maps_open("address_verify_sender_dependent_default_transport_maps",
                                        par_address_verify_sender_dependent_default_transport_maps(),
                                        MAP_FOLD | MAP_NO_REGSUB);
    (void)param_view_use(before);
}

void resolved_init(struct resolved *r)
{
    memset(r, 0, sizeof(*r));
    buf_init(&r->transport, NEXTHOP_MAX);
    buf_init(&r->nexthop, NEXTHOP_MAX);
    buf_init(&r->recipient, ADDR_MAX + 256);
}

void resolved_done(struct resolved *r)
{
    buf_done(&r->transport);
    buf_done(&r->nexthop);
    buf_done(&r->recipient);
}

static void set(struct buf *b, struct str text)
{
    buf_reset(b);
    buf_str(b, text);
}

static struct str tail(struct str s, size_t at)
{
    return (struct str){ s.p + at, s.n - at };
}

/* user@dom. to user@dom; and user@ to user with resolve_null_domain. */
static void strip_end(struct buf *ext)
{
    if (ext->n > 1 && ext->p[ext->n - 1] == '.' && ext->p[ext->n - 2] != '.' && ext->p[ext->n - 2] != '@')
        buf_cut(ext, ext->n - 1);
    if (ext->n && ext->p[ext->n - 1] == '@' && par_resolve_null_domain())
        buf_cut(ext, ext->n - 1);
}

static bool has_operator(struct str s)
{
    return addr_rfind(s, '@') < s.n || (par_swap_bangpath() && addr_rfind(s, '!') < s.n) ||
           (par_allow_percent_hack() && addr_rfind(s, '%') < s.n);
}

/* "user@other" in quotes to user@other, likewise % and !. False when there is nothing of that kind. */
static bool crack_quotes(struct buf *ext)
{
    struct buf plain;
    struct str s;
    size_t at, percent, bang;
    bool cracked = true;

    if (!par_resolve_dequoted_address() || ext->n < 2 || ext->p[0] != '"' || ext->p[ext->n - 1] != '"')
        return false;
    buf_init(&plain, TEXT_MAX);
    if (addr_unquote(&plain, buf_view(ext)) != OK) {
        buf_done(&plain);
        return false;
    }
    s = buf_view(&plain);
    at = str_rfind(s, '@');
    percent = str_rfind(s, '%');
    bang = str_find(s, '!');
    if (at == s.n && percent < s.n && par_allow_percent_hack()) {
        plain.p[percent] = '@';
    } else if (at == s.n && bang < s.n && par_swap_bangpath()) {
        char *site = mem_dup_n(s.p, bang);

        buf_drop(&plain, bang + 1);
        buf_printf(&plain, "@%s", site);
        free(site);
    } else if (at == s.n) {
        cracked = false;
    }
    if (cracked) {
        buf_reset(ext);
        addr_quote(ext, buf_view(&plain));
    }
    buf_done(&plain);
    return cracked;
}

/* Strips local domains off ext until a remote one (*remote) or a localpart is left; then *domain is the local domain
 * that was stripped last, or empty. */
static enum result strip_local(struct buf *ext, struct buf *domain, bool *remote)
{
    size_t rounds = ext->n + 100;

    *remote = false;
    for (size_t i = 0; i < rounds; i++) {
        struct str s;
        size_t at;

        strip_end(ext);
        s = buf_view(ext);
        at = addr_rfind(s, '@');
        if (at < s.n) {
            enum result r = at + 1 < s.n ? rewrite_is_local_domain(tail(s, at + 1)) : OK;

            if (r != OK) {
                *remote = r == NONE;
                return r == NONE ? OK : TEMP;
            }
            set(domain, tail(s, at));
            buf_cut(ext, at);
        }
        if (has_operator(buf_view(ext))) {
            rewrite_external(REWRITE_LOCAL, ext);
            continue;
        }
        if (crack_quotes(ext)) {
            rewrite_external(REWRITE_LOCAL, ext);
            continue;
        }
        if (ext->n == 0 || str_eq(buf_view(ext), "\"\"")) {
            set(ext, str_of(par_empty_address_recipient()));
            continue;
        }
        return OK;
    }
    log_warn("resolve: <%s>: giving up", ext->p);
    return TEMP;
}

/* The sender's row of a sender-dependent table. NONE when there is none or it says DUNNO. */
static enum result by_sender(struct maps *maps, const char *param, const char *sender, const char *empty_key,
                             struct buf *out)
{
    struct buf key;
    enum result r;

    if (maps_empty(maps))
        return NONE;
    buf_init(&key, TEXT_MAX);
    addr_quote(&key, str_of(*sender ? sender : empty_key));
    r = *sender ? maps_find_address(maps, buf_view(&key), MAPS_EXT | MAPS_BARE | MAPS_DOMAIN, rewrite_is_bare_domain,
                                    out, NULL, NULL)
                : maps_get(maps, str_of(empty_key), out, NULL);
    buf_done(&key);
    if (r == OK && out->n == 0) {
        log_warn("%s: ignoring null lookup result for %s", param, *sender ? sender : empty_key);
        return NONE;
    }
    if (r == OK && str_eq_case(buf_view(out), "DUNNO"))
        return NONE;
    return r;
}

/* "transport:nexthop" or "transport": what is said overrides. */
static void apply_setting(struct resolved *out, const char *setting)
{
    struct str s = str_of(setting);
    size_t colon = str_find(s, ':');

    set(&out->transport, (struct str){ s.p, colon });
    if (colon + 1 < s.n)
        set(&out->nexthop, tail(s, colon + 1));
}

/* The next hop of mail that leaves: sender_dependent_relayhost_maps, relayhost, recipient's domain. */
static enum result relay_nexthop(const char *sender, struct str domain, struct resolved *out)
{
    enum result r = by_sender(how->sender_relayhost, "sender_dependent_relayhost_maps", sender,
                              par_empty_address_relayhost_maps_lookup_key(), &out->nexthop);

    if (r == NONE)
        set(&out->nexthop, *how->relayhost() ? str_of(how->relayhost()) : domain);
    return r == NONE ? OK : r;
}

static enum result route_default(const char *sender, struct resolved *out)
{
    struct buf setting;
    enum result r;

    out->class = CLASS_DEFAULT;
    buf_init(&setting, NEXTHOP_MAX);
    r = by_sender(how->sender_transport, "sender_dependent_default_transport_maps", sender,
                  par_empty_address_default_transport_maps_lookup_key(), &setting);
    if (r == OK)
        apply_setting(out, setting.p);
    else if (r == NONE)
        apply_setting(out, how->other());
    buf_done(&setting);
    return r == NONE ? OK : r;
}

static enum result route_remote(const char *sender, const char *domain, struct resolved *out)
{
    struct resolve_tables *t = &resolve_tables;
    enum result r;

    r = match_domain(t->virtual_alias_domains, domain);
    if (r == OK) {
        out->class = CLASS_VIRTUAL_ALIAS;
        set(&out->transport, STR("error"));
        buf_reset(&out->nexthop);
        buf_printf(&out->nexthop, "5.1.1 User unknown%s",
                   par_show_user_unknown_table_name() ? " in virtual alias table" : "");
        return OK;
    }
    if (r != NONE)
        return r;
    r = match_domain(t->virtual_mailbox_domains, domain);
    if (r == OK) {
        out->class = CLASS_VIRTUAL_MAILBOX;
        set(&out->nexthop, str_of(domain));
        apply_setting(out, how->virtual());
        return OK;
    }
    if (r != NONE)
        return r;
    r = match_domain(t->relay_domains, domain);
    if (r != OK && r != NONE)
        return r;
    if (relay_nexthop(sender, str_of(domain), out) != OK)
        return TEMP;
    if (r == NONE)
        return route_default(sender, out);
    out->class = CLASS_RELAY;
    apply_setting(out, how->relay());
    return OK;
}

/* transport(5): ":nexthop" keeps the transport, "transport:" takes the recipient's domain. */
static void apply_transport_entry(struct resolved *out, struct str entry, struct str domain)
{
    size_t colon = str_find(entry, ':');
    struct str transport = { entry.p, colon }, nexthop = { entry.p, 0 };

    if (colon < entry.n)
        nexthop = tail(entry, colon + 1);
    if (transport.n)
        set(&out->transport, transport);
    if (nexthop.n)
        set(&out->nexthop, nexthop);
    else if (str_eq(transport, "error") || str_eq(transport, "retry"))
        set(&out->nexthop, STR("Address is undeliverable"));
    else if (transport.n)
        set(&out->nexthop, domain);
}

static enum result apply_transport_maps(struct resolved *out, struct str key, struct str domain)
{
    struct buf entry;
    enum result r;

    if (out->class == CLASS_VIRTUAL_ALIAS || maps_empty(how->transport_maps))
        return OK;
    buf_init(&entry, NEXTHOP_MAX);
    r = maps_find_address(how->transport_maps, key, MAPS_EXT | MAPS_PLAIN_DOMAIN | MAPS_PARENT | MAPS_ANY,
                          rewrite_is_bare_domain, &entry, NULL, NULL);
    if (r == OK)
        apply_transport_entry(out, str_trim(buf_view(&entry)), domain);
    buf_done(&entry);
    return r == NONE ? OK : r;
}

static enum result apply_relocated(struct resolved *out, struct str key)
{
    struct buf where;
    enum result r;

    if (maps_empty(resolve_tables.relocated_maps))
        return OK;
    buf_init(&where, NEXTHOP_MAX);
    r = maps_find_address(resolve_tables.relocated_maps, key, MAPS_EXT | MAPS_BARE | MAPS_DOMAIN,
                          rewrite_is_bare_domain, &where, NULL, NULL);
    if (r == OK) {
        set(&out->transport, STR("error"));
        buf_reset(&out->nexthop);
        buf_printf(&out->nexthop, "%s%s", par_relocated_prefix_enable() ? "5.1.6 User has moved to " : "", where.p);
    }
    buf_done(&where);
    return r == NONE ? OK : r;
}

static bool is_bare_address(struct str domain)
{
    struct sock_addr a;

    return domain.n && domain.p[0] != '[' && sock_parse_addr(domain, 0, &a) == OK;
}

/* The domain must be one; user@1.2.3.4 becomes user@[1.2.3.4] when resolve_numeric_domain says so. */
static enum result check_domain(struct resolved *out, bool *remote)
{
    struct str domain = addr_domain(buf_view(&out->recipient));

    if (out->recipient.p[0] == '-' && !par_allow_min_user())
        return PERM; /* it could be taken for an option by what it is given to */
    if (is_bare_address(domain) && par_resolve_numeric_domain()) {
        enum result r;

        buf_splice(&out->recipient, out->recipient.n - domain.n, 0, STR("["));
        buf_putc(&out->recipient, ']');
        r = rewrite_is_local_domain(addr_domain(buf_view(&out->recipient)));
        *remote = *remote && r != OK;
        return r == TEMP ? TEMP : OK;
    }
    return addr_valid_domain(domain) && !is_bare_address(domain) ? OK : PERM;
}

/* Writes the recipient in internal form. */
static enum result put_recipient(struct resolved *out, struct buf *ext, const struct buf *local_domain, bool remote)
{
    if (!remote && local_domain->n)
        buf_str(ext, buf_view(local_domain));
    else if (!remote)
        buf_printf(ext, "@%s", par_myhostname());
    buf_reset(&out->recipient);
    return addr_unquote(&out->recipient, buf_view(ext));
}

static enum result find_destination(const char *addr, struct resolved *out, bool *remote)
{
    struct buf ext, local_domain;
    enum result r;

    buf_init(&ext, TEXT_MAX);
    buf_init(&local_domain, TEXT_MAX);
    addr_quote(&ext, str_of(addr));
    r = ext.over ? PERM : strip_local(&ext, &local_domain, remote);
    if (r == OK)
        r = put_recipient(out, &ext, &local_domain, *remote);
    if (r == OK)
        r = check_domain(out, remote);
    buf_done(&ext);
    buf_done(&local_domain);
    return r;
}

/* RFC 2821 has nothing to say about % and !, but another host may call a route what is a name to us. */
static bool has_route(const struct buf *recipient)
{
    size_t first = strcspn(recipient->p, "@!%");

    return recipient->n && first != addr_at(buf_view(recipient));
}

static enum result null_setting(struct resolved *out)
{
    if (out->transport.n && out->nexthop.n)
        return OK;
    log_warn("null transport or next hop for <%s>", out->recipient.p);
    return TEMP;
}

static enum result route(const char *sender, struct resolved *out, bool remote)
{
    struct str domain = addr_domain(buf_view(&out->recipient));
    char *name = mem_dup_n(domain.p, domain.n);
    struct buf key;
    enum result r = OK;

    buf_init(&key, TEXT_MAX);
    addr_quote(&key, buf_view(&out->recipient));
    out->routed = has_route(&out->recipient);
    if (remote) {
        r = route_remote(sender, name, out);
    } else {
        out->class = CLASS_LOCAL;
        set(&out->nexthop, domain);
        apply_setting(out, how->local());
    }
    if (r == OK)
        r = apply_transport_maps(out, buf_view(&key), domain);
    if (r == OK)
        r = apply_relocated(out, buf_view(&key));
    if (r == OK)
        r = null_setting(out);
    buf_done(&key);
    free(name);
    return r;
}

static enum result resolve_in_place(const char *sender, const char *addr, struct resolved *out)
{
    bool remote = false;
    enum result r;

    out->routed = false;
    out->class = CLASS_DEFAULT;
    buf_reset(&out->transport);
    buf_reset(&out->nexthop);
    r = find_destination(addr, out, &remote);
    if (r == OK)
        r = route(sender, out, remote);
    if (r == PERM)
        return why_set(&out->why, "5.1.3", "bad address syntax");
    if (r != OK)
        return why_set(&out->why, "4.3.0", "Temporary lookup failure");
    return OK;
}

enum result resolve(const char *sender, const char *addr, struct resolved *out)
{
    struct param_view *before;
    enum result r;

    resolve_init();
    if (rewrite_stand_in()->missing)
        return why_set(&out->why, "4.3.0", "Temporary lookup failure");
    before = param_view_use(rewrite_stand_in()->view);
    r = resolve_in_place(sender, addr, out);
    (void)param_view_use(before);
    return r;
}

enum result resolve_probe(const char *sender, const char *addr, struct resolved *out)
{
    enum result r;

    how = &probes;
    r = resolve(sender, addr, out);
    how = &usual;
    return r;
}
