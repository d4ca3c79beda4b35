/* postconf_edit.c - postconf -e, -X, -#: changing main.cf and master.cf
 *
 * The file is read as physical lines that know which logical line they belong
 * to; a change replaces, removes or comments out a logical line, and every
 * comment and the order stay. The new text goes to a temporary file beside the
 * old one, is synced and renamed over it, so a power cut leaves one or the
 * other. Owner, group and mode are kept; a symbolic link is followed.
 * Runs in: postconf.  Parameters: none.  Tests: tests/param/test_postconf.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "param/cf.h"
#include "tool/postconf.h"

enum { FILE_MAX = 1024 * 1024 };

enum action { KEEP, REPLACE, REMOVE, COMMENT };

struct line {
    struct str text; /* without its newline */
    int group;       /* the logical line it belongs to, -1 for comments and empty lines */
    bool starts;     /* the first of its group */
};

struct group {
    char *text; /* the logical line */
    enum action action;
    char *with; /* for REPLACE */
    struct postconf_entry *entry; /* master.cf */
};

struct file {
    char *path; /* of the real file */
    int dir_fd; /* locked while the file is edited */
    struct buf text;
    struct line *lines;
    size_t n_lines;
    struct group *groups;
    size_t n_groups;
    struct buf added; /* new lines for the end */
    bool changed;
};

/* ---- reading ---- */

static bool is_skipped(struct str s)
{
    s = str_trim(s);
    return !s.n || s.p[0] == '#';
}

static void join(struct group *g, struct str text)
{
    char *old = g->text;

    g->text = mem_printf("%s%.*s", old ? old : "", (int)text.n, text.p);
    free(old);
}

static void add_line(struct file *f, struct str text)
{
    struct line l = { .text = text, .group = -1 };

    if (!is_skipped(text)) {
        l.starts = !chr_is_space((unsigned char)text.p[0]);
        if (l.starts) {
            f->groups = mem_resize(f->groups, (f->n_groups + 1) * sizeof *f->groups);
            f->groups[f->n_groups++] = (struct group){ 0 };
        }
        l.group = (int)f->n_groups - 1;
        if (l.group >= 0)
            join(&f->groups[l.group], text);
    }
    if ((f->n_lines & (f->n_lines + 1)) == 0)
        f->lines = mem_resize(f->lines, (f->n_lines * 2 + 2) * sizeof *f->lines);
    f->lines[f->n_lines++] = l;
}

static void lock_directory(struct file *f)
{
    char *dir = mem_dup(f->path), *slash = strrchr(dir, '/');

    if (slash)
        slash[slash == dir] = 0;
    f->dir_fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dir_fd < 0 || flock(f->dir_fd, LOCK_EX) < 0)
        log_fatal("lock directory of %s: %s", f->path, strerror(errno));
    free(dir);
}

static void read_file(struct file *f, const char *name)
{
    char *path = mem_printf("%s/%s", postconf_dir(), name);
    struct str rest;

    *f = (struct file){ .path = realpath(path, NULL) };
    buf_init(&f->text, FILE_MAX);
    buf_init(&f->added, FILE_MAX);
    if (!f->path)
        log_fatal("open %s for reading: %s", path, strerror(errno));
    lock_directory(f);
    if (io_read_file(AT_FDCWD, f->path, &f->text) != OK)
        log_fatal("open %s for reading: %s", path, strerror(errno));
    for (rest = buf_view(&f->text); rest.n;) {
        size_t n = str_find(rest, '\n');

        add_line(f, (struct str){ rest.p, n });
        n += n < rest.n;
        rest = (struct str){ rest.p + n, rest.n - n };
    }
    free(path);
}

/* ---- writing ---- */

static void put_line(struct buf *out, struct str text)
{
    buf_str(out, text);
    buf_putc(out, '\n');
}

/* A comment sign goes where the text begins in column 1, in front of the blanks otherwise. */
static void put_commented(struct buf *out, struct str text)
{
    buf_putc(out, '#');
    put_line(out, text);
}

