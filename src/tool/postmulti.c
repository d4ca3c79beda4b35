/* postmulti.c - several mail systems on one machine: which there are, and one command for all of them
 *
 * The instance of the built-in directory is the primary one; its
 * multi_instance_directories names the others. Every main.cf is read by a
 * postconf of its own. postmulti_edit.c makes and removes instances.
 * Runs as: root, or the owner of them all.
 * Parameters: multi_instance_directories, multi_instance_name, multi_instance_group, multi_instance_enable,
 * queue_directory, data_directory, command_directory, daemon_directory, postmulti_start_commands,
 * postmulti_stop_commands, postmulti_control_commands.
 * Tests: tests/system/test_postmulti.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"
#include "tool/again.h"
#include "tool/postmulti_int.h"

enum { OUTPUT_MAX = 256 * 1024 };

static const enum par_id ids[MULTI_VALUES] = {
    P_config_directory,     P_queue_directory,       P_data_directory,    P_multi_instance_name,
    P_multi_instance_group, P_multi_instance_enable, P_command_directory, P_daemon_directory,
};

const char *postmulti_name(enum par_id id)
{
    struct param_row row;

    param_row(id, &row);
    return row.name;
}

const char *postmulti_value_name(int k)
{
    return postmulti_name(ids[k]);
}

/* --- what there is --- */

static void read_all(int fd, struct buf *out)
{
    char block[4096];
    ssize_t n;

    while ((n = read(fd, block, sizeof block)) > 0)
        if (!buf_str(out, (struct str){ block, (size_t)n }))
            log_fatal("postconf says too much");
}

