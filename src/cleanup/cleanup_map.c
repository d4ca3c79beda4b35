/* cleanup_map.c - address mapping: canonical tables, masquerading, virtual aliases, bcc tables
 *
 * Every table failure and every exceeded limit is TEMP: the message is not taken
 * now, rather than delivered to a part of the list.
 * Parameters: canonical.def, virtual_alias.def, propagate_unmatched_extensions,
 * sender_bcc_maps, recipient_bcc_maps.  Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/htab.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "map/map.h"
#include "map/match.h"
#include "param/param.h"

enum { EXT_CANONICAL = 1, EXT_VIRTUAL = 2, RESULT_MAX = 1 << 20, NESTING_MAX = 10 };

static struct {
    bool ready;
    struct maps *canonical, *sender_canonical, *recipient_canonical, *virtual_alias, *sender_bcc, *recipient_bcc;
    unsigned canonical_classes, sender_classes, recipient_classes, masquerade_classes, propagate;
    struct match *masquerade_exceptions;
} tables;

struct word_bit {
    const char *word;
    unsigned bit;
};

static const struct word_bit class_words[] = {
    { "envelope_sender", MAPS_ENV_SENDER },
    { "envelope_recipient", MAPS_ENV_RCPT },
    { "header_sender", MAPS_HDR_SENDER },
    { "header_recipient", MAPS_HDR_RCPT },
    { NULL, 0 },
};

static const struct word_bit propagate_words[] = {
    { "canonical", EXT_CANONICAL },
    { "virtual", EXT_VIRTUAL },
    { "alias", 0 }, /* local(8)'s business, as the next three */
    { "forward", 0 },
    { "include", 0 },
    { "generic", 0 },
    { NULL, 0 },
};

static unsigned bits_of(const char *param, const char *list, const struct word_bit *words)
{
    struct str rest = str_of(list), word;
    unsigned bits = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        const struct word_bit *w = words;

        while (w->word && !str_eq_case(word, w->word))
            w++;
        if (!w->word)
            log_fatal("unknown %s value: %.*s", param, (int)word.n, word.p);
        bits |= w->bit;
    }
    return bits;
}

void cleanup_map_init(void)
{
    if (tables.ready)
        return;
    tables.ready = true;
    tables.canonical = maps_open("canonical_maps", par_canonical_maps(), MAP_FOLD);
    tables.sender_canonical = maps_open("sender_canonical_maps", par_sender_canonical_maps(), MAP_FOLD);
    tables.recipient_canonical = maps_open("recipient_canonical_maps", par_recipient_canonical_maps(), MAP_FOLD);
    tables.virtual_alias = maps_open("virtual_alias_maps", par_virtual_alias_maps(), MAP_FOLD);
    tables.sender_bcc = maps_open("sender_bcc_maps", par_sender_bcc_maps(), MAP_FOLD);
    tables.recipient_bcc = maps_open("recipient_bcc_maps", par_recipient_bcc_maps(), MAP_FOLD);
    tables.canonical_classes = bits_of("canonical_classes", par_canonical_classes(), class_words);
    tables.sender_classes = bits_of("sender_canonical_classes", par_sender_canonical_classes(), class_words);
    tables.recipient_classes = bits_of("recipient_canonical_classes", par_recipient_canonical_classes(), class_words);
    tables.masquerade_classes = bits_of("masquerade_classes", par_masquerade_classes(), class_words);
    tables.propagate = bits_of("propagate_unmatched_extensions", par_propagate_unmatched_extensions(), propagate_words);
    if (*par_masquerade_exceptions())
        tables.masquerade_exceptions = match_new("masquerade_exceptions", par_masquerade_exceptions(), 0);
}

/* "+ext" goes in front of the @ of a complete address. */
static void add_extension(struct buf *addr, const struct buf *ext)
{
    if (ext->n)
        buf_splice(addr, addr_at(buf_view(addr)), 0, buf_view(ext));
}

/* One address of a table's answer, made complete. */
static void add_result(struct str external, const struct buf *ext, struct text_list *out)
{
    struct buf addr;

    buf_init(&addr, 2 * ADDR_MAX);
    if (addr_unquote(&addr, external) == OK) {
        rewrite_internal(REWRITE_LOCAL, &addr);
        add_extension(&addr, ext);
        text_list_add(out, addr.p);
    }
    buf_done(&addr);
}

