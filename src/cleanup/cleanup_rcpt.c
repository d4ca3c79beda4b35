/* cleanup_rcpt.c - the recipients of a message: expanded, without repetition, with bcc and redirect
 *
 * Parameters: always_bcc, duplicate_filter_limit, enable_original_recipient,
 * empty_address_recipient.  Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/htab.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "mail/smtp_text.h"
#include "param/param.h"

static void put(struct cleanup *c, const char *addr, const char *orig, const char *orcpt, unsigned notify)
{
    if (c->rcpt_n == c->rcpt_cap) {
        c->rcpt_cap = c->rcpt_cap ? 2 * c->rcpt_cap : 4;
        c->rcpts = mem_resize(c->rcpts, c->rcpt_cap * sizeof(*c->rcpts));
    }
    c->rcpts[c->rcpt_n++] = (struct qfile_rcpt){
        .addr = mem_dup(addr), .orig = mem_dup(orig), .orcpt = mem_dup(*orcpt ? orcpt : c->orcpt.p), .notify = notify,
    };
}

/* The same address asked for in the same way counts once; duplicate_filter_limit bounds what is remembered. */
static bool is_repeated(struct cleanup *c, const char *addr, const char *orig, const char *orcpt, unsigned notify)
{
    int64_t limit = par_duplicate_filter_limit();
    struct buf key;
    bool repeated;

    buf_init(&key, 8 * ADDR_MAX);
    buf_printf(&key, "%s\n%u\n%s\n%s", orcpt, notify, orig, addr);
    repeated = !key.over && htab_get(c->seen, buf_view(&key));
    if (!repeated && !key.over && (limit == 0 || htab_count(c->seen) < (size_t)limit))
        htab_put(c->seen, buf_view(&key), c);
    buf_done(&key);
    return repeated;
}

static void put_once(struct cleanup *c, const char *addr, const char *orig, const char *orcpt, unsigned notify)
{
    const char *distinct = par_enable_original_recipient() ? orig : ""; /* "no": one copy for a mailbox */

    if (!is_repeated(c, addr, distinct, orcpt, notify))
        put(c, addr, orig, orcpt, notify);
}

/* RFC 3461 section 5.2.7.1: the sender is told of the alias, not of its members. */
static void put_alias(struct cleanup *c, const char *addr, const char *orig, const char *orcpt)
{
    put(c, addr, orig, orcpt, RCPT_EXPANDED);
    c->rcpts[c->rcpt_n - 1].done = true;
    c->env.flags |= QF_EXPANDED;
}

static enum result put_expanded(struct cleanup *c, const char *addr, const char *orig, const char *orcpt,
                                unsigned notify)
{
    struct text_list list = { 0 };
    enum result r;

    if (c->flags & CLEANUP_NO_EXPAND) {
        put_once(c, addr, orig, orcpt, notify);
        return OK;
    }
    r = cleanup_expand(c, addr, &list);
    if (r == OK && (notify & DSN_NOTIFY_SUCCESS) && (list.n > 1 || strcmp(list.list[0], addr))) {
        put_alias(c, addr, orig, orcpt);
        notify &= ~(unsigned)DSN_NOTIFY_SUCCESS;
        notify = notify ? notify : DSN_NOTIFY_NEVER;
    }
    for (size_t i = 0; i < list.n && r == OK; i++)
        put_once(c, list.list[i], orig, orcpt, notify);
    text_list_done(&list);
    return r;
}

/* recipient_bcc_maps; a copy of a copy is not made. */
static enum result note_bcc(struct cleanup *c, const char *addr)
{
    struct buf found;
    enum result r;

    buf_init(&found, 65536);
    r = cleanup_find_bcc(false, addr, &found);
    if (r == OK)
        text_list_add(&c->bcc, found.p);
    buf_done(&found);
    return r == NONE ? OK : r;
}

/* Mail of the sendmail command: the address as canonical tables have it (RFC 3461 section 4.2), as in Postfix. */
static void make_orcpt(struct cleanup *c, const struct buf *addr)
{
    buf_reset(&c->orcpt);
    if ((c->env.flags & QF_LOCAL_ORIGIN) && str_is_ascii(buf_view(addr))) {
        buf_puts(&c->orcpt, "rfc822;");
        buf_str(&c->orcpt, buf_view(addr));
    }
}