/* quiet: warnings about a main.cf that is only read are for others. */
static int run_postconf(const char *dir, char *const args[], bool quiet, struct buf *out)
{
    char *argv[32] = { (char *)"postconf", (char *)"-c", (char *)(uintptr_t)dir };
    int fds[2], n = 3, status;
    pid_t pid;

    while (*args && n < (int)ARRAY_LEN(argv) - 1)
        argv[n++] = *args++;
    if (pipe(fds) < 0 || (pid = fork()) < 0)
        log_fatal("run postconf: %s", strerror(errno));
    if (pid == 0) {
        close(fds[0]);
        if (dup2(fds[1], STDOUT_FILENO) < 0 || (quiet && !freopen("/dev/null", "w", stderr)))
            _exit(71);
        again_exec(argv);
    }
    close(fds[1]);
    read_all(fds[0], out);
    close(fds[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

void postmulti_postconf(const char *dir, char *const args[], struct buf *out)
{
    if (run_postconf(dir, args, true, out) == 0)
        return;
    (void)run_postconf(dir, args, false, out); /* says why */
    log_fatal("Cannot parse %s/main.cf file", dir);
}

struct instance *postmulti_read(const char *dir)
{
    struct instance *i = mem_new(sizeof *i);
    char *args[MULTI_VALUES + 3] = { (char *)"-h", (char *)"-x" };
    struct buf out;
    struct str rest;

    for (int k = 0; k < MULTI_VALUES; k++)
        args[2 + k] = (char *)(uintptr_t)postmulti_value_name(k);
    buf_init(&out, OUTPUT_MAX);
    postmulti_postconf(dir, args, &out);
    rest = buf_view(&out);
    for (int k = 0; k < MULTI_VALUES; k++) {
        size_t n = str_find(rest, '\n');

        if (n == rest.n)
            log_fatal("Failed to obtain all required %s/main.cf parameters", dir);
        i->value[k] = mem_dup_n(rest.p, n);
        rest = (struct str){ rest.p + n + 1, rest.n - n - 1 };
    }
    buf_done(&out);
    free(i->value[MULTI_CONFIG]);
    i->value[MULTI_CONFIG] = mem_dup(dir);
    return i;
}

char *postmulti_primary(enum par_id id)
{
    char *args[] = { (char *)"-h", (char *)"-x", (char *)(uintptr_t)postmulti_name(id), NULL };
    struct buf out;
    char *text;

    buf_init(&out, OUTPUT_MAX);
    postmulti_postconf(CONFIG_CONFIG_DIR, args, &out);
    text = mem_dup_n(out.p, str_trim(buf_view(&out)).n);
    buf_done(&out);
    return text;
}

bool postmulti_is(const struct instance *i, const struct instance *primary, const char *name)
{
    if (strcmp(name, "-") == 0)
        return i == primary;
    return strcmp(name, i->value[*name == '/' ? MULTI_CONFIG : MULTI_NAME]) == 0;
}

bool postmulti_enabled(const struct instance *i)
{
    return strcmp(i->value[MULTI_ENABLE], "yes") == 0;
}

/* Names and directories belong to one instance each. */
static void check_unique(const struct instance *list, const struct instance *new)
{
    for (const struct instance *i = list; i && i != new; i = i->next)
        for (int k = 0; k <= MULTI_NAME; k++)
            if (*new->value[k] && strcmp(new->value[k], i->value[k]) == 0)
                log_fatal("instance %s, %s=%s conflicts with instance %s=%s", new->value[MULTI_CONFIG],
                          postmulti_value_name(k), new->value[k], i->value[MULTI_CONFIG], i->value[k]);
}

struct instance *postmulti_load(void)
{
    struct instance *list = postmulti_read(CONFIG_CONFIG_DIR), *last = list;
    char *dirs = postmulti_primary(P_multi_instance_directories);
    struct str rest = str_of(dirs), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        char *dir = mem_dup_n(word.p, word.n);

        last->next = postmulti_read(dir);
        last = last->next;
        check_unique(list, last);
        free(dir);
    }
    free(dirs);
    /* With nobody beside it nothing need be switched on. */
    if (!list->next && !postmulti_enabled(list)) {
        free(list->value[MULTI_ENABLE]);
        list->value[MULTI_ENABLE] = mem_dup("yes");
    }
    return list;
}

/* --- the same for all --- */

static bool listed(enum par_id parameter, const char *command)
{
    char *list = postmulti_primary(parameter);
    struct str rest = str_of(list), word;
    bool found = false;

    while (!found && str_word(&rest, STR_LIST_SEPS, &word) == OK)
        found = str_eq(word, command);
    free(list);
    return found;
}

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

static void print_json(const struct instance *i)
{
    printf("{\"name\": \"%s\", \"group\": \"%s\", \"enabled\": %s, \"config_directory\": \"%s\"}\n",
           or_dash(i->value[MULTI_NAME]), or_dash(i->value[MULTI_GROUP]), postmulti_enabled(i) ? "true" : "false",
           i->value[MULTI_CONFIG]);
}

static void print_line(const struct instance *i)
{
    printf("%-15s %-15s %-9s %s\n", or_dash(i->value[MULTI_NAME]), or_dash(i->value[MULTI_GROUP]),
           postmulti_enabled(i) ? "y" : "n", i->value[MULTI_CONFIG]);
}

static int run_command(char **argv)
{
    pid_t pid = fork();
    int status;

    if (pid < 0)
        log_fatal("fork %s: %s", argv[0], strerror(errno));
    if (pid == 0) {
        execvp(argv[0], argv);
        log_fatal("execvp %s: %s", argv[0], strerror(errno));
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

static void export_names(const struct instance *i)
{
    int failed = setenv("MAIL_CONFIG", i->value[MULTI_CONFIG], 1);

    for (int k = 0; k < MULTI_VALUES; k++)
        failed |= setenv(postmulti_value_name(k), i->value[k], 1);
    if (failed)
        log_fatal("setenv: %s", strerror(errno));
}

struct iteration {
    int mode; /* l p x */
    bool json, reverse;
    bool start, stop, control; /* what kind of postfix command */
    const char *group, *name;
    char **argv;
};

/* With -p, what an instance that is not enabled gets, is the manual's choice. */
static int visit(const struct iteration *it, const struct instance *i)
{
    char *check[] = { (char *)"postfix", (char *)"check", NULL };
    char *postfix[64] = { (char *)"postfix" };
    int n = 1;

    if (it->mode == 'l') {
        (it->json ? print_json : print_line)(i);
        return 0;
    }
    export_names(i);
    if (it->mode == 'x')
        return run_command(it->argv);
    if (!postmulti_enabled(i) && (it->stop || it->control))
        return 0;
    if (!postmulti_enabled(i) && it->start)
        return again_run(check);
    for (char **a = it->argv; *a && n < (int)ARRAY_LEN(postfix) - 1; a++)
        postfix[n++] = *a;
    return again_run(postfix);
}

static struct instance *reversed(struct instance *list)
{
    struct instance *out = NULL;

    while (list) {
        struct instance *next = list->next;

        list->next = out;
        out = list;
        list = next;
    }
    return out;
}

static int iterate(struct iteration *it)
{
    struct instance *primary = postmulti_load(), *list = primary;
    int failed = 0, found = 0;

    if (it->mode == 'p') {
        it->start = listed(P_postmulti_start_commands, it->argv[0]);
        it->stop = listed(P_postmulti_stop_commands, it->argv[0]);
        it->control = listed(P_postmulti_control_commands, it->argv[0]);
        it->reverse = it->stop;
    }
    if (it->reverse)
        list = reversed(list);
    for (const struct instance *i = list; i; i = i->next)
        if ((!it->name || postmulti_is(i, primary, it->name)) &&
            (!it->group || strcmp(i->value[MULTI_GROUP], it->group) == 0)) {
            found++;
            failed |= visit(it, i) != 0;
        }
    if (!found)
        log_error("No matching instances");
    return fflush(stdout) != 0 || ferror(stdout) || failed;
}

/* --- options --- */

static NORETURN void usage(void)
{
    log_fatal("Usage: postmulti -l [-ajvR] [-g group] [-i instance] | postmulti -p [-av] [-g group] [-i instance] "
              "command... | postmulti -x [-avR] [-i name] [-g group] command... | postmulti -e action [-av] [-g group] "
              "[-i name] [-G group] [-I name] [param=value ...]");
}

static void need_default_directory(void)
{
    const char *dir = getenv("MAIL_CONFIG");

    if (dir && strcmp(dir, CONFIG_CONFIG_DIR) != 0)
        log_fatal("Non-default configuration directory: MAIL_CONFIG=%s", dir);
}

int postmulti_main(int argc, char **argv);

int postmulti_main(int argc, char **argv)
{
    struct multi_options o = { 0 };
    struct iteration it = { 0 };
    int c;

    log_open(&(struct log_options){ .tag = "postmulti", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    optind = 1;
    opterr = 0;
    while ((c = getopt(argc, argv, "+ae:g:i:jlpRvxG:I:")) > 0) {
        switch (c) {
        case 'a': o.front = true; break;
        case 'e': case 'l': case 'p': case 'x':
            if (it.mode)
                usage();
            it.mode = c;
            o.action = optarg;
            break;
        case 'g': o.group = optarg; break;
        case 'i': o.name = optarg; break;
        case 'j': it.json = true; break;
        case 'R': it.reverse = true; break;
        case 'v': log_verbose++; break;
        case 'G': o.new_group = optarg; break;
        case 'I': o.new_name = optarg; break;
        default: usage();
        }
    }
    need_default_directory();
    o.args = it.argv = argv + optind;
    it.group = o.group;
    it.name = o.name;
    if (!it.mode || (it.mode == 'l' && *o.args) || ((it.mode == 'p' || it.mode == 'x') && !*o.args))
        usage();
    if (log_verbose && setenv("MAIL_VERBOSE", "", 1) < 0)
        log_fatal("setenv: %s", strerror(errno));
    if (it.mode == 'e')
        return postmulti_edit(&o);
    if (o.new_group || o.new_name)
        log_fatal("Cannot assign instance name or group without '-e'");
    if (it.json && it.mode != 'l')
        usage();
    return iterate(&it);
}
