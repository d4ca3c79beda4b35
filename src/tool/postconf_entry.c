/* postconf_entry.c - master.cf as text fields, for showing and editing
 *
 * Unlike param/master_cf.c it keeps what was written ("-" stays "-").
 * Runs in: postconf.  Parameters: none.  Tests: tests/param/test_postconf.py
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
#include "base/num.h"
#include "base/str.h"
#include "param/cf.h"
#include "tool/postconf.h"

enum { FILE_MAX = 1024 * 1024, ARGS_MAX = 1000, COMMAND = POSTCONF_FIELDS };

static const char field_names[][16] = {
    "service", "type", "private", "unprivileged", "chroot", "wakeup", "process_limit", "command",
};
static const char types[][12] = { "inet", "unix", "unix-dgram", "fifo", "pass" };

static bool is_type(struct str s)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(s, types[i]))
            return true;
    return false;
}

static bool is_count(struct str s, bool question_mark)
{
    int64_t n;

    if (question_mark && s.n > 1 && s.p[s.n - 1] == '?')
        s.n--;
    return num_parse(s, 0, INT32_MAX, &n) == OK;
}

static bool field_is_valid(int i, struct str s)
{
    if (i == 0)
        return !str_eq(s, "-");
    if (i == 1)
        return is_type(s);
    if (str_eq(s, "-"))
        return true;
    if (i < 5)
        return str_eq(s, "y") || str_eq(s, "n");
    return is_count(s, i == 5);
}

static void take_args(struct postconf_entry *e, struct str rest)
{
    struct str arg;
    enum result r;

    e->argv = mem_new_array(ARGS_MAX + 1, sizeof *e->argv);
    while ((r = cf_arg(&rest, &arg)) == OK && e->argc < ARGS_MAX)
        e->argv[e->argc++] = mem_dup_n(arg.p, arg.n);
    if (r != NONE)
        log_fatal("master.cf: missing or misplaced '}' in \"%.*s\"", (int)arg.n, arg.p);
}

struct postconf_entry *postconf_entry_parse(const char *line, int number)
{
    struct postconf_entry *e = mem_new(sizeof *e);
    struct str rest = str_of(line), word;

    for (int i = 0; i < POSTCONF_FIELDS; i++) {
        if (str_word(&rest, CF_BLANKS, &word) != OK)
            log_fatal("file %s/master.cf: line %d: bad field count", postconf_dir(), number);
        if (!field_is_valid(i, word))
            log_fatal("invalid %s field \"%.*s\" in \"%s\"", field_names[i], (int)word.n, word.p, line);
        e->field[i] = mem_dup_n(word.p, word.n);
    }
    take_args(e, rest);
    if (!e->argc)
        log_fatal("file %s/master.cf: line %d: bad field count", postconf_dir(), number);
    return e;
}

struct postconf_entry *postconf_entries(bool needed)
{
    struct postconf_entry *list = NULL, **end = &list;
    char *path = mem_printf("%s/master.cf", postconf_dir()), *line;
    struct buf text;
    struct cf cf;
    enum result r;

    buf_init(&text, FILE_MAX);
    r = io_read_file(AT_FDCWD, path, &text);
    if (r != OK)
        (needed ? log_fatal : log_warn)("open %s: %s", path, strerror(r == NONE ? ENOENT : errno));
    cf_init(&cf, text.p, text.n);
    while (text.n && (line = cf_next(&cf))) {
        if (cf.orphan) {
            log_warn("%s: logical line must not start with whitespace: \"%.60s\"", path, line);
            continue;
        }
        *end = postconf_entry_parse(line, cf.first);
        end = &(*end)->next;
    }
    buf_done(&text);
    free(path);
    return list;
}

int postconf_options_end(const struct postconf_entry *e)
{
    int i;

    for (i = 1; i < e->argc && e->argv[i][0] == '-' && e->argv[i][1]; i++)
        if (e->argv[i][1] == 'o' && !e->argv[i][2])
            i++; /* its value */
    return i < e->argc ? i : e->argc;
}

