/* resolve_known.c - is a recipient known in its address class?
 *
 * Called by smtpd (reject_unlisted_recipient) and sendmail -bv. A table that
 * fails is TEMP: nobody is refused for good, and nobody is let in, by a broken table.
 * Parameters: local_recipient_maps, relay_recipient_maps, virtual_mailbox_maps,
 * virtual_alias_maps, canonical_maps, recipient_canonical_maps,
 * show_user_unknown_table_name, double_bounce_sender.
 * Tests: tests/unit/resolve_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"
#include "route/resolve.h"
#include "route/rewrite.h"

static struct {
    bool ready;
    struct maps *local_recipients, *relay_recipients, *virtual_mailboxes, *virtual_aliases, *canonical,
        *recipient_canonical;
} tables;

static enum result listed(struct maps *maps, const char *internal)
{
    struct buf key, out;
    enum result r = NONE;

    if (maps_empty(maps))
        return NONE;
    buf_init(&key, 3 * ADDR_MAX);
    buf_init(&out, 65536);
    if (addr_quote(&key, str_of(internal)))
        r = maps_find_address(maps, buf_view(&key), MAPS_EXT | MAPS_BARE | MAPS_DOMAIN, rewrite_is_bare_domain, &out,
                              NULL, NULL);
    if (r == NONE && !str_eq(buf_view(&key), internal)) /* the extension of a quoted name is inside the quotes */
        r = maps_find_address(maps, str_of(internal), MAPS_EXT | MAPS_BARE | MAPS_DOMAIN, rewrite_is_bare_domain, &out,
                              NULL, NULL);
    buf_done(&key);
    buf_done(&out);
    return r;
}

/* Mail to these is made or taken by the mail system itself. */
static bool is_own_name(struct str local)
{
    return str_eq_case(local, par_double_bounce_sender()) || str_eq_case(local, "postmaster") ||
           str_eq_case(local, "mailer-daemon");
}

static enum result unknown(struct why *why, const char *dsn, const char *table)
{
    why_set(why, dsn, "User unknown%s%s%s", par_show_user_unknown_table_name() ? " in " : "",
            par_show_user_unknown_table_name() ? table : "", par_show_user_unknown_table_name() ? " table" : "");
    return NONE;
}

static enum result in_table(struct maps *maps, const char *addr, const char *dsn, const char *table, struct why *why)
{
    enum result r = maps_empty(maps) ? OK : listed(maps, addr);

    if (r == NONE)
        return unknown(why, dsn, table);
    if (r != OK)
        return why_set(why, "4.3.0", "Temporary lookup failure");
    return OK;
}

/* Which of error: and retry: it is decides between 4 and 5, not their text. */
static enum result error_transport(const struct resolved *r, const char *dflt, struct why *why)
{
    const char *text = r->nexthop.p + strspn(r->nexthop.p, " \t");
    size_t n = why_dsn_length(text);
    char dsn[sizeof why->dsn];

    snprintf(dsn, sizeof dsn, "%.*s", n ? (int)n : (int)strlen(dflt), n ? text : dflt);
    dsn[0] = str_eq(buf_view(&r->transport), "retry") ? '4' : '5';
    text += n;
    (void)why_set(why, dsn, "%s", text + strspn(text, " \t"));
    return PERM;
}

static enum result rewritten(const char *addr)
{
    struct maps *list[] = { tables.recipient_canonical, tables.canonical, tables.virtual_aliases };
    enum result r = NONE;

    for (size_t i = 0; i < ARRAY_LEN(list) && r == NONE; i++)
        r = listed(list[i], addr);
    return r;
}

void resolve_known_init(void)
{
    if (tables.ready)
        return;
    tables.ready = true;
    resolve_init();
    tables.local_recipients = maps_open("local_recipient_maps", par_local_recipient_maps(), MAP_FOLD);
    tables.relay_recipients = maps_open("relay_recipient_maps", par_relay_recipient_maps(), MAP_FOLD);
    tables.virtual_mailboxes = maps_open("virtual_mailbox_maps", par_virtual_mailbox_maps(), MAP_FOLD);
    tables.virtual_aliases = maps_open("virtual_alias_maps", par_virtual_alias_maps(), MAP_FOLD);
    tables.canonical = maps_open("canonical_maps", par_canonical_maps(), MAP_FOLD);
    tables.recipient_canonical = maps_open("recipient_canonical_maps", par_recipient_canonical_maps(), MAP_FOLD);
}

enum result resolve_known_recipient(const char *addr, const struct resolved *r, const char *dsn, struct why *why)
{
    const char *recipient = r->recipient.p;
    enum result listing;

    resolve_known_init();
    listing = rewritten(recipient);
    if (listing == OK)
        return OK;
    if (listing != NONE)
        return why_set(why, "4.3.0", "Temporary lookup failure");
    if (str_eq(buf_view(&r->transport), "error") || str_eq(buf_view(&r->transport), "retry"))
        return error_transport(r, dsn, why);
    switch (r->class) {
    case CLASS_LOCAL:
        if (is_own_name(addr_local(buf_view(&r->recipient))))
            return OK;
        return in_table(tables.local_recipients, recipient, dsn, "local recipient", why);
    case CLASS_VIRTUAL_MAILBOX:
        return in_table(tables.virtual_mailboxes, recipient, dsn, "virtual mailbox", why);
    case CLASS_RELAY:
        return in_table(tables.relay_recipients, recipient, dsn, "relay recipient", why);
    default:
        return OK;
    }
}
