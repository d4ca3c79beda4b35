/* cleanup.c - accepting one message: beginning and end
 *
 * Called by smtpd, pickup, bounce and local (forwarding), in their process; calls
 * qfile. A failure is remembered and told at the end, as the protocol wants it;
 * until then further content is only looked at as far as needed to skip it.
 * Trust: content and addresses are hostile, the caller's envelope texts are not.
 * Parameters: internal_mail_filter_classes, smtputf8_autodetect_classes, remote_header_rewrite_domain.
 * Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "cleanup/cleanup.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/htab.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "mail/mime.h"
#include "mail/smtp_text.h"
#include "param/stand_in.h"
#include "queue/qdir.h"
#include "service/service.h"

static struct stand_in as_cleanup; /* whose parameters count in here, but for our caller's filters */

static const size_t env_texts[] = {
#define TEXT(name) offsetof(struct qfile_env, name)
    TEXT(sender),      TEXT(envid),       TEXT(verp),         TEXT(filter),
    TEXT(redirect),    TEXT(message_id),  TEXT(client_name),  TEXT(client_addr),
    TEXT(client_port), TEXT(client_helo), TEXT(client_proto), TEXT(sasl_method),
    TEXT(sasl_user),   TEXT(sasl_sender), TEXT(ident),        TEXT(rewrite_context),
#undef TEXT
};

static const char **env_text(struct qfile_env *env, size_t i)
{
    return (const char **)((char *)env + env_texts[i]);
}

static void set_text(const char **field, const char *text)
{
    char *copy = mem_dup(text ? text : "");

    free((char *)(uintptr_t)*field);
    *field = copy;
}

static void copy_env(struct cleanup *c, const struct qfile_env *env)
{
    c->env = *env;
    for (size_t i = 0; i < ARRAY_LEN(env_texts); i++) {
        const char **field = env_text(&c->env, i);

        *field = mem_dup(*field ? *field : "");
    }
}

void text_list_add(struct text_list *l, const char *text)
{
    if ((l->n & (l->n - 1)) == 0)
        l->list = mem_resize(l->list, (l->n ? 2 * l->n : 1) * sizeof(*l->list));
    l->list[l->n++] = mem_dup(text);
}

void text_list_done(struct text_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->list[i]);
    free(l->list);
    *l = (struct text_list){ 0 };
}

void cleanup_fail(struct cleanup *c, const char *dsn, const char *fmt, ...)
{
    char text[WHY_TEXT];
    va_list ap;

    if (c->failed)
        return;
    c->failed = true;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    why_set(&c->why, dsn, "%s", text);
}

void cleanup_init(void)
{
    static bool ready;
    struct param_view *before;

    if (ready)
        return;
    ready = true;
    stand_in_open(&as_cleanup, par_cleanup_service_name());
    qdir_init();
    rewrite_init();
    before = param_view_use(as_cleanup.view);
    cleanup_map_init();
    cleanup_checks_init();
    cleanup_header_init();
    (void)param_view_use(before);
}

static void free_all(struct cleanup *c)
{
    for (size_t i = 0; i < ARRAY_LEN(env_texts); i++)
        free((char *)(uintptr_t)*env_text(&c->env, i));
    if (ENABLE_MILTER)
        cleanup_milter_free(c);
    cleanup_rcpt_free(c);
    mime_free(c->mime);
    buf_done(&c->line);
    buf_done(&c->header);
    buf_done(&c->out);
    buf_done(&c->body_line);
    free(c->full_name);
    free(c);
}

static bool in_list(const char *list, const char *a, const char *b)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_eq_case(word, a) || str_eq_case(word, b))
            return true;
    return false;
}

/* Where headers of this message are rewritten: not at all when a remote client's stay as they are. */
static enum rewrite_context header_context(enum rewrite_context ctx)
{
    return ctx == REWRITE_REMOTE && !*par_remote_header_rewrite_domain() ? REWRITE_NONE : ctx;
}

