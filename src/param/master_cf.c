/* master_cf.c - master.cf: one struct per service line
 *
 * An entry is one allocation: the struct, its argument pointers, and a copy
 * of the line they point into.
 * Runs in: master, postfix check, postconf, and libraries that look for a
 * service's overrides.  Parameters: compatibility_level (default of chroot).
 * Tests: tests/unit/master_cf_test.c, tests/fuzz/fuzz_master_cf.c
 */
/* SPDX-License-Identifier: ISC */
#include "param/master_cf.h"

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
#include "param/param.h"
#include "param/param_int.h"

enum { FILE_MAX = 1024 * 1024, ARGS_MAX = 1000 };

static const char type_names[][12] = {
    [SERVICE_INET] = "inet", [SERVICE_UNIX] = "unix", [SERVICE_DGRAM] = "unix-dgram",
    [SERVICE_FIFO] = "fifo", [SERVICE_PASS] = "pass",
};

/* Columns two to seven, as messages name them. */
enum column { COL_TYPE, COL_PRIVATE, COL_UNPRIVILEGED, COL_CHROOT, COL_WAKEUP, COL_MAXPROC, COL_COUNT };

static const char column_names[][16] = {
    [COL_TYPE] = "transport type", [COL_PRIVATE] = "private",    [COL_UNPRIVILEGED] = "unprivileged",
    [COL_CHROOT] = "chroot",       [COL_WAKEUP] = "wakeup_time", [COL_MAXPROC] = "process_limit",
};

struct reader {
    const char *path;
    int line;
    bool failed;
};

static void fault(struct reader *r, const char *what, const char *field, struct str value)
{
    log_error("%s: line %d: %s \"%s\"%s%.*s%s", r->path, r->line, what, field, value.n ? ": bad value: \"" : "",
              value.n > 80 ? 80 : (int)value.n, value.p, value.n ? "\"" : "");
    r->failed = true;
}

static bool is_default(struct str word)
{
    return str_eq(word, "-");
}

static bool parse_type(struct str word, enum service_type *type)
{
    for (size_t i = 0; i < ARRAY_LEN(type_names); i++)
        if (str_eq(word, type_names[i])) {
            *type = (enum service_type)i;
            return true;
        }
    return false;
}

static bool parse_bool(struct str word, bool dflt, bool *value)
{
    *value = is_default(word) ? dflt : str_eq(word, "y");
    return is_default(word) || str_eq(word, "y") || str_eq(word, "n");
}

static bool parse_count(struct str word, int dflt, int *value)
{
    int64_t n = dflt;

    if (!is_default(word) && num_parse(word, 0, INT32_MAX, &n) != OK)
        return false;
    *value = (int)n;
    return true;
}

static bool parse_column(struct master_entry *e, enum column c, struct str word)
{
    switch (c) {
    case COL_TYPE:
        return parse_type(word, &e->type);
    case COL_PRIVATE:
        return parse_bool(word, true, &e->private) && !(e->type == SERVICE_INET && e->private && !is_default(word));
    case COL_UNPRIVILEGED:
        return parse_bool(word, true, &e->unprivileged);
    case COL_CHROOT:
        e->chroot_old = is_default(word) && param_below_level("1");
        return parse_bool(word, e->chroot_old, &e->chroot);
    case COL_WAKEUP:
        e->wakeup_if_used = word.n > 1 && word.p[word.n - 1] == '?';
        word.n -= e->wakeup_if_used;
        return parse_count(word, 0, &e->wakeup);
    case COL_MAXPROC:
        return parse_count(word, -1, &e->maxproc);
    case COL_COUNT:
        break;
    }
    return false;
}

static enum result take_arg(struct reader *r, struct str *rest, struct str *arg)
{
    enum result res = cf_arg(rest, arg);

    if (res == PERM) {
        log_error("%s: line %d: missing or misplaced '}' in \"%.*s\"", r->path, r->line, arg->n > 80 ? 80 : (int)arg->n,
                  arg->p);
        r->failed = true;
    }
    return res;
}

/* The line's copy lies behind the argument pointers; rest is a view into it. */
static bool take_args(struct reader *r, struct master_entry *e, struct str rest, size_t room)
{
    struct str arg;
    enum result res;

    while ((res = take_arg(r, &rest, &arg)) == OK) {
        if ((size_t)e->argc >= room) {
            fault(r, "too many arguments after", "command", (struct str){ NULL, 0 });
            return false;
        }
        e->argv[e->argc++] = (char *)(uintptr_t)arg.p;
        ((char *)(uintptr_t)arg.p)[arg.n] = 0;
        if (rest.n && !rest.p[0])
            rest = (struct str){ rest.p + 1, rest.n - 1 }; /* the blank that has just become the end */
    }
    return res == NONE;
}

