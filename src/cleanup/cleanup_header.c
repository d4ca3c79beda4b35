/* cleanup_header.c - one header: checks, what it says about the message, its addresses
 *
 * A header stays as it came, byte for byte, unless rewriting or a canonical table
 * changes an address in it; then its list is folded anew.
 * Parameters: message_drop_headers, hopcount_limit, header_address_token_limit,
 * detect_8bit_encoding_header.  Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "mail/mime.h"
#include "param/param.h"

static struct str value_of(struct str header)
{
    size_t colon = str_find(header, ':');

    return colon < header.n ? (struct str){ header.p + colon + 1, header.n - colon - 1 } : (struct str){ header.p, 0 };
}

static struct { /* message_drop_headers, cut into words once */
    struct str *list;
    size_t n;
} dropped;

void cleanup_header_init(void)
{
    struct str rest = str_of(par_message_drop_headers()), word;

    if (dropped.list)
        return;
    dropped.list = mem_new_array(rest.n / 2 + 1, sizeof(*dropped.list)); /* a word and its separator are two bytes */
    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        dropped.list[dropped.n++] = word;
}

static bool is_dropped(struct str name)
{
    for (size_t i = 0; i < dropped.n; i++)
        if (str_same_case(dropped.list[i], name))
            return true;
    return false;
}

void cleanup_set_message_id(struct cleanup *c, const char *id)
{
    free((char *)(uintptr_t)c->env.message_id);
    c->env.message_id = mem_dup(id);
}