/* The envelope is always rewritten as local (smtpd(8): local_header_rewrite_clients is about headers). */
void cleanup_set_sender(struct cleanup *c, const char *text)
{
    struct buf addr;

    buf_init(&addr, ADDR_MAX + 256);
    buf_puts(&addr, text);
    if (addr.n)
        rewrite_internal(REWRITE_LOCAL, &addr);
    if (addr.n && !(c->flags & CLEANUP_NO_REWRITE) && cleanup_map_address(c, MAPS_ENV_SENDER, &addr) != OK)
        cleanup_fail(c, "4.6.0", "Alias expansion error");
    set_text(&c->env.sender, addr.p);
    buf_done(&addr);
}

static void rewrite_sender(struct cleanup *c)
{
    struct buf bcc;
    char *given;

    if (!*c->env.sender)
        return;
    given = mem_dup(c->env.sender);
    cleanup_set_sender(c, given);
    free(given);
    if (c->flags & (CLEANUP_NO_BCC | CLEANUP_NOTICE))
        return;
    buf_init(&bcc, 65536);
    switch (cleanup_find_bcc(true, c->env.sender, &bcc)) {
    case OK:
        text_list_add(&c->bcc, bcc.p);
        break;
    case NONE:
        break;
    default:
        cleanup_fail(c, "4.3.0", "sender_bcc_maps lookup error");
    }
    buf_done(&bcc);
}

/* Rules about the MIME structure of a message; they need its lines. */
static bool is_strict(const struct cleanup *c)
{
    return !(c->flags & CLEANUP_NOTICE) &&
           (par_strict_7bit_headers() || par_strict_8bitmime() || par_strict_8bitmime_body() ||
            par_strict_mime_encoding_domain());
}

/* Mail of ours only when internal_mail_filter_classes wants it. */
static bool is_filtered(const struct cleanup *c)
{
    return c->flags & CLEANUP_NOTICE ? in_list(par_internal_mail_filter_classes(), "bounce", "bounce")
                                     : (c->flags & CLEANUP_FILTER) != 0;
}

static struct cleanup *make(const struct qfile_env *env, enum rewrite_context ctx, unsigned flags, struct why *why)
{
    enum { OUT_MAX = 1 << 28 };
    struct cleanup *c;
    struct qfile_writer *w = qfile_create(flags & CLEANUP_HOLD ? "hold" : "incoming", why);

    if (!w)
        return NULL;
    c = mem_new(sizeof(*c));
    c->w = w;
    c->flags = flags;
    if (flags & CLEANUP_NOTICE)
        c->flags |=
            CLEANUP_NO_BCC | (in_list(par_internal_mail_filter_classes(), "bounce", "bounce") ? 0 : CLEANUP_NO_CHECKS);
    c->header_ctx = header_context(ctx);
    copy_env(c, env);
    c->seen = htab_new();
    c->last[0] = '\r';
    c->last[1] = '\n';
    buf_init(&c->orcpt, 3 * ADDR_MAX);
    buf_init(&c->line, OUT_MAX);
    buf_init(&c->header, OUT_MAX);
    buf_init(&c->out, OUT_MAX);
    buf_init(&c->body_line, OUT_MAX);
    c->char_filter = *par_message_strip_characters() || *par_message_reject_characters();
    c->convert = par_force_mime_input_conversion() && !(flags & CLEANUP_NOTICE);
    c->by_line = c->char_filter || c->convert || cleanup_checks_body(c) || is_strict(c) ||
                 cleanup_checks_header(c, CHECK_MIME_HEADER) || cleanup_checks_header(c, CHECK_NESTED_HEADER);
    c->body_checked = 1; /* the empty line counts */
    if (c->by_line && !par_disable_mime_input_processing())
        c->mime = mime_new((size_t)par_mime_nesting_limit(), (size_t)par_mime_boundary_length_limit());
    rewrite_sender(c);
    if (ENABLE_MILTER && is_filtered(c))
        cleanup_milter_begin(c);
    return c;
}

