/* cleanup_checks.c - header_checks, body_checks and their kin: a table says what happens to a line
 *
 * Parameters: header_checks, mime_header_checks, nested_header_checks, body_checks.
 * Tests: tests/unit/cleanup_test.c
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup_int.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"

enum { SHOWN = 200, ANSWER_MAX = 65536 };

static struct {
    bool ready;
    struct maps *maps[CHECK_KINDS];
} tables;

void cleanup_checks_init(void)
{
    if (tables.ready)
        return;
    tables.ready = true;
    tables.maps[CHECK_HEADER] = maps_open("header_checks", par_header_checks(), MAP_BYTES);
    tables.maps[CHECK_MIME_HEADER] = maps_open("mime_header_checks", par_mime_header_checks(), MAP_BYTES);
    tables.maps[CHECK_NESTED_HEADER] = maps_open("nested_header_checks", par_nested_header_checks(), MAP_BYTES);
    tables.maps[CHECK_BODY] = maps_open("body_checks", par_body_checks(), MAP_BYTES);
    if (ENABLE_MILTER)
        tables.maps[CHECK_MILTER_HEADER] = maps_open("milter_header_checks", par_milter_header_checks(), MAP_BYTES);
}

bool cleanup_checks_header(const struct cleanup *c, enum check_kind kind)
{
    return !(c->flags & CLEANUP_NO_CHECKS) && !c->check_off && !maps_empty(tables.maps[kind]);
}

bool cleanup_checks_body(const struct cleanup *c)
{
    return cleanup_checks_header(c, CHECK_BODY);
}

struct check {
    struct cleanup *c;
    enum check_kind kind;
    struct str arg;      /* what follows the action's name */
    struct buf *text, *prepend;
    bool replaced;
};

/* "QID: ACTION: header CONTENT from ORIGIN; from=<S> to=<R> proto=P helo=<H>: TEXT" */
static void report(const struct check *k, const char *action, struct str arg)
{
    const struct qfile_env *e = &k->c->env;
    struct buf line;
    size_t shown = strnlen(k->text->p, k->text->n < SHOWN ? k->text->n : SHOWN);

    buf_init(&line, 8192);
    buf_printf(&line, "%s: %s%s: %s ", cleanup_id(k->c), k->kind == CHECK_MILTER_HEADER ? "milter-header-" : "", action,
               k->kind == CHECK_BODY ? "body" : "header");
    buf_add(&line, k->text->p, shown);
    if (e->flags & QF_LOCAL_ORIGIN)
        buf_puts(&line, " from local;");
    else
        buf_printf(&line, " from %s[%s];", e->client_name, e->client_addr);
    buf_printf(&line, " from=<%s>", e->sender);
    if (k->c->rcpt_n)
        buf_printf(&line, " to=<%s>", k->c->rcpts[0].addr);
    if (*e->client_proto)
        buf_printf(&line, " proto=%s", e->client_proto);
    if (*e->client_helo)
        buf_printf(&line, " helo=<%s>", e->client_helo);
    if (arg.n)
        buf_printf(&line, ": %.*s", (int)arg.n, arg.p);
    log_as("cleanup", LOG_LEVEL_INFO, "%s", line.p);
    buf_done(&line);
}

static size_t dsn_at(struct str s)
{
    char text[16];
    size_t n = s.n < sizeof(text) - 1 ? s.n : sizeof(text) - 1;

    memcpy(text, s.p, n);
    text[n] = 0;
    return why_dsn_length(text);
}

static enum result do_reject(struct check *k)
{
    struct str text = k->arg;
    size_t n = dsn_at(text);
    char dsn[12] = "5.7.1";

    if (n && n < sizeof(dsn)) {
        memcpy(dsn, text.p, n);
        dsn[n] = 0;
        text = str_trim((struct str){ text.p + n, text.n - n });
    }
    if (text.n) {
        char *logged = mem_printf("%s %.*s", dsn, (int)text.n, text.p);

        report(k, "reject", str_of(logged));
        free(logged);
        cleanup_fail(k->c, dsn, "%.*s", (int)text.n, text.p);
    } else {
        char *logged = mem_printf("%s message content rejected", dsn);

        report(k, "reject", str_of(logged));
        free(logged);
        cleanup_fail(k->c, dsn, "message content rejected");
    }
    return NONE;
}