static bool fill(struct reader *r, struct master_entry *e, char *copy, size_t room)
{
    struct str rest = str_of(copy), word, name;

    if (str_word(&rest, CF_BLANKS, &name) != OK || is_default(name)) {
        fault(r, "no default value for field", "service", (struct str){ NULL, 0 });
        return false;
    }
    for (int c = 0; c < COL_COUNT; c++) {
        if (str_word(&rest, CF_BLANKS, &word) != OK) {
            fault(r, "missing field", column_names[c], (struct str){ NULL, 0 });
            return false;
        }
        if (!parse_column(e, (enum column)c, word)) {
            fault(r, "field", column_names[c], word);
            return false;
        }
    }
    if (e->type == SERVICE_INET)
        e->private = false;
    e->name = copy;
    copy[name.n] = 0;
    if (!take_args(r, e, rest, room))
        return false;
    if (!e->argc || is_default(str_of(e->argv[0])) || !e->argv[0][0]) {
        fault(r, "missing field", "command", (struct str){ NULL, 0 });
        return false;
    }
    return true;
}

static size_t count_words(const char *line)
{
    struct str rest = str_of(line), word;
    size_t n = 0;

    while (n < ARGS_MAX && str_word(&rest, CF_BLANKS, &word) == OK)
        n++;
    return n;
}

static struct master_entry *parse_line(struct reader *r, const char *line)
{
    size_t words = count_words(line), size = strlen(line) + 1;
    size_t head = sizeof(struct master_entry) + (words + 1) * sizeof(char *);
    struct master_entry *e = mem_new(head + size);
    char *copy = (char *)e + head;

    memcpy(copy, line, size);
    e->argv = (char **)(e + 1);
    e->line = r->line;
    if (fill(r, e, copy, words))
        return e;
    free(e);
    return NULL;
}

/* A repeated service takes the place of the earlier one. */
static void insert(struct reader *r, struct master_entry **list, struct master_entry *e)
{
    for (; *list; list = &(*list)->next) {
        struct master_entry *old = *list;

        if (old->type != e->type || strcmp(old->name, e->name) != 0)
            continue;
        log_warn("%s: line %d: duplicate entry for service %s (%s), using the last", r->path, r->line, e->name,
                 master_cf_type_name(e->type));
        e->next = old->next;
        free(old);
        break;
    }
    *list = e;
}

enum result master_cf_parse(const char *path, char *text, size_t n, struct master_entry **list)
{
    struct reader r = { .path = path };
    struct cf cf;
    char *line;

    *list = NULL;
    cf_init(&cf, text, n);
    while ((line = cf_next(&cf))) {
        struct master_entry *e;

        r.line = cf.first;
        if (cf.orphan) {
            log_warn("%s: line %d: logical line must not start with whitespace: \"%.60s\"", path, r.line, line);
            continue;
        }
        e = parse_line(&r, line);
        if (e)
            insert(&r, list, e);
    }
    if (!r.failed)
        return OK;
    master_cf_free(*list);
    *list = NULL;
    return CONF;
}

enum result master_cf_read(const char *dir, struct master_entry **list)
{
    char *path = mem_printf("%s/master.cf", dir);
    struct buf text;
    enum result r;

    *list = NULL;
    buf_init(&text, FILE_MAX);
    r = io_read_file(AT_FDCWD, path, &text);
    if (r != OK) {
        log_error("open %s: %s", path, strerror(r == NONE ? ENOENT : errno));
        r = CONF;
    } else if (text.n) {
        r = master_cf_parse(path, text.p, text.n, list);
    }
    buf_done(&text);
    free(path);
    return r;
}

void master_cf_free(struct master_entry *list)
{
    while (list) {
        struct master_entry *next = list->next;

        free(list);
        list = next;
    }
}

const struct master_entry *master_cf_find(const struct master_entry *list, const char *name, enum service_type type)
{
    for (; list; list = list->next)
        if (list->type == type && strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

const char *master_cf_type_name(enum service_type type)
{
    return type_names[type];
}

/* The value when option is "name = value", blanks around the sign allowed. */
static const char *value_if(const char *option, const char *name)
{
    size_t n = strlen(name);

    while (*option == ' ' || *option == '\t')
        option++;
    if (strncmp(option, name, n) != 0)
        return NULL;
    option += n;
    option += strspn(option, " \t");
    return *option == '=' ? option + 1 + strspn(option + 1, " \t") : NULL;
}

char *master_cf_next_option(const struct master_entry *entry, int *at)
{
    while (*at < entry->argc && entry->argv[*at][0] == '-') {
        char *text = entry->argv[(*at)++];

        if (text[1] != 'o')
            continue;
        text += 2;
        if (!*text && *at < entry->argc)
            text = entry->argv[(*at)++];
        return text;
    }
    return NULL;
}

const char *master_cf_option(const struct master_entry *entry, const char *name)
{
    const char *found = NULL, *value;
    char *text;

    for (int at = 1; (text = master_cf_next_option(entry, &at));) {
        value = value_if(text, name);
        if (value)
            found = value;
    }
    return found;
}