struct cleanup *cleanup_new(const struct qfile_env *env, enum rewrite_context ctx, unsigned flags, struct why *why)
{
    struct param_view *before;
    struct cleanup *c;

    cleanup_init();
    if (as_cleanup.missing) {
        why_set(why, "4.3.0", "queue file write error");
        return NULL;
    }
    if (in_list(par_receive_override_options(), "no_milters", "no_milters"))
        flags &= ~(unsigned)CLEANUP_FILTER;
    before = param_view_use(as_cleanup.view);
    c = make(env, ctx, flags, why);
    (void)param_view_use(before);
    return c;
}

const char *cleanup_id(const struct cleanup *c)
{
    return qfile_id(c->w);
}

void cleanup_full_name(struct cleanup *c, const char *name)
{
    free(c->full_name);
    c->full_name = mem_dup(name);
}

enum result cleanup_rcpt(struct cleanup *c, const char *addr, const char *orcpt, unsigned notify, struct why *why)
{
    struct param_view *before = param_view_use(as_cleanup.view);
    enum result r = cleanup_add_rcpt(c, addr, orcpt ? orcpt : "", notify, true);

    (void)param_view_use(before);
    if (ENABLE_MILTER && r == OK)
        cleanup_milter_rcpt(c, addr);
    return r == OK ? OK : why_set(why, "4.6.0", "Alias expansion error");
}

void cleanup_original(struct cleanup *c, const char *orig)
{
    c->original = orig && *orig ? orig : NULL;
}

void cleanup_add_flags(struct cleanup *c, unsigned flags)
{
    c->flags |= flags;
}

void cleanup_note(struct cleanup *c, unsigned qfile_flags)
{
    c->env.flags |= qfile_flags;
}

void cleanup_set_filter(struct cleanup *c, const char *filter)
{
    set_text(&c->env.filter, filter);
}

void cleanup_set_redirect(struct cleanup *c, const char *addr)
{
    set_text(&c->env.redirect, addr);
}

void cleanup_prepend(struct cleanup *c, const char *header_line)
{
    struct wire_in in = { 0 };
    struct buf wire;

    buf_init(&wire, 3 * strlen(header_line) + 16);
    if (wire_from_text(&in, &wire, header_line, strlen(header_line), true) && wire_end_text(&in, &wire))
        cleanup_data(c, wire.p, wire.n);
    buf_done(&wire);
}

void cleanup_set_milters(struct cleanup *c, struct milters *ms, bool *refused)
{
    c->milters = ms;
    c->refused = refused;
}

/* How many bytes at the end of p may be the final ".CRLF" or its beginning. */
static size_t possible_end(const struct cleanup *c, const char *p, size_t n)
{
    for (size_t k = n < 3 ? n : 3; k > 0; k--) {
        char before1 = n > k ? p[n - k - 1] : c->last[1];
        char before2 = n > k + 1 ? p[n - k - 2] : n > k ? c->last[1] : c->last[0];

        if (memcmp(p + n - k, ".\r\n", k) == 0 && before1 == '\n' && before2 == '\r')
            return k;
    }
    return 0;
}

static void pass_on(struct cleanup *c, const char *p, size_t n)
{
    if (n == 0)
        return;
    c->last[0] = n > 1 ? p[n - 2] : c->last[1];
    c->last[1] = p[n - 1];
    cleanup_content(c, p, n);
}

static void take_data(struct cleanup *c, const char *p, size_t n)
{
    static const char final[] = ".\r\n";
    size_t k;

    while (n && c->held && c->held < 3) {
        if (*p != final[(int)c->held]) {
            k = (size_t)c->held;
            c->held = 0;
            pass_on(c, final, k);
            break;
        }
        c->held++;
        p++;
        n--;
    }
    if (n == 0 || c->held == 3)
        return;
    k = possible_end(c, p, n);
    pass_on(c, p, n - k);
    c->held = (char)k;
}

void cleanup_data(struct cleanup *c, const char *p, size_t n)
{
    struct param_view *before = param_view_use(as_cleanup.view);

    take_data(c, p, n);
    (void)param_view_use(before);
}

