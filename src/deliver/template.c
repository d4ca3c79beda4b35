/* template.c - the explanations in notices
 *
 * bounce_template_file has entries "failure_template = <<EOF", header lines
 * (Charset, From, Subject, Postmaster-Subject), an empty line, text, "EOF". What
 * it does not have is built in. Text is expanded when it is sent: any parameter,
 * and two of them with a unit, as in $delay_warning_time_hours.
 * Runs in: bounce, postconf.  Parameters: delay_warning_time, maximal_queue_lifetime; any in the text.
 * Tests: tests/smtp/bounce-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "deliver/template.h"
#include "param/param.h"

enum { TEMPLATE_FILE_MAX = 256 * 1024, BODY_MAX = 256 * 1024 };

#define FROM "Mail Delivery System <MAILER-DAEMON>"
#define HOST "This message was written by the mail system of $myhostname.\n\n"
#define HELP "Questions go to postmaster at that host. Please send this report along;\n" \
    "the copy of your own message is not needed.\n\n"

static const char *path = ""; /* of the template file */

/* The subjects are what people and filters know these notices by. */
static struct template templates[NOTICE_KINDS] = {
    [NOTICE_FAILURE] = { "failure", "us-ascii", FROM, "Undelivered Mail Returned to Sender",
                         "Postmaster Copy: Undelivered Mail",
                         HOST "It could not deliver your message to the recipients named below, and has\n"
                              "given up. Your message, or its header, is attached.\n\n" HELP },
    [NOTICE_DELAY] = { "delay", "us-ascii", FROM, "Delayed Mail (still being retried)",
                       "Postmaster Warning: Delayed Mail",
                       HOST "Your message has been waiting for more than $delay_warning_time_hours hour(s).\n"
                            "There is nothing you need to do, and no reason to send it again: attempts go\n"
                            "on until it is $maximal_queue_lifetime_days day(s) old.\n\n" HELP },
    [NOTICE_SUCCESS] = { "success", "us-ascii", FROM, "Successful Mail Delivery Report", NULL,
                         HOST "Your message has reached the recipients named below. Where it was handed on\n"
                              "to another system, that system may still report a failure.\n\n" },
    [NOTICE_VERIFY] = { "verify", "us-ascii", FROM, "Mail Delivery Status Report", NULL,
                        HOST "Here is the delivery report that was asked for.\n\n" },
};

/* --- reading the file --- */

static struct template *find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
        size_t n = strlen(templates[i].name);

        if (name.n == n + 9 && memcmp(name.p, templates[i].name, n) == 0 && memcmp(name.p + n, "_template", 9) == 0)
            return &templates[i];
    }
    return NULL;
}

static struct str next_line(struct str *rest)
{
    size_t n = str_find(*rest, '\n');
    struct str line = { rest->p, n };

    n += n < rest->n;
    rest->p += n;
    rest->n -= n;
    return line;
}

static bool set_header(struct template *t, struct str line)
{
    static const struct { const char *name; size_t at; } headers[] = {
        { "Charset", offsetof(struct template, charset) },
        { "From", offsetof(struct template, from) },
        { "Subject", offsetof(struct template, subject) },
        { "Postmaster-Subject", offsetof(struct template, postmaster_subject) },
    };
    size_t colon = str_find(line, ':');
    struct str value;

    if (colon == line.n)
        return false;
    value = str_trim((struct str){ line.p + colon + 1, line.n - colon - 1 });
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        if (str_eq_case((struct str){ line.p, colon }, headers[i].name)) {
            *(const char **)((char *)t + headers[i].at) = mem_dup_n(value.p, value.n);
            return true;
        }
    return false;
}

/* A template that has a fault is refused as a whole, and the built-in one used. */
static void set_template(struct template *t, struct str text)
{
    struct template made = { .name = t->name, .charset = "us-ascii", .from = t->from };

    while (text.n) {
        struct str line = next_line(&text);

        if (!str_trim(line).n)
            break;
        if (!str_is_ascii(line) || !set_header(&made, line)) {
            log_warn("%s: %s_template: unknown or malformed header \"%.*s\" -- using the built-in template",
                     path, t->name, (int)line.n, line.p);
            return;
        }
    }
    if (!made.subject || !text.n) {
        log_warn("%s: %s_template: no Subject or no text -- using the built-in template", path, t->name);
        return;
    }
    if (str_eq_case(str_of(made.charset), "us-ascii") && !str_is_ascii(text)) {
        log_warn("%s: %s_template: 8-bit text, and no Charset that has it -- using the built-in template", path,
                 t->name);
        return;
    }
    made.body = mem_dup_n(text.p, text.n);
    *t = made;
}

/* Cuts the text up to the line that is the end mark. */
static bool here_text(struct str *rest, struct str mark, struct str *text)
{
    text->p = rest->p;
    while (rest->n) {
        const char *at = rest->p;

        if (str_same(str_trim(next_line(rest)), mark)) {
            text->n = (size_t)(at - text->p);
            return true;
        }
    }
    return false;
}

static void parse_file(struct str rest)
{
    while (rest.n) {
        struct str line = str_trim(next_line(&rest)), name, value, text;
        size_t equals = str_find(line, '=');
        struct template *t;

        if (!line.n || line.p[0] == '#')
            continue;
        name = str_trim((struct str){ line.p, equals });
        value = equals < line.n ? str_trim((struct str){ line.p + equals + 1, line.n - equals - 1 })
                                : (struct str){ "", 0 };
        t = find(name);
        if (value.n < 3 || memcmp(value.p, "<<", 2) != 0 ||
            !here_text(&rest, str_trim((struct str){ value.p + 2, value.n - 2 }), &text)) {
            log_warn("%s: malformed entry \"%.*s\"", path, (int)line.n, line.p);
            return;
        }
        if (t)
            set_template(t, text);
        else
            log_warn("%s: unknown template \"%.*s\"", path, (int)name.n, name.p);
    }
}

void template_init(const char *file)
{
    struct buf text;

    path = file;
    if (!*path)
        return;
    buf_init(&text, TEMPLATE_FILE_MAX);
    if (io_read_file(AT_FDCWD, path, &text) == OK)
        parse_file(buf_view(&text));
    else
        log_warn("open bounce template file %s: %s -- using the built-in templates", path, strerror(errno));
    buf_done(&text);
}

/* --- using them --- */

const struct template *template_get(enum notice_kind kind)
{
    return &templates[kind];
}

/* "delay_warning_time_hours": the parameter in that unit. */
static const char *in_unit(const char *name, const char *param, int64_t seconds)
{
    static const struct { const char *unit; int64_t seconds; } units[] = {
        { "seconds", 1 }, { "minutes", 60 }, { "hours", 3600 }, { "days", 86400 }, { "weeks", 604800 },
    };
    static char text[32];
    size_t n = strlen(param);

    if (strncmp(name, param, n) != 0 || name[n] != '_')
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strcmp(name + n + 1, units[i].unit) == 0) {
            snprintf(text, sizeof text, "%lld", (long long)(seconds / units[i].seconds));
            return text;
        }
    return NULL;
}

static const char *lookup(const char *name, void *arg)
{
    const char *v = in_unit(name, "delay_warning_time", par_delay_warning_time());

    return v ? v : in_unit(name, "maximal_queue_lifetime", par_maximal_queue_lifetime());
}

void template_body(const struct template *t, struct buf *out)
{
    const char *bad;

    if (param_expand_with(t->body, lookup, NULL, NULL, out, &bad) == OK)
        return;
    log_warn("%s_template: %s", t->name, bad);
    buf_reset(out);
    buf_puts(out, t->body);
}