/* One line for the log: what a fold or a control byte was becomes a blank. */
static void note_message_id(struct cleanup *c, struct str value, bool resent)
{
    enum { SHOWN = 900 };
    char *id;

    value = str_trim(value);
    id = mem_dup_n(value.p, value.n < SHOWN ? value.n : SHOWN);
    for (char *p = id; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    log_as("cleanup", LOG_LEVEL_INFO, "%s: %smessage-id=%s", cleanup_id(c), resent ? "resent-" : "", id);
    if (!resent)
        cleanup_set_message_id(c, id);
    free(id);
}

static void count_hop(struct cleanup *c)
{
    if (++c->hops < par_hopcount_limit())
        return;
    if (!c->failed)
        log_as("cleanup", LOG_LEVEL_WARN, "%s: message rejected: hopcount exceeded", cleanup_id(c));
    cleanup_fail(c, "5.4.0", "too many hops");
}

static void note_encoding(struct cleanup *c, struct str value)
{
    if (str_eq_case(str_trim(value), "8bit") && par_detect_8bit_encoding_header())
        c->env.flags |= QF_BODY_8BIT;
}

/* RFC 8689 section 5, and what Postfix's filters carry REQUIRETLS in. */
static void note_tls_wish(struct cleanup *c, enum header_id id, struct str value)
{
    value = str_trim(value);
    if (id == HDR_TLS_REQUIRED && str_eq_case(value, "no") && par_tls_required_enable())
        c->env.flags |= QF_TLS_OPTIONAL;
    if (ENABLE_REQUIRETLS && id == HDR_REQUIRE_TLS_ESMTP && str_eq_case(value, "yes") && par_requiretls_enable() &&
        par_requiretls_esmtp_header())
        c->env.flags |= QF_REQUIRETLS;
}

static void note_facts(struct cleanup *c, enum header_id id, struct str header)
{
    struct str value = value_of(header);

    c->headers_seen |= UINT64_C(1) << id;
    if (header_flags(id) & HDR_RESENT)
        c->resent = true;
    if (!str_is_ascii(header))
        c->utf8 = true;
    if (id == HDR_RECEIVED)
        count_hop(c);
    else if (id == HDR_MESSAGE_ID || id == HDR_RESENT_MESSAGE_ID)
        note_message_id(c, value, id == HDR_RESENT_MESSAGE_ID);
    else if (id == HDR_CONTENT_TRANSFER_ENCODING)
        note_encoding(c, value);
    else if (id == HDR_TLS_REQUIRED || id == HDR_REQUIRE_TLS_ESMTP)
        note_tls_wish(c, id, value);
}

/* An address of a header, in external form: rewritten as the header's class has it. */
static void map_external(struct cleanup *c, unsigned flags, struct buf *addr)
{
    struct buf internal;

    rewrite_external(c->header_ctx, addr);
    buf_init(&internal, 2 * ADDR_MAX);
    if (addr_unquote(&internal, buf_view(addr)) == OK) {
        if (!(c->flags & CLEANUP_NO_REWRITE) &&
            cleanup_map_address(c, flags & HDR_SENDER_ADDR ? MAPS_HDR_SENDER : MAPS_HDR_RCPT, &internal) != OK)
            cleanup_fail(c, "4.6.0", "Alias expansion error");
        buf_reset(addr);
        addr_quote(addr, buf_view(&internal)); /* "a..b@c" and the like get the quotes they need */
    }
    buf_done(&internal);
}

static void extract(struct cleanup *c, unsigned flags, struct str external)
{
    struct buf internal;

    buf_init(&internal, ADDR_MAX + 256);
    if (addr_unquote(&internal, addr_without_route(external)) == OK)
        text_list_add(flags & HDR_RESENT ? &c->extracted_resent : &c->extracted, internal.p);
    buf_done(&internal);
}

/* Nothing but blanks and comments since an address: the two were words side by side. */
static bool is_filler(const struct buf *out, size_t since)
{
    size_t depth = 0;

    for (size_t i = since; i < out->n; i++) {
        char ch = out->p[i];

        if (ch == '\\' && i + 1 < out->n)
            i++;
        else if (ch == '(')
            depth++;
        else if (ch == ')' && depth)
            depth--;
        else if (depth == 0 && ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n')
            return false;
    }
    return true;
}

/* The end of a quoted string or a comment that begins at at. */
static size_t skip_quoted(struct str s, size_t at)
{
    char end = s.p[at] == '"' ? '"' : ')';
    size_t depth = 1;

    for (at++; at < s.n && depth; at++) {
        if (s.p[at] == '\\')
            at++;
        else if (s.p[at] == end)
            depth--;
        else if (end == ')' && s.p[at] == '(')
            depth++;
    }
    return at < s.n ? at : s.n;
}

/* Another address, not the same one with blanks and comments in it. */
static bool is_other(struct str before, struct str after)
{
    struct buf tight;
    bool other;

    buf_init(&tight, before.n + 1);
    for (size_t i = 0, end; i < before.n; i = end) {
        end = before.p[i] == '"' || before.p[i] == '(' ? skip_quoted(before, i) : i + 1;
        if (before.p[i] != '(' && !chr_is_space(before.p[i]))
            buf_add(&tight, before.p + i, end - i);
    }
    other = !str_same(buf_view(&tight), after);
    buf_done(&tight);
    return other;
}

/* One member of an address list from *at on: up to its comma, blanks single. */
static void next_member(struct str value, size_t *at, struct buf *out)
{
    bool blank = false;

    while (*at < value.n) {
        size_t from = *at;

        if (chr_is_space(value.p[from])) {
            blank = out->n > 0;
            (*at)++;
            continue;
        }
        if (blank && value.p[from] != ',' && value.p[from] != ';')
            buf_putc(out, ' ');
        blank = false;
        *at = value.p[from] == '"' || value.p[from] == '(' ? skip_quoted(value, from) : from + 1;
        buf_add(out, value.p + from, *at - from);
        if (value.p[from] == ',')
            return;
    }
}

/* A header with an address that was changed: its list is set anew, as many members to a line as go into it. */
static void fold_list(struct str header, struct buf *out)
{
    enum { WIDTH = 70 };
    struct str value = value_of(header);
    size_t at = 0, line = 0, start = header.n - value.n;
    struct buf member;

    buf_init(&member, out->max);
    buf_add(out, header.p, start);
    while (at < value.n) {
        buf_reset(&member);
        next_member(value, &at, &member);
        if (member.n == 0)
            continue;
        if (out->n > start && out->n - line + 1 + member.n >= WIDTH) {
            buf_puts(out, "\r\n\t");
            line = out->n;
        } else {
            buf_putc(out, ' ');
        }
        buf_str(out, buf_view(&member));
    }
    buf_done(&member);
}

/* Copies header to out with its addresses rewritten; takes recipients from it. True: one was changed, so out counts. */
static bool rewrite_addresses(struct cleanup *c, unsigned flags, struct str header, struct buf *out)
{
    struct str value = value_of(header);
    int64_t tokens = par_header_address_token_limit();
    struct addr_piece piece;
    bool changed = false;
    struct buf addr;
    size_t at = 0, last_end = 0;

    buf_init(&addr, 3 * ADDR_MAX);
    buf_add(out, header.p, header.n - value.n);
    while (tokens > 0 && !c->failed && addr_next(value, &at, &piece) == OK) {
        struct str text = piece.text;

        tokens -= str_trim(text).n > 0;
        if (piece.kind == ADDR_SPEC) {
            buf_reset(&addr);
            buf_str(&addr, text);
            if (c->header_ctx != REWRITE_NONE)
                map_external(c, flags, &addr);
            changed = changed || (!addr.over && is_other(text, buf_view(&addr)));
            if (!addr.over)
                text = buf_view(&addr);
            if (c->header_ctx != REWRITE_NONE && last_end && is_filler(out, last_end))
                buf_splice(out, last_end, 0, STR(","));
            buf_str(out, text);
            last_end = out->n;
            if ((flags & HDR_EXTRACT) && (c->flags & CLEANUP_EXTRACT))
                extract(c, flags, piece.text);
        } else {
            if (last_end && last_end == out->n && text.p[0] == '>')
                last_end++;
            buf_str(out, text);
        }
    }
    at = addr_next_position(at);
    if (at < value.n) /* what is beyond the limit goes */
        buf_cut(out, last_end);
    buf_done(&addr);
    return changed;
}

void cleanup_header_rewritten(struct cleanup *c, struct buf *header, enum header_id id)
{
    unsigned flags = header_flags(id);
    struct buf out, folded;

    if (!(flags & (HDR_SENDER_ADDR | HDR_RCPT_ADDR)) ||
        (c->header_ctx == REWRITE_NONE && !((flags & HDR_EXTRACT) && (c->flags & CLEANUP_EXTRACT)))) {
        cleanup_put_header(c, buf_view(header));
        return;
    }
    buf_init(&out, header->max);
    buf_init(&folded, header->max);
    if (rewrite_addresses(c, flags, buf_view(header), &out))
        fold_list(buf_view(&out), &folded);
    if (!is_dropped((struct str){ header->p, header_name_length(buf_view(header)) }))
        cleanup_put_header(c, buf_view(folded.n && !folded.over ? &folded : header));
    buf_done(&folded);
    buf_done(&out);
}

/* PREPEND: its lines go in front, as they are. */
static void put_prepended(struct cleanup *c, struct buf *prepend)
{
    if (prepend->n)
        cleanup_put_header(c, buf_view(prepend));
}

/* False: the header goes away. */
static bool passes_checks(struct cleanup *c, enum header_id id, struct buf *header)
{
    enum check_kind kind = header_flags(id) & HDR_MIME ? CHECK_MIME_HEADER : CHECK_HEADER;
    struct buf prepend;
    enum result r;

    if (!cleanup_checks_header(c, kind))
        return true;
    buf_init(&prepend, 65536);
    r = cleanup_check(c, kind, header, &prepend);
    put_prepended(c, &prepend);
    buf_done(&prepend);
    return r == OK && header_name_length(buf_view(header)) > 0;
}

void cleanup_header(struct cleanup *c, struct buf *header)
{
    struct str name = { header->p, header_name_length(buf_view(header)) };
    enum header_id id = header_id(name);

    cleanup_mime_header(c, id, buf_view(header)); /* as it came, whatever a table makes of it */
    if (!passes_checks(c, id, header))
        return;
    name = (struct str){ header->p, header_name_length(buf_view(header)) };
    id = header_id(name);
    note_facts(c, id, buf_view(header));
    if (!(c->flags & CLEANUP_NOTICE))
        cleanup_check_8bit_header(c, buf_view(header));
    if (c->failed)
        return;
    if (is_dropped(name) && !(c->flags & CLEANUP_EXTRACT))
        return;
    if (c->convert && id == HDR_CONTENT_TRANSFER_ENCODING && c->mime && mime_instead(c->mime))
        return; /* begin_body() says what takes its place */
    if (is_dropped(name) && !(header_flags(id) & HDR_EXTRACT))
        return;
    cleanup_header_rewritten(c, header, id);
}