static void compose(const struct file *f, struct buf *out)
{
    for (size_t i = 0; i < f->n_lines; i++) {
        const struct line *l = &f->lines[i];
        const struct group *g = l->group >= 0 ? &f->groups[l->group] : NULL;

        if (!g || g->action == KEEP)
            put_line(out, l->text);
        else if (g->action == COMMENT)
            put_commented(out, l->text);
        else if (g->action == REPLACE && l->starts)
            put_line(out, str_of(g->with));
    }
    buf_str(out, buf_view(&f->added));
}

static int create_beside(const struct file *f, char *temp)
{
    struct stat st;
    int fd = mkostemp(temp, O_CLOEXEC);

    if (fd < 0)
        log_fatal("create %s: %s", temp, strerror(errno));
    if (stat(f->path, &st) < 0 || fchmod(fd, st.st_mode & 07777) < 0 ||
        ((st.st_uid != geteuid() || st.st_gid != getegid()) && fchown(fd, st.st_uid, st.st_gid) < 0)) {
        (void)unlink(temp);
        log_fatal("set owner and mode of %s: %s", temp, strerror(errno));
    }
    return fd;
}

static void write_file(const struct file *f)
{
    char *temp = mem_printf("%s.XXXXXX", f->path);
    struct buf out;
    int fd;

    buf_init(&out, FILE_MAX * 2);
    compose(f, &out);
    fd = create_beside(f, temp);
    if (io_write(fd, out.p, out.n) != OK || fsync(fd) < 0 || close(fd) < 0 || rename(temp, f->path) < 0) {
        int saved = errno;

        (void)unlink(temp);
        log_fatal("write %s: %s", f->path, strerror(saved));
    }
    if (fsync(f->dir_fd) < 0)
        log_fatal("sync directory of %s: %s", f->path, strerror(errno));
    buf_done(&out);
    free(temp);
}

static void finish(struct file *f)
{
    if (f->changed)
        write_file(f);
    close(f->dir_fd); /* gives up the lock */
}

static void act(struct file *f, struct group *g, enum action action, const char *with)
{
    g->action = action;
    free(g->with);
    g->with = with ? mem_dup(with) : NULL;
    f->changed = true;
}

static void append(struct file *f, const char *text)
{
    buf_printf(&f->added, "%s\n", text);
    f->changed = true;
}

/* ---- main.cf ---- */

struct request {
    char *name, *value; /* value NULL: -X, -# */
    bool done;
};

static void refuse_odd_text(const char *arg)
{
    if (strchr(arg, '\n'))
        log_fatal("-e, -X, or -# accepts no multi-line input");
    while (chr_is_space((unsigned char)*arg))
        arg++;
    if (*arg == '#')
        log_fatal("-e, -X, or -# accepts no comment input");
}

static void parse_request(struct request *r, enum postconf_edit op, const char *arg)
{
    char *copy = mem_dup(arg);
    struct str name = str_trim(str_of(arg));
    const char *bad;

    refuse_odd_text(arg);
    if (op == POSTCONF_SET) {
        bad = cf_split(copy, &r->name, &r->value);
        if (bad)
            log_fatal("%s: \"%s\"", bad, arg);
        for (size_t n = strlen(r->value); n && chr_is_space((unsigned char)r->value[n - 1]); n--)
            r->value[n - 1] = 0;
        return;
    }
    if (strchr(arg, '='))
        log_fatal("-X or -# requires names without value");
    for (size_t i = 0; i < name.n; i++)
        if (chr_is_space((unsigned char)name.p[i]))
            log_fatal("-X or -# requires names without whitespace");
    if (!name.n)
        log_fatal("missing attribute name: \"%s\"", arg);
    r->name = mem_dup_n(name.p, name.n);
}

static struct request *parse_requests(enum postconf_edit op, char **args, size_t *n)
{
    struct request *list = NULL;

