/* postmulti_edit.c - making, changing and removing instances
 *
 * Every change of a main.cf is made by postconf -e, which leaves the old file
 * or the new one. What is removed is only what the mail system has made.
 * Runs as: root, or the owner of them all.
 * Parameters: those of postmulti.c, meta_directory.  Tests: tests/system/test_postmulti.py
 */
/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/qdir.h"
#include "tool/again.h"
#include "tool/postmulti_int.h"

enum { FILE_MAX = 4 * 1024 * 1024, MAX_SETTINGS = 24, LIST_MAX = 256 * 1024 };

/* Settings of the primary instance that a new one shares, when they are there. */
static const enum par_id shared[] = { P_command_directory, P_daemon_directory, P_meta_directory, P_shlib_directory,
                                     P_mail_owner, P_setgid_group };
/* A template may have these empty, for whoever installs it to fill in. */
static const char *const blanks[] = { "sendmail_path", "newaliases_path", "mailq_path", "html_directory",
                                      "manpage_directory", "sample_directory", "readme_directory" };

struct settings {
    char *argv[MAX_SETTINGS];
    int n;
};

static void set(struct settings *s, const char *name, const char *value)
{
    if (s->n == MAX_SETTINGS - 1)
        log_panic("too many settings");
    s->argv[s->n++] = mem_printf("%s=%s", name, value);
    s->argv[s->n] = NULL;
}

static void apply(const char *dir, struct settings *s)
{
    struct buf out;

    buf_init(&out, LIST_MAX);
    postmulti_postconf(dir, s->argv, &out);
    buf_done(&out);
}

static struct settings changes(void)
{
    return (struct settings){ .argv = { (char *)"-e" }, .n = 1 };
}

/* --- arguments --- */

static bool safe(const char *text)
{
    for (; *text; text++)
        if (!chr_is_alnum((unsigned char)*text) && !strchr("!@%-_=+:./", *text))
            return false;
    return true;
}

static void check_names(const struct multi_options *o)
{
    if (o->new_name && !safe(o->new_name))
        log_fatal("Unsafe characters in new instance name: '%s'", o->new_name);
    if (o->new_name && strchr(o->new_name, '/'))
        log_fatal("Illegal '/' character in new instance name: '%s'", o->new_name);
    if (o->new_name && strcmp(o->new_name, "-") != 0 && strncmp(o->new_name, "postfix-", 8) != 0)
        log_fatal("New instance name must start with 'postfix-'");
    if (o->new_group && !safe(o->new_group))
        log_fatal("Unsafe characters in '-G %s'", o->new_group);
}

/* name=value arguments: the directories of a new instance. */
static void take_args(const struct multi_options *o, struct instance *new, int last)
{
    for (char **a = o->args; *a; a++) {
        const char *value = strchr(*a, '=');
        struct str name = { *a, value ? (size_t)(value - *a) : 0 };
        int k = 0;

        if (!value || !name.n)
            log_fatal("Malformed parameter setting '%s'", *a);
        while (k <= last && !str_eq(name, postmulti_value_name(k)))
            k++;
        if (k > last)
            log_fatal("Parameter '%.*s' not valid with action %s", (int)name.n, name.p, o->action);
        if (value[1] != '/')
            log_fatal("Parameter setting '%s' is not an absolute path", *a);
        if (strspn(value + 1, "/") == strlen(value + 1))
            log_fatal("Parameter setting '%s' is the root directory", *a);
        free(new->value[k]);
        new->value[k] = mem_dup(value + 1);
    }
}

/* Beside the primary instance's own. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    return mem_printf("%.*s/%s", slash ? (int)(slash - path) : 0, path, name);
}

static bool named(const struct multi_options *o)
{
    return o->new_name && strcmp(o->new_name, "-") != 0;
}

static void fill_defaults(const struct multi_options *o, const struct instance *primary, struct instance *new, int last)
{
    for (int k = 0; k <= last; k++) {
        if (!new->value[k] && !named(o))
            log_fatal("Missing %s parameter value", postmulti_value_name(k));
        if (!new->value[k])
            new->value[k] = beside(primary->value[k], o->new_name);
    }
}

static void check_new(const struct instance *list, const struct instance *new)
{
    for (const struct instance *i = list; i; i = i->next)
        for (int k = 0; k <= MULTI_NAME; k++)
            if (new->value[k] && *new->value[k] && strcmp(new->value[k], i->value[k]) == 0)
                log_fatal("new %s=%s is already in use by instance %s=%s", postmulti_value_name(k), new->value[k],
                          *i->value[MULTI_NAME] ? "multi_instance_name" : "config_directory",
                          *i->value[MULTI_NAME] ? i->value[MULTI_NAME] : i->value[MULTI_CONFIG]);
}

/* --- the list of the primary instance --- */