/* "@other" keeps the localpart; everything else is a list of addresses. */
static void read_results(const char *addr, struct str answer, const struct buf *ext, struct text_list *out)
{
    struct addr_piece piece;
    size_t at = 0;
    struct buf whole;

    answer = str_trim(answer);
    if (answer.n && answer.p[0] == '@') {
        struct str local = addr_local(str_of(addr));

        buf_init(&whole, 2 * ADDR_MAX);
        buf_str(&whole, local);
        buf_str(&whole, answer);
        if (!whole.over)
            text_list_add(out, whole.p);
        buf_done(&whole);
        return;
    }
    while (addr_next(answer, &at, &piece) == OK)
        if (piece.kind == ADDR_SPEC)
            add_result(piece.text, ext, out);
}

/* What a table makes of an address (internal form): OK with at least one in out, NONE, TEMP. */
static enum result look_up(struct maps *maps, const char *param, const char *addr, bool propagate,
                           struct text_list *out)
{
    struct buf key, answer, ext;
    enum result r;

    if (maps_empty(maps))
        return NONE;
    buf_init(&key, 3 * ADDR_MAX);
    buf_init(&answer, RESULT_MAX);
    buf_init(&ext, ADDR_MAX);
    r = !addr_quote(&key, str_of(addr)) ? NONE
                                        : maps_find_address(maps, buf_view(&key), MAPS_EXT | MAPS_BARE | MAPS_DOMAIN,
                                                            rewrite_is_bare_domain, &answer, &ext, NULL);
    if (!propagate)
        buf_reset(&ext);
    if (r == OK) {
        read_results(addr, buf_view(&answer), &ext, out);
        if (out->n == 0) {
            log_as("cleanup", LOG_LEVEL_WARN, "%s lookup of %s returns an empty or malformed result: %.100s", param,
                   addr, answer.p);
            r = TEMP;
        }
    }
    buf_done(&key);
    buf_done(&answer);
    buf_done(&ext);
    return r == OK || r == NONE ? r : TEMP;
}

static enum result not_now(struct cleanup *c, const char *before, const char *param, const char *after,
                           const char *addr)
{
    log_as("cleanup", LOG_LEVEL_WARN, "%s: %s%s %s %.300s -- message not accepted, try again later", cleanup_id(c),
           before, param, after, addr);
    return TEMP;
}

/* One address to one, again and again until it stays. */
static enum result map_one(struct cleanup *c, struct maps *maps, const char *param, struct buf *addr)
{
    for (int i = 0; i < NESTING_MAX; i++) {
        struct text_list found = { 0 };
        enum result r = look_up(maps, param, addr->p, tables.propagate & EXT_CANONICAL, &found);
        bool same;

        if (r != OK) {
            text_list_done(&found);
            return r == NONE ? OK : not_now(c, "", param, "map lookup problem for", addr->p);
        }
        if (found.n > 1)
            log_as("cleanup", LOG_LEVEL_WARN, "%s: multi-valued %s entry for %s", cleanup_id(c), param, addr->p);
        same = str_cmp_case(addr->p, found.list[0]) == 0;
        buf_reset(addr);
        buf_puts(addr, found.list[0]);
        text_list_done(&found);
        if (same)
            return OK;
    }
    (void)not_now(c, "unreasonable ", param, "map nesting for", addr->p);
    return OK; /* so it is in Postfix, whatever the log says: two names may change places */
}

static bool is_below(struct str domain, struct str parent)
{
    return domain.n > parent.n && domain.p[domain.n - parent.n - 1] == '.' &&
           str_same_case((struct str){ domain.p + domain.n - parent.n, parent.n }, parent);
}

/* masquerade_domains: user@host.dom to user@dom; "!dom" stops the search. */
static enum result masquerade(struct buf *addr)
{
    struct str rest = str_of(par_masquerade_domains()), word;
    struct str domain = addr_domain(buf_view(addr)), local = addr_local(buf_view(addr));

    if (domain.n == 0 || rest.n == 0)
        return OK;
    if (tables.masquerade_exceptions) {
        char *user = mem_dup_n(local.p, local.n);
        enum result r = match_string(tables.masquerade_exceptions, user);

        free(user);
        if (r != NONE)
            return r == OK ? OK : TEMP;
    }
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        bool cut = true;