    for (*n = 0; args[*n]; ++*n) {
        list = mem_resize(list, (*n + 1) * sizeof *list);
        list[*n] = (struct request){ 0 };
        parse_request(&list[*n], op, args[*n]);
        for (size_t i = 0; i < *n; i++)
            if (!list[i].done && strcmp(list[i].name, list[*n].name) == 0) {
                if (list[i].value)
                    log_warn("ignoring earlier request: '%s = %s'", list[i].name, list[i].value);
                list[i].done = true;
                list[i].name = mem_dup(""); /* matches no setting */
            }
    }
    return list;
}

static struct str group_name(const struct group *g)
{
    size_t n = 0;

    while (g->text[n] && g->text[n] != '=' && !chr_is_space((unsigned char)g->text[n]))
        n++;
    return (struct str){ g->text, n };
}

static void apply_main(struct file *f, enum postconf_edit op, struct request *r)
{
    for (size_t i = 0; i < f->n_groups; i++) {
        struct group *g = &f->groups[i];
        char *line;

        if (!str_eq(group_name(g), r->name))
            continue;
        if (r->done && op != POSTCONF_SHOW)
            log_warn("%s/main.cf: multiple entries for \"%s\"", postconf_dir(), r->name);
        r->done = true;
        if (op != POSTCONF_SET) {
            act(f, g, op == POSTCONF_REMOVE ? REMOVE : COMMENT, NULL);
            continue;
        }
        line = mem_printf("%s = %s", r->name, r->value);
        if (strcmp(line, g->text) != 0)
            act(f, g, REPLACE, line);
        free(line);
    }
}

void postconf_edit_main(enum postconf_edit op, char **args)
{
    struct file f;
    size_t n;
    struct request *list = parse_requests(op, args, &n);

    read_file(&f, "main.cf");
    for (size_t i = 0; i < n; i++) {
        if (list[i].done)
            continue;
        apply_main(&f, op, &list[i]);
        if (!list[i].done && op == POSTCONF_SET) {
            char *line = mem_printf("%s = %s", list[i].name, list[i].value);

            append(&f, line);
            free(line);
        }
    }
    finish(&f);
    free(list);
}

/* ---- master.cf ---- */

static void parse_entries(struct file *f)
{
    for (size_t i = 0; i < f->n_groups; i++)
        f->groups[i].entry = postconf_entry_parse(f->groups[i].text, (int)i + 1);
}

static void replace_entry(struct file *f, struct group *g, const struct postconf_entry *e)
{
    struct buf text;

    buf_init(&text, FILE_MAX);
    postconf_entry_text(e, true, &text);
    act(f, g, REPLACE, text.p);
    buf_done(&text);
}

/* service/type=entry */
static void set_entry(struct file *f, struct str service, struct str type, const char *value)
{
    struct postconf_entry *e = postconf_entry_parse(value, 0);
    struct buf text;
    bool found = false;

    for (size_t i = 0; i < f->n_groups; i++) {
        struct group *g = &f->groups[i];

        if (!postconf_matches(g->entry, service, type))
            continue;
        if (found)
            act(f, g, REMOVE, NULL);
        else
            replace_entry(f, g, e);
        found = true;
    }
    if (found)
        return;
    buf_init(&text, FILE_MAX);
    postconf_entry_text(e, true, &text);
    append(f, text.p);
    buf_done(&text);
}

/* service/type/field=value */
static void set_field(struct postconf_entry *e, struct str field, const char *value)
{
    int at = postconf_field_index(field);
    struct postconf_entry *checked;
    struct buf line;

    buf_init(&line, FILE_MAX);
    for (int i = 0; i < POSTCONF_FIELDS; i++)
        buf_printf(&line, "%s ", i == at ? value : e->field[i]);
    if (at < POSTCONF_FIELDS && (!*value || strpbrk(value, " \t")))
        log_fatal("invalid %s field \"%s\" in \"%s\"", postconf_field_name(at), value, value);
    if (at == POSTCONF_FIELDS)
        buf_puts(&line, value);
    else
        postconf_command_text(e, false, 0, &line);
    checked = postconf_entry_parse(line.p, 0);
    memcpy(e->field, checked->field, sizeof e->field);
    e->argv = checked->argv;
    e->argc = checked->argc;
    buf_done(&line);
}