static void write_list(const struct instance *list)
{
    struct settings s = changes();
    struct buf dirs;

    buf_init(&dirs, LIST_MAX);
    for (const struct instance *i = list->next; i; i = i->next)
        if (!buf_printf(&dirs, "%s%s", i == list->next ? "" : " ", i->value[MULTI_CONFIG]))
            log_fatal("too many instances");
    set(&s, "multi_instance_directories", dirs.n ? dirs.p : "");
    apply(CONFIG_CONFIG_DIR, &s);
    buf_done(&dirs);
}

/* Where a new instance goes: -a, before -g or -i, or last. */
static void add_to_list(const struct multi_options *o, struct instance *list, struct instance *new)
{
    struct instance **at = &list->next;

    while (!o->front && *at && !(o->name && postmulti_is(*at, list, o->name)) &&
           !(o->group && strcmp((*at)->value[MULTI_GROUP], o->group) == 0))
        at = &(*at)->next;
    if (!*at && (o->name || o->group) && !o->front)
        log_fatal("No matching secondary instances");
    new->next = *at;
    *at = new;
    write_list(list);
}

static void remove_from_list(struct instance *list, const struct instance *old)
{
    for (struct instance **at = &list->next; *at; at = &(*at)->next)
        if (*at == old) {
            *at = old->next;
            break;
        }
    write_list(list);
}

static struct instance *chosen(const struct multi_options *o, struct instance *list)
{
    if (!o->name)
        log_fatal("Select an instance via '-i name'");
    for (struct instance *i = list; i; i = i->next)
        if (postmulti_is(i, list, o->name))
            return i;
    log_fatal("No instance named %s", o->name);
}

/* --- making --- */

static void make_directory(const char *path, mode_t mode)
{
    if (mkdir(path, mode) < 0 && errno != EEXIST)
        log_fatal("mkdir %s: %s", path, strerror(errno));
}

/* The first of the files that there is. */
static void copy_file(const char *dir, const char *name, const char *const from[])
{
    char *to = mem_printf("%s/%s", dir, name);
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    enum result r = NONE;
    struct buf text;

    buf_init(&text, FILE_MAX);
    for (; r == NONE && *from; from++)
        r = io_read_file(AT_FDCWD, *from, &text);
    if (fd < 0 || r == TEMP || io_write(fd, text.p, text.n) != OK || fsync(fd) < 0)
        log_fatal("make %s: %s", to, strerror(errno));
    close(fd);
    buf_done(&text);
    free(to);
}

static char *explicit_value(const char *name)
{
    char *args[] = { (char *)"-n", (char *)"-h", (char *)(uintptr_t)name, NULL };
    struct buf out;
    char *text;

    buf_init(&out, LIST_MAX);
    postmulti_postconf(CONFIG_CONFIG_DIR, args, &out);
    text = out.n ? mem_dup_n(out.p, str_trim(buf_view(&out)).n) : NULL;
    buf_done(&out);
    return text;
}

static void remove_blanks(const char *dir)
{
    char *args[ARRAY_LEN(shared) + ARRAY_LEN(blanks) + 2] = { (char *)"-X" };
    struct buf out;
    size_t n = 1;

    for (size_t i = 0; i < ARRAY_LEN(blanks); i++)
        args[n++] = (char *)(uintptr_t)blanks[i];
    for (size_t i = 0; i < ARRAY_LEN(shared); i++)
        args[n++] = (char *)(uintptr_t)postmulti_name(shared[i]);
    buf_init(&out, LIST_MAX);
    postmulti_postconf(dir, args, &out);
    buf_done(&out);
}