        for (; word.n && word.p[0] == '!'; word = (struct str){ word.p + 1, word.n - 1 })
            cut = !cut;
        if (word.n == 0)
            continue;
        if (str_same_case(domain, word))
            return OK;
        if (is_below(domain, word)) {
            if (cut)
                buf_splice(addr, local.n + 1, domain.n, word);
            return OK;
        }
    }
    return OK;
}

enum result cleanup_map_address(struct cleanup *c, enum map_class_bits class, struct buf *addr)
{
    bool sender = class == MAPS_ENV_SENDER || class == MAPS_HDR_SENDER;
    enum result r = OK;

    /* A table of the other kind applies too when its classes name this one. */
    if (sender && (tables.sender_classes & class))
        r = map_one(c, tables.sender_canonical, "sender_canonical_maps", addr);
    if (r == OK && !sender && (tables.recipient_classes & class))
        r = map_one(c, tables.recipient_canonical, "recipient_canonical_maps", addr);
    if (r == OK && (tables.canonical_classes & class))
        r = map_one(c, tables.canonical, "canonical_maps", addr);
    if (r == OK && (tables.masquerade_classes & class))
        r = masquerade(addr);
    return r;
}

/* Replaces list[at] by what was found, the rest behind the end. NONE: a limit. */
static enum result take_results(struct cleanup *c, struct text_list *list, size_t at, const struct text_list *found,
                                struct htab *done)
{
    char *was = list->list[at];
    enum result r = OK;

    for (size_t i = 0; i < found->n && r == OK; i++) {
        if (strlen(found->list[i]) > (size_t)par_virtual_alias_address_length_limit())
            r = not_now(c, "unreasonable ", "virtual_alias_maps", "result length for", was);
        else if (i > 0)
            text_list_add(list, found->list[i]);
        if (str_cmp_case(was, found->list[i]) == 0) /* an address may expand to itself, once */
            htab_put(done, str_of(was), list);
    }
    if (r == OK) {
        list->list[at] = mem_dup(found->list[0]);
        free(was);
    }
    return r;
}

static enum result expand_one(struct cleanup *c, struct text_list *list, size_t at, struct htab *done)
{
    for (int64_t depth = 0;; depth++) {
        struct text_list found = { 0 };
        enum result r;

        if (htab_get(done, str_of(list->list[at])))
            return OK;
        if (depth >= par_virtual_alias_recursion_limit())
            return not_now(c, "unreasonable ", "virtual_alias_maps", "map nesting for", list->list[at]);
        r = look_up(tables.virtual_alias, "virtual_alias_maps", list->list[at], tables.propagate & EXT_VIRTUAL, &found);
        if (r == OK)
            r = take_results(c, list, at, &found, done);
        else if (r == TEMP)
            r = not_now(c, "", "virtual_alias_maps", "map lookup problem for", list->list[at]);
        text_list_done(&found);
        if (r != OK)
            return r == NONE ? OK : TEMP;
    }
}

enum result cleanup_expand(struct cleanup *c, const char *addr, struct text_list *out)
{
    struct htab *done;
    enum result r = OK;

    text_list_add(out, addr);
    if (maps_empty(tables.virtual_alias))
        return OK;
    done = htab_new();
    for (size_t i = 0; i < out->n && r == OK; i++) {
        if (out->n > (size_t)par_virtual_alias_expansion_limit())
            r = not_now(c, "unreasonable ", "virtual_alias_maps", "map expansion size for", addr);
        else
            r = expand_one(c, out, i, done);
    }
    htab_free(done, NULL);
    return r;
}

enum result cleanup_find_bcc(bool by_sender, const char *addr, struct buf *out)
{
    struct maps *maps = by_sender ? tables.sender_bcc : tables.recipient_bcc;
    struct buf key;
    enum result r = NONE;

    if (maps_empty(maps))
        return NONE;
    buf_init(&key, 3 * ADDR_MAX);
    if (addr_quote(&key, str_of(addr)))
        r = maps_find_address(maps, buf_view(&key), MAPS_EXT | MAPS_BARE | MAPS_DOMAIN, rewrite_is_bare_domain, out,
                              NULL, NULL);
    buf_done(&key);
    return r == OK || r == NONE ? r : TEMP;
}