bool cleanup_failed(const struct cleanup *c)
{
    return c->failed;
}

/* smtputf8_autodetect_classes: mail from sendmail says nothing about SMTPUTF8, its addresses and headers do. */
static void detect_utf8(struct cleanup *c)
{
    bool needed = c->utf8 || !str_is_ascii(str_of(c->env.sender));

    for (size_t i = 0; i < c->rcpt_n && !needed; i++)
        needed = !str_is_ascii(str_of(c->rcpts[i].addr));
    if (!needed)
        return;
    c->env.flags |= QF_UTF8_ADDR;
    if ((c->env.flags & QF_LOCAL_ORIGIN) && par_smtputf8_enable() &&
        in_list(par_smtputf8_autodetect_classes(), "sendmail", "all"))
        c->env.flags |= QF_SMTPUTF8;
}

static void abort_file(struct cleanup *c)
{
    qfile_abort(c->w);
    free_all(c);
}

/* DISCARD: for the sender it was accepted. */
static enum result discard(struct cleanup *c, char *id)
{
    snprintf(id, QUEUE_ID_MAX, "%s", cleanup_id(c));
    log_as("cleanup", LOG_LEVEL_INFO, "%s: removed (discarded)", id);
    abort_file(c);
    return OK;
}

static void collect_body_facts(struct cleanup *c)
{
    enum { LINE_MAX_SMTP = 998 }; /* RFC 5321 section 4.5.3.1.6 */

    c->env.size = c->header_size + c->body.wire_bytes - c->body.stuffed;
    if (c->body.longest > LINE_MAX_SMTP)
        c->env.flags |= QF_LONG_LINES;
    if (c->body.has_8bit && !par_detect_8bit_encoding_header())
        c->env.flags |= QF_BODY_8BIT;
}

static void ask_milters(struct cleanup *c)
{
    cleanup_milter_data(c);
    cleanup_milter_content(c);
    if (c->refused)
        *c->refused = c->milter_refused;
}

/* Who can wait tells the queue manager before the disk: what the next hop has in time, the disk need not have. */
static enum result commit(struct cleanup *c, const char *id, struct why *why)
{
    bool hold = c->flags & CLEANUP_HOLD;
    enum result r = qfile_put(c->w, &c->env, c->rcpts, c->rcpt_n, hold ? "hold" : NULL, why);

    if (r != OK)
        return r;
    if ((c->flags & CLEANUP_CAN_WAIT) && qfile_offer(c->w)) {
        service_news(id);
        return qfile_settle(c->w, why);
    }
    r = qfile_sync(c->w, why);
    if (r == OK && !hold)
        service_news(id);
    return r;
}

/* When the filters have had their say. */
static enum result finish(struct cleanup *c, char *id, struct why *why)
{
    enum result r;

    if (c->failed) {
        *why = c->why;
        r = why->dsn[0] == '5' ? PERM : TEMP;
        abort_file(c);
        return r;
    }
    if (c->flags & CLEANUP_DISCARD)
        return discard(c, id);
    collect_body_facts(c);
    detect_utf8(c);
    snprintf(id, QUEUE_ID_MAX, "%s", cleanup_id(c));
    r = commit(c, id, why);
    free_all(c);
    return r;
}

enum result cleanup_end(struct cleanup *c, int64_t size, char *id, struct why *why)
{
    struct param_view *before = param_view_use(as_cleanup.view);
    enum result r;

    cleanup_content_end(c);
    if (!c->failed)
        cleanup_rcpt_end(c);
    (void)param_view_use(before);
    if (ENABLE_MILTER)
        ask_milters(c);
    before = param_view_use(as_cleanup.view);
    r = finish(c, id, why);
    (void)param_view_use(before);
    return r;
}

void cleanup_abort(struct cleanup *c)
{
    log_as("cleanup", LOG_LEVEL_INFO, "%s: removed (canceled)", cleanup_id(c));
    abort_file(c);
}