static void make_config(const struct instance *new)
{
    const char *dir = new->value[MULTI_CONFIG];
    char *meta = postmulti_primary(P_meta_directory);
    char *main_cf = mem_printf("%s/main.cf.proto", meta), *master_cf = mem_printf("%s/master.cf.proto", meta);
    struct settings s = changes();

    make_directory(dir, 0755);
    copy_file(dir, "main.cf", (const char *const[]){ main_cf, NULL });
    copy_file(dir, "master.cf", (const char *const[]){ master_cf, CONFIG_CONFIG_DIR "/master.cf", NULL });
    remove_blanks(dir);
    for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
        char *value = explicit_value(postmulti_name(shared[i]));

        if (value)
            set(&s, postmulti_name(shared[i]), value);
        free(value);
    }
    set(&s, postmulti_value_name(MULTI_QUEUE), new->value[MULTI_QUEUE]);
    set(&s, postmulti_value_name(MULTI_DATA), new->value[MULTI_DATA]);
    /* Nothing listens and nobody submits before the new main.cf has been looked at. */
    set(&s, "master_service_disable", "inet");
    set(&s, "authorized_submit_users", "");
    apply(dir, &s);
    free(meta);
    free(main_cf);
    free(master_cf);
}

static void assign(const struct multi_options *o, const char *dir)
{
    struct settings s = changes();

    if (o->new_name)
        set(&s, postmulti_value_name(MULTI_NAME), named(o) ? o->new_name : "");
    if (o->new_group)
        set(&s, postmulti_value_name(MULTI_GROUP), strcmp(o->new_group, "-") == 0 ? "" : o->new_group);
    if (s.n > 1)
        apply(dir, &s);
}

static bool configured(const char *dir)
{
    char *main_cf = mem_printf("%s/main.cf", dir), *master_cf = mem_printf("%s/master.cf", dir);
    bool both = access(main_cf, F_OK) == 0 && access(master_cf, F_OK) == 0;

    free(main_cf);
    free(master_cf);
    return both;
}

/* Queue directories and what else a start would make. */
static void make_queue(const char *dir)
{
    char *argv[] = { (char *)"postfix", (char *)"-c", (char *)(uintptr_t)dir, (char *)"check", NULL };

    if (again_run(argv) != 0)
        log_fatal("postfix -c %s check failed", dir);
}

static int create(const struct multi_options *o)
{
    struct instance *list = postmulti_load(), new = { .value = { NULL } }, *known;
    bool import = strcmp(o->action, "import") == 0;

    take_args(o, &new, import ? MULTI_CONFIG : MULTI_DATA);
    fill_defaults(o, list, &new, MULTI_CONFIG);
    check_new(list, &new);
    import = import || configured(new.value[MULTI_CONFIG]);
    known = import ? postmulti_read(new.value[MULTI_CONFIG]) : &new;
    if (!import)
        fill_defaults(o, list, &new, MULTI_DATA);
    if (o->new_name || !known->value[MULTI_NAME])
        known->value[MULTI_NAME] = mem_dup(named(o) ? o->new_name : "");
    if (!known->value[MULTI_GROUP])
        known->value[MULTI_GROUP] = mem_dup(o->new_group ? o->new_group : "");
    check_new(list, known);
    if (!import)
        make_config(known);
    assign(o, known->value[MULTI_CONFIG]);
    make_directory(known->value[MULTI_DATA], 0700);
    make_queue(known->value[MULTI_CONFIG]);
    add_to_list(o, list, known);
    return 0;
}

/* --- removing --- */