enum result cleanup_add_rcpt(struct cleanup *c, const char *addr, const char *orcpt, unsigned notify, bool with_bcc)
{
    struct buf clean;
    enum result r = OK;

    buf_init(&clean, 2 * ADDR_MAX);
    buf_puts(&clean, *addr ? addr : par_empty_address_recipient());
    rewrite_internal(REWRITE_LOCAL, &clean);
    if (!(c->flags & CLEANUP_NO_REWRITE))
        r = cleanup_map_address(c, MAPS_ENV_RCPT, &clean);
    make_orcpt(c, &clean);
    if (r == OK)
        r = put_expanded(c, clean.p, c->original ? c->original : addr, orcpt, notify);
    if (r == OK && with_bcc && !(c->flags & (CLEANUP_NO_BCC | CLEANUP_NOTICE)))
        r = note_bcc(c, clean.p);
    buf_done(&clean);
    return r;
}

/* Tables and always_bcc hold external form, one address. */
static void add_bcc(struct cleanup *c, const char *external)
{
    struct buf addr;

    buf_init(&addr, 2 * ADDR_MAX);
    if (addr_unquote(&addr, str_trim(str_of(external))) == OK &&
        cleanup_add_rcpt(c, addr.p, "", DSN_NOTIFY_NEVER, false) != OK)
        cleanup_fail(c, "4.6.0", "Alias expansion error");
    buf_done(&addr);
}

/* sendmail -t: the Resent- recipients only, when there are any. */
static void add_extracted(struct cleanup *c)
{
    const struct text_list *from = c->extracted_resent.n ? &c->extracted_resent : &c->extracted;

    for (size_t i = 0; i < from->n; i++)
        if (cleanup_add_rcpt(c, from->list[i], "", 0, true) != OK)
            cleanup_fail(c, "4.6.0", "Alias expansion error");
}

static void drop(const struct qfile_rcpt *r)
{
    free((char *)(uintptr_t)r->addr);
    free((char *)(uintptr_t)r->orig);
    free((char *)(uintptr_t)r->orcpt);
}

static void drop_all(struct cleanup *c)
{
    for (size_t i = 0; i < c->rcpt_n; i++)
        drop(&c->rcpts[i]);
    c->rcpt_n = 0;
}

/* REDIRECT: all recipients become one, which stands for the first; a content filter would be in the way. */
static void redirect(struct cleanup *c)
{
    struct buf addr;

    buf_init(&addr, 2 * ADDR_MAX);
    if (addr_unquote(&addr, str_of(c->env.redirect)) == OK) {
        char *orig = mem_dup(c->rcpts[0].orig);

        rewrite_internal(REWRITE_LOCAL, &addr);
        drop_all(c);
        make_orcpt(c, &addr);
        put(c, addr.p, orig, "", 0);
        free(orig);
    }
    buf_done(&addr);
    free((char *)(uintptr_t)c->env.redirect);
    c->env.redirect = mem_dup("");
    cleanup_set_filter(c, "");
}

void cleanup_rcpt_end(struct cleanup *c)
{
    if (c->flags & CLEANUP_EXTRACT)
        add_extracted(c);
    if (c->rcpt_n == 0) {
        cleanup_fail(c, "5.1.0", "no recipients specified");
        return;
    }
    for (size_t i = 0; i < c->bcc.n; i++)
        add_bcc(c, c->bcc.list[i]);
    if (*par_always_bcc() && !(c->flags & (CLEANUP_NO_BCC | CLEANUP_NOTICE)))
        add_bcc(c, par_always_bcc());
    if (*c->env.redirect)
        redirect(c);
}

void cleanup_rcpt_delete(struct cleanup *c, const char *addr)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->rcpt_n; i++) {
        struct qfile_rcpt *r = &c->rcpts[i];

        if (strcmp(*r->orig ? r->orig : r->addr, addr) == 0)
            drop(r);
        else
            c->rcpts[kept++] = *r;
    }
    if (kept < c->rcpt_n) { /* it may be added again */
        htab_free(c->seen, NULL);
        c->seen = htab_new();
    }
    c->rcpt_n = kept;
}

void cleanup_rcpt_free(struct cleanup *c)
{
    drop_all(c);
    free(c->rcpts);
    htab_free(c->seen, NULL);
    text_list_done(&c->extracted);
    text_list_done(&c->extracted_resent);
    text_list_done(&c->bcc);
    buf_done(&c->orcpt);
}
