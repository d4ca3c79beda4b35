/* milter_conf.c - lists of filters and of macros, as main.cf has them
 *
 * A member is "inet:host:port", "unix:path" or "{ endpoint, name = value ... }".
 * Runs in: smtpd, pickup and others that receive mail.  Feature: MILTER.
 * Parameters: milter_*.  Tests: tests/unit/milter_test.c, tests/smtp/milter-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "milter/milter_int.h"
#include "param/param.h"

static bool set_version(struct milter *f, struct str text)
{
    struct str word;
    int64_t n;

    f->wanted_version = 0;
    f->no_header_reply = false;
    while (str_word(&text, STR_LIST_SEPS, &word) == OK) {
        if (num_parse(word, 2, 6, &n) == OK && n != 5)
            f->wanted_version = (unsigned)n;
        else if (str_eq_case(word, "no_header_reply"))
            f->no_header_reply = true;
        else
            return false;
    }
    return f->wanted_version != 0;
}

static bool set_on_error(struct milter *f, struct str word)
{
    static const char *const names[] = { "accept", "reject", "tempfail", "quarantine", "shutdown" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_case(word, names[i])) {
            f->on_error = (enum milter_on_error)i;
            return true;
        }
    return false;
}

static bool set_time(int *ms, struct str value)
{
    int64_t seconds;

    if (num_parse_time(value, 's', &seconds) != OK || seconds < 1 || seconds > 1000000)
        return false;
    *ms = (int)(seconds * 1000);
    return true;
}

static bool set_option(struct milter *f, struct str option)
{
    struct str inside = option, name, value;
    size_t eq;

    (void)!str_unbrace(option, &inside);
    eq = str_find(inside, '=');
    if (eq >= inside.n)
        return false;
    name = str_trim((struct str){ inside.p, eq });
    value = str_trim((struct str){ inside.p + eq + 1, inside.n - eq - 1 });
    if (str_eq(name, "connect_timeout"))
        return set_time(&f->connect_ms, value);
    if (str_eq(name, "command_timeout"))
        return set_time(&f->command_ms, value);
    if (str_eq(name, "content_timeout"))
        return set_time(&f->content_ms, value);
    if (str_eq(name, "protocol"))
        return set_version(f, value);
    if (str_eq(name, "default_action"))
        return set_on_error(f, value);
    return false;
}

static void complain(struct milter *f, struct str text)
{
    log_warn("%s: bad milter entry \"%.*s\"", f->list->param, (int)(text.n < 200 ? text.n : 200), text.p);
    f->bad = true;
}

static void set_defaults(struct milter *f)
{
    f->connect_ms = (int)(par_milter_connect_timeout() * 1000);
    f->command_ms = (int)(par_milter_command_timeout() * 1000);
    f->content_ms = (int)(par_milter_content_timeout() * 1000);
    if (!set_version(f, str_of(par_milter_protocol()))) {
        log_warn("bad milter_protocol value: %s", par_milter_protocol());
        f->bad = true;
    }
    if (!set_on_error(f, str_of(par_milter_default_action()))) {
        log_warn("bad milter_default_action value: %s", par_milter_default_action());
        f->on_error = MERR_TEMPFAIL;
    }
}

static struct milter *member(struct milters *ms, struct str text)
{
    struct milter *f = mem_new(sizeof *f);
    struct str rest = text, word = text;

    f->list = ms;
    f->skipped = MEV_COUNT;
    buf_init(&f->reply, 32 * 1024);
    set_defaults(f);
    if (str_unbrace(text, &rest) == OK && str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        while (str_word_braced(&rest, STR_LIST_SEPS, &text) == OK)
            if (!set_option(f, text))
                complain(f, text);
    }
    f->endpoint = mem_dup_n(word.p, word.n);
    if (!str_begins_case(word, "inet:") && !str_begins_case(word, "unix:") && !str_begins_case(word, "local:"))
        complain(f, word);
    return f;
}

struct milter *milter_conf(struct milters *ms, const char *list)
{
    struct str rest = str_of(list), word;
    struct milter *first = NULL, **last = &first;
    enum result r;

    while ((r = str_word_braced(&rest, STR_LIST_SEPS, &word)) == OK) {
        *last = member(ms, word);
        last = &(*last)->next;
    }
    if (r == PERM) {
        *last = member(ms, rest);
        if (!(*last)->bad)
            complain(*last, rest);
    }
    return first;
}

const char *milter_conf_macros(enum milter_macro_set set)
{
    switch (set) {
    case MSET_CONNECT: return par_milter_connect_macros();
    case MSET_HELO: return par_milter_helo_macros();
    case MSET_MAIL: return par_milter_mail_macros();
    case MSET_RCPT: return par_milter_rcpt_macros();
    case MSET_DATA: return par_milter_data_macros();
    case MSET_END: return par_milter_end_of_data_macros();
    case MSET_EOH: return par_milter_end_of_header_macros();
    default: return par_milter_unknown_command_macros();
    }
}

/* "{name}" and "name" are the same when the name is longer than a letter. */
static struct str bare_name(struct str name)
{
    if (name.n > 2 && name.p[0] == '{' && name.p[name.n - 1] == '}')
        return (struct str){ name.p + 1, name.n - 2 };
    return name;
}

enum result milter_conf_default(const char *name, struct buf *value)
{
    struct str rest = str_of(par_milter_macro_defaults()), word;

    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK) {
        size_t eq = str_find(word, '=');
        struct str key = { word.p, eq };

        if (eq == word.n && str_unbrace(word, &word) == OK) { /* "{ name = some words }" */
            eq = str_find(word, '=');
            key = str_trim((struct str){ word.p, eq });
        }
        if (eq >= word.n || !str_same(bare_name(key), bare_name(str_of(name))))
            continue;
        buf_reset(value);
        buf_str(value, str_trim((struct str){ word.p + eq + 1, word.n - eq - 1 }));
        return OK;
    }
    return NONE;
}