enum result postconf_option(const struct postconf_entry *e, int at, struct postconf_option *o)
{
    const char *arg = e->argv[at];
    struct str text;
    size_t n;

    if (at == 0 || arg[0] != '-' || arg[1] != 'o')
        return NONE;
    o->at = at;
    o->args = arg[2] ? 1 : 2;
    if (!arg[2] && at + 1 >= e->argc)
        return NONE;
    text = str_of(arg[2] ? arg + 2 : e->argv[at + 1]);
    n = str_find(text, '=');
    if (n == text.n) {
        static bool warned;

        if (!warned)
            log_warn("master.cf: missing '=' after attribute name: \"%.*s\"", (int)text.n, text.p);
        warned = true;
        return NONE;
    }
    o->name = str_trim((struct str){ text.p, n });
    o->value = str_trim((struct str){ text.p + n + 1, text.n - n - 1 });
    return OK;
}

static struct str last_part(struct str *text)
{
    size_t at = str_rfind(*text, '/');
    struct str part;

    if (at == text->n)
        return (struct str){ NULL, 0 };
    part = (struct str){ text->p + at + 1, text->n - at - 1 };
    text->n = at;
    return part;
}

static bool is_type_pattern(struct str s)
{
    return is_type(s) || str_eq(s, "*");
}

bool postconf_pattern(const char *text, struct str *service, struct str *type, struct str *rest)
{
    struct str s = str_of(text), before, last = last_part(&s), second;

    *service = str_of(text);
    *type = *rest = STR("*");
    if (!last.p)
        return false;
    before = s;
    second = last_part(&s);
    if (second.p && is_type_pattern(second)) {
        *service = s;
        *type = second;
        *rest = last;
        return true;
    }
    if (!is_type_pattern(last))
        return false;
    *service = before;
    *type = last;
    return true;
}

static bool matches(const char *text, struct str pattern)
{
    return str_eq(pattern, "*") || str_eq(pattern, text);
}

bool postconf_matches(const struct postconf_entry *e, struct str service, struct str type)
{
    return matches(e->field[0], service) && matches(e->field[1], type);
}

int postconf_field_index(struct str name)
{
    for (int i = 0; i <= COMMAND; i++)
        if (str_eq(name, field_names[i]))
            return i;
    log_fatal("invalid service attribute name: \"%.*s\"", (int)name.n, name.p);
}

const char *postconf_field_name(int i)
{
    return field_names[i];
}

/* An entry's own settings, the last of a name first; then what master tells the process. */
struct scope {
    const struct postconf_entry *e;
    int depth;
    char *kept[64]; /* expanded values, until the expansion is done */
    int n;
};

static const char *entry_lookup(const char *name, void *arg);

static char *expand_in(struct scope *s, const char *text)
{
    struct buf out;
    const char *bad = "";

    buf_init(&out, FILE_MAX);
    if (s->depth > 50)
        log_fatal("unreasonable macro call nesting: \"%s\"", text);
    s->depth++;
    if (param_expand_with(text, entry_lookup, s, NULL, &out, &bad) != OK)
        log_fatal("%s: %s", text, bad);
    s->depth--;
    return buf_take(&out);
}

static const char *entry_lookup(const char *name, void *arg)
{
    struct scope *s = arg;
    const char *found = NULL;
    int end = postconf_options_end(s->e);
    char *raw;

    for (int i = 1; i < end; i++) {
        struct postconf_option o;

        if (postconf_option(s->e, i, &o) != OK)
            continue;
        if (str_eq(o.name, name)) {
            raw = mem_dup_n(o.value.p, o.value.n);
            found = expand_in(s, raw);
            free(raw);
        }
        i += o.args - 1;
    }
    if (found)
        return found; /* small, and postconf ends soon */
    return strcmp(name, "service_name") == 0 ? s->e->field[0] : NULL;
}

char *postconf_entry_expand(const struct postconf_entry *e, const char *text)
{
    struct scope s = { .e = e };

    return expand_in(&s, text);
}