/* A queue has directories in directories, two deep at most. */
static void remove_tree(int at, const char *name, int depth)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlinkat(fd, e->d_name, 0) < 0 && depth > 0)
            remove_tree(fd, e->d_name, depth - 1);
    if (unlinkat(at, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        log_warn("remove directory %s: %s", name, strerror(errno));
    if (d)
        closedir(d);
    else if (fd >= 0)
        close(fd);
}

static void remove_directory(const char *path)
{
    if (rmdir(path) < 0 && errno != ENOENT)
        log_warn("failed to remove '%s': %s", path, strerror(errno));
}

static bool found(const char *id, void *arg)
{
    *(bool *)arg = true;
    return false;
}

static void need_empty_queue(const struct instance *i)
{
    static const char *const dirs[] = { "incoming", "active", "deferred", "hold", "corrupt" };
    bool any = false;
    struct dirent *e;
    DIR *drop;

    if (chdir(i->value[MULTI_QUEUE]) < 0) {
        if (errno == ENOENT)
            return;
        log_fatal("chdir %s: %s", i->value[MULTI_QUEUE], strerror(errno));
    }
    for (size_t k = 0; k < ARRAY_LEN(dirs); k++)
        if (qdir_scan(dirs[k], found, &any) != OK && errno != ENOENT)
            log_fatal("scan %s/%s: %s", i->value[MULTI_QUEUE], dirs[k], strerror(errno));
    drop = opendir("maildrop");
    while (drop && (e = readdir(drop)))
        any = any || e->d_name[0] != '.';
    if (drop)
        closedir(drop);
    if (any)
        log_fatal("Instance '%s' mail queue is not empty", i->value[MULTI_CONFIG]);
}

static void need_stopped(const struct instance *i)
{
    char *argv[] = { (char *)"postfix", (char *)"-c", i->value[MULTI_CONFIG], (char *)"status", NULL };

    if (again_run(argv) == 0)
        log_fatal("Instance '%s' is not stopped", i->value[MULTI_CONFIG]);
}

static void remove_config(const char *dir)
{
    static const char *const names[] = { "main.cf", "master.cf" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *path = mem_printf("%s/%s", dir, names[i]);

        if (unlink(path) < 0 && errno != ENOENT)
            log_warn("remove %s: %s", path, strerror(errno));
        free(path);
    }
    remove_directory(dir);
}

static int destroy(const struct multi_options *o)
{
    struct instance *list = postmulti_load(), *i = chosen(o, list);
    int queue;

    if (i == list)
        log_fatal("Cannot remove the primary instance");
    if (postmulti_enabled(i))
        log_fatal("Cannot remove enabled instances");
    need_stopped(i);
    need_empty_queue(i);
    queue = open(i->value[MULTI_QUEUE], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t k = 0; queue >= 0 && qdir_name(k); k++)
        remove_tree(queue, qdir_name(k), 2);
    if (queue >= 0)
        close(queue);
    remove_directory(i->value[MULTI_QUEUE]);
    remove_directory(i->value[MULTI_DATA]);
    remove_config(i->value[MULTI_CONFIG]);
    remove_from_list(list, i);
    return 0;
}

static int deport(const struct multi_options *o)
{
    struct instance *list = postmulti_load(), *i = chosen(o, list);

    if (i == list)
        log_fatal("Cannot remove the primary instance");
    remove_from_list(list, i);
    return 0;
}

/* --- the rest --- */

static int init(const struct multi_options *o)
{
    struct settings s = changes();

    set(&s, "multi_instance_wrapper", "${command_directory}/postmulti -p --");
    set(&s, "multi_instance_enable", "yes");
    apply(CONFIG_CONFIG_DIR, &s);
    return 0;
}

static int enable(const struct multi_options *o)
{
    struct instance *list = postmulti_load();
    struct settings s = changes();

    set(&s, "multi_instance_enable", strcmp(o->action, "enable") == 0 ? "yes" : "no");
    apply(chosen(o, list)->value[MULTI_CONFIG], &s);
    return 0;
}

static int rename_instance(const struct multi_options *o)
{
    struct instance *list = postmulti_load(), *i = chosen(o, list);
    struct instance new = { .value = { [MULTI_NAME] = (char *)(uintptr_t)(named(o) ? o->new_name : "") } };

    if (!o->new_name && !o->new_group)
        log_fatal("Specify new instance name or group with '-e assign'");
    if (o->new_name && strcmp(i->value[MULTI_NAME], new.value[MULTI_NAME]) != 0)
        check_new(list, &new);
    assign(o, i->value[MULTI_CONFIG]);
    return 0;
}

int postmulti_edit(const struct multi_options *o)
{
    static const struct {
        const char *name;
        int (*run)(const struct multi_options *o);
        bool names, args; /* takes -I -G, name=value */
    } actions[] = {
        { "init", init, false, false },       { "create", create, true, true },
        { "import", create, true, true },     { "destroy", destroy, false, false },
        { "deport", deport, false, false },   { "enable", enable, false, false },
        { "disable", enable, false, false },  { "assign", rename_instance, true, false },
    };

    check_names(o);
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (strcmp(actions[i].name, o->action) != 0)
            continue;
        if (!actions[i].names && (o->new_name || o->new_group))
            log_fatal("Cannot assign instance name or group with '-e %s'", o->action);
        if (!actions[i].args && *o->args)
            log_fatal("Parameter overrides not valid with '-e %s'", o->action);
        return actions[i].run(o);
    }
    log_fatal("Invalid '-e' edit action '%s'. Specify 'init', 'create', 'import', 'destroy', 'deport', 'enable', "
              "'disable' or 'assign'", o->action);
}