static void drop_args(struct postconf_entry *e, int at, int n)
{
    memmove(&e->argv[at], &e->argv[at + n], (size_t)(e->argc - at - n + 1) * sizeof *e->argv);
    e->argc -= n;
}

static void insert_args(struct postconf_entry *e, int at, char *option, char *text)
{
    char **argv = mem_new_array((size_t)e->argc + 3, sizeof *argv);

    memcpy(argv, e->argv, (size_t)at * sizeof *argv);
    argv[at] = option;
    argv[at + 1] = text;
    memcpy(&argv[at + 2], &e->argv[at], (size_t)(e->argc - at) * sizeof *argv);
    e->argv = argv;
    e->argc += 2;
}

/* service/type/parameter=value; value NULL removes. The first setting keeps its place, others of that name go. */
static bool set_option(struct postconf_entry *e, struct str name, const char *value)
{
    int place = -1;
    bool changed = value != NULL;

    for (int i = 1; i < postconf_options_end(e);) {
        struct postconf_option o;

        if (postconf_option(e, i, &o) != OK) {
            i++;
        } else if (!str_same(o.name, name)) {
            i += o.args;
        } else {
            if (place < 0)
                place = i;
            drop_args(e, i, o.args);
            changed = true;
        }
    }
    if (value)
        insert_args(e, place >= 0 ? place : postconf_options_end(e), mem_dup("-o"),
                    mem_printf("%.*s=%s", (int)name.n, name.p, value));
    return changed;
}

static const char *needs(char mode)
{
    return mode == 'M' ? "-Me, -MX or -M# requires service_name/type"
                       : mode == 'F' ? "-Fe requires service_name/type/field_name"
                                     : "-Pe or -PX requires service_name/type/parameter";
}

/* Splits "pattern = value"; value NULL when there is no sign. */
static char *split_request(char *copy, char **value)
{
    char *sign = strchr(copy, '=');
    struct str left;

    *value = NULL;
    if (sign) {
        *sign = 0;
        *value = sign + 1;
        while (chr_is_space((unsigned char)**value))
            ++*value;
    }
    left = str_trim(str_of(copy));
    return mem_dup_n(left.p, left.n);
}

static void apply_master(struct file *f, char mode, enum postconf_edit op, const char *arg)
{
    char *copy = mem_dup(arg), *value, *pattern = split_request(copy, &value);
    struct str service, type, rest;
    bool any = false;

    refuse_odd_text(arg);
    if (!postconf_pattern(pattern, &service, &type, &rest) || (mode == 'M') != str_eq(rest, "*"))
        log_fatal("%s",
                  mode == 'P' && strstr(pattern, "/*") ? "-Pe does not accept wild-card parameter name" : needs(mode));
    if ((op == POSTCONF_SET) != (value != NULL))
        log_fatal("%s: \"%s\"", op == POSTCONF_SET ? "missing '=' after attribute name" : "unexpected value", arg);
    if (mode == 'M' && op == POSTCONF_SET) {
        set_entry(f, service, type, value);
        return;
    }
    for (size_t i = 0; i < f->n_groups; i++) {
        struct group *g = &f->groups[i];

        if (!postconf_matches(g->entry, service, type))
            continue;
        any = true;
        if (mode == 'M') {
            act(f, g, op == POSTCONF_REMOVE ? REMOVE : COMMENT, NULL);
        } else if (mode == 'F') {
            set_field(g->entry, rest, value);
            replace_entry(f, g, g->entry);
        } else if (set_option(g->entry, rest, value)) {
            replace_entry(f, g, g->entry);
        }
    }
    if (!any && mode != 'M')
        log_warn("unmatched service_name/type: \"%s\"", arg);
    free(pattern);
    free(copy);
}

void postconf_edit_master(char mode, enum postconf_edit op, char **args)
{
    struct file f;

    read_file(&f, "master.cf");
    parse_entries(&f);
    for (; *args; args++)
        apply_master(&f, mode, op, *args);
    finish(&f);
}