static enum result do_warn(struct check *k)
{
    report(k, "warning", k->arg);
    return OK;
}

static enum result do_info(struct check *k)
{
    report(k, "info", k->arg);
    return OK;
}

static enum result do_hold(struct check *k)
{
    if (!(k->c->flags & CLEANUP_HOLD))
        report(k, "hold", k->arg);
    k->c->flags |= CLEANUP_HOLD;
    return OK;
}

static enum result do_discard(struct check *k)
{
    report(k, "discard", k->arg);
    k->c->flags |= CLEANUP_DISCARD;
    k->c->check_off = true;
    return OK;
}

static enum result do_ignore(struct check *k)
{
    return NONE;
}

static enum result do_strip(struct check *k)
{
    report(k, "strip", k->arg);
    return NONE;
}

static enum result do_dunno(struct check *k)
{
    return OK;
}

static enum result do_pass(struct check *k)
{
    report(k, "pass", k->arg);
    k->c->check_off = true;
    return OK;
}

static const char *table_of(const struct check *k)
{
    static const char *const names[CHECK_KINDS] = {
        [CHECK_HEADER] = "header_checks", [CHECK_MIME_HEADER] = "mime_header_checks",
        [CHECK_NESTED_HEADER] = "nested_header_checks", [CHECK_BODY] = "body_checks",
        [CHECK_MILTER_HEADER] = "milter_header_checks",
    };

    return names[k->kind];
}

static void no_text(const struct check *k, const char *action)
{
    log_as("cleanup", LOG_LEVEL_WARN, "%s action without text in %s map", action, table_of(k));
}

static void no_address(const struct check *k, const char *what)
{
    log_as("cleanup", LOG_LEVEL_WARN, "bad %s \"%.*s\" in %s map -- need user@domain", what, (int)k->arg.n, k->arg.p,
           table_of(k));
}

static enum result do_filter(struct check *k)
{
    char dest[1024];

    if (str_find(k->arg, ':') == k->arg.n || k->arg.n >= sizeof(dest)) {
        log_as("cleanup", LOG_LEVEL_WARN, "bad FILTER command %.*s in %s -- need transport:destination", (int)k->arg.n,
               k->arg.p, table_of(k));
        return OK;
    }
    memcpy(dest, k->arg.p, k->arg.n);
    dest[k->arg.n] = 0;
    report(k, "filter", k->arg);
    cleanup_set_filter(k->c, dest);
    return OK;
}

/* An address argument in internal form: false when it is none. */
static bool address(struct check *k, struct buf *addr)
{
    return str_find(k->arg, '@') < k->arg.n && addr_unquote(addr, k->arg) == OK;
}

static enum result do_redirect(struct check *k)
{
    struct buf addr;

    buf_init(&addr, ADDR_MAX);
    if (address(k, &addr)) {
        char *external = mem_dup_n(k->arg.p, k->arg.n);

        report(k, "redirect", k->arg);
        cleanup_set_redirect(k->c, external);
        k->c->check_off = true;
        free(external);
    } else {
        no_address(k, "REDIRECT target");
    }
    buf_done(&addr);
    return OK;
}

static enum result do_bcc(struct check *k)
{
    struct buf addr;

    buf_init(&addr, ADDR_MAX);
    if (address(k, &addr)) {
        char *external = mem_dup_n(k->arg.p, k->arg.n);

        report(k, "bcc", k->arg);
        text_list_add(&k->c->bcc, external);
        free(external);
    } else {
        no_address(k, "BCC address");
    }
    buf_done(&addr);
    return OK;
}

/* Text of a table goes into the message: line ends become CRLF. */
static void put_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n')
            buf_putc(out, '\r');
        buf_putc(out, text.p[i]);
    }
}

static enum result do_prepend(struct check *k)
{
    if (k->arg.n == 0) {
        no_text(k, "PREPEND");
        return OK;
    }
    if (k->kind != CHECK_BODY && header_name_length(k->arg) == 0) {
        log_as("cleanup", LOG_LEVEL_WARN, "%s: PREPEND action with bad text \"%.*s\"", cleanup_id(k->c), (int)k->arg.n,
               k->arg.p);
        return OK;
    }
    report(k, "prepend", k->arg);
    put_text(k->prepend, k->arg);
    return OK;
}

static enum result do_replace(struct check *k)
{
    if (k->arg.n == 0) {
        no_text(k, "REPLACE");
        return OK;
    }
    if (k->kind != CHECK_BODY && header_name_length(k->arg) == 0) {
        log_as("cleanup", LOG_LEVEL_WARN, "%s: REPLACE action with bad text \"%.*s\"", cleanup_id(k->c), (int)k->arg.n,
               k->arg.p);
        return OK;
    }
    report(k, "replace", k->arg);
    buf_reset(k->text);
    buf_str(k->text, k->arg);
    k->replaced = true;
    return OK;
}

static const struct {
    const char *name;
    enum result (*run)(struct check *k);
} actions[] = {
    { "BCC", do_bcc },         { "DISCARD", do_discard }, { "DUNNO", do_dunno },     { "FILTER", do_filter },
    { "HOLD", do_hold },       { "IGNORE", do_ignore },   { "INFO", do_info },       { "OK", do_dunno },
    { "PASS", do_pass },       { "PREPEND", do_prepend }, { "REDIRECT", do_redirect }, { "REJECT", do_reject },
    { "REPLACE", do_replace }, { "STRIP", do_strip },     { "WARN", do_warn },
};

static enum result act(struct check *k, struct str answer)
{
    struct str name;
    size_t i = 0;

    answer = str_trim(answer);
    k->arg = answer;
    if (str_word(&k->arg, " \t", &name) != OK) {
        log_as("cleanup", LOG_LEVEL_WARN, "%s: empty action in a %s table", cleanup_id(k->c), table_of(k));
        return OK;
    }
    k->arg = str_trim(k->arg);
    while (i < ARRAY_LEN(actions) && !str_eq_case(name, actions[i].name))
        i++;
    if (i < ARRAY_LEN(actions))
        return actions[i].run(k);
    log_as("cleanup", LOG_LEVEL_WARN, "unknown command in %s map: %.*s", table_of(k), (int)answer.n, answer.p);
    return OK;
}

static void to_lf(struct buf *text)
{
    size_t to = 0;

    for (size_t i = 0; i < text->n; i++)
        if (text->p[i] != '\r' || i + 1 == text->n || text->p[i + 1] != '\n')
            text->p[to++] = text->p[i];
    buf_cut(text, to);
}

static void to_crlf(struct buf *text)
{
    struct buf out;

    buf_init(&out, text->max);
    put_text(&out, buf_view(text));
    buf_reset(text);
    buf_str(text, buf_view(&out));
    buf_done(&out);
}

enum result cleanup_check(struct cleanup *c, enum check_kind kind, struct buf *text, struct buf *prepend)
{
    struct check k = { .c = c, .kind = kind, .text = text, .prepend = prepend };
    bool folded = kind != CHECK_BODY && memchr(text->p, '\n', text->n);
    struct buf answer, seen;
    enum result r;

    buf_init(&answer, ANSWER_MAX);
    buf_init(&seen, text->max);
    buf_str(&seen, buf_view(text));
    if (folded)
        to_lf(&seen);
    r = maps_get(tables.maps[kind], buf_view(&seen), &answer, NULL);
    if (r == OK) {
        k.text = &seen;
        r = act(&k, buf_view(&answer));
        if (r == OK && k.replaced) {
            buf_reset(text);
            buf_str(text, buf_view(&seen));
            if (kind != CHECK_BODY)
                to_crlf(text);
        }
    } else if (r == NONE) {
        r = OK;
    } else {
        cleanup_fail(c, "4.3.0", "queue file write error");
        r = NONE;
    }
    buf_done(&answer);
    buf_done(&seen);
    return r;
}

enum result cleanup_check_milter(struct cleanup *c, struct buf *text)
{
    struct buf prepend;
    enum result r;

    if (maps_empty(tables.maps[CHECK_MILTER_HEADER]))
        return OK;
    buf_init(&prepend, 65536);
    r = cleanup_check(c, CHECK_MILTER_HEADER, text, &prepend);
    buf_done(&prepend);
    return r;
}
