/* local_mailbox.c - the last step: mailbox, Maildir, file or command
 *
 * Everything here happens as the recipient's user, in a process of its own.
 * Runs in: local.  Parameters: mailbox.def, command_time_limit and others of local.def.
 * Tests: tests/smtp/local-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/local/local_int.h"
#include "deliver/command.h"
#include "deliver/command_env.h"
#include "deliver/copy.h"
#include "deliver/mailbox.h"
#include "deliver/run_as.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"

enum { TEXT_MAX = 8192 };

struct expansion {
    const struct job *j;
    const struct person *p;
};

static const char *expand_name(const char *name, void *arg)
{
    const struct expansion *e = arg;
    const struct person *p = e->p;
    const struct qfile_env *env = e->j->d->env;
    const struct {
        const char *name, *value;
    } names[] = {
        { "user", p->user },
        { "home", p->pw ? p->pw->pw_dir : NULL },
        { "shell", p->pw ? p->pw->pw_shell : NULL },
        { "domain", p->domain },
        { "local", p->name },
        { "mailbox", p->name },
        { "recipient", e->j->r->r.addr },
        { "extension", p->ext },
        { "recipient_delimiter", p->delimiter },
        { "client_hostname", env->client_name },
        { "client_address", env->client_addr },
        { "client_protocol", env->client_proto },
        { "client_helo", env->client_helo },
        { "sasl_method", env->sasl_method },
        { "sasl_sender", env->sasl_sender },
        { "sasl_username", env->sasl_user },
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].value ? names[i].value : "";
    return NULL;
}

char *local_text(struct job *j, const char *text, const struct person *p, const char *filter, const char *param)
{
    struct expansion e = { j, p };
    struct buf out;
    struct why why;
    const char *bad = "";

    buf_init(&out, TEXT_MAX);
    if (param_expand_with(text, expand_name, &e, filter, &out, &bad) == OK)
        return buf_take(&out);
    log_warn("parameter %s: bad syntax near \"%s\"", param, bad);
    why_set(&why, "4.3.5", "mail system configuration error");
    local_note(j, TEMP, &why, "%s", "");
    buf_done(&out);
    return NULL;
}

static unsigned header_flags_for(const char *what)
{
    return COPY_RETURN_PATH | COPY_ORIGINAL_TO | (strstr(par_prepend_delivered_header(), what) ? COPY_DELIVERED_TO : 0);
}

struct mailbox_work {
    struct mailbox m;
    const struct delivery *d;
    const struct delivery_rcpt *r;
};

static enum result work_mailbox(void *arg, struct buf *out, struct why *why)
{
    struct mailbox_work *w = arg;

    return mailbox_deliver(&w->m, w->d, w->r, why);
}

static void fill_mailbox(struct mailbox_work *w, const struct job *j, const char *path, const char *user)
{
    *w = (struct mailbox_work){ .d = j->d, .r = j->r };
    w->m = (struct mailbox){
        .path = path,
        .user = user,
        .flags = header_flags_for("file"),
        .locks = par_mailbox_delivery_lock(),
        .size_limit = par_mailbox_size_limit(),
        .lock_attempts = (int)par_deliver_lock_attempts(),
        .lock_delay = par_deliver_lock_delay(),
        .stale_lock_time = par_stale_lock_time(),
        .hostname = par_myhostname(),
    };
}

/* The mail spool directory belongs to group mail on most systems: with that group the user may lock and create there.
 */
static gid_t spool_group(const char *dir)
{
    struct stat st;

    if (stat(dir, &st) == 0 && (st.st_mode & S_IWGRP) && !(st.st_mode & S_IWOTH))
        return st.st_gid;
    return (gid_t)-1;
}

static void into(struct job *j, const struct person *p, char *path, gid_t extra)
{
    struct run_as who = { .uid = p->pw->pw_uid, .gid = p->pw->pw_gid, .user = p->user, .extra = extra };
    bool maildir = path[strlen(path) - 1] == '/';
    struct mailbox_work w;
    struct why why;
    enum result r;

    fill_mailbox(&w, j, path, p->user);
    w.m.check_owner = par_strict_mailbox_ownership();
    w.m.uid = p->pw->pw_uid;
    r = run_as(&who, work_mailbox, &w, NULL, &why);
    local_note(j, r, &why, "delivered to %s", maildir ? "maildir" : "mailbox");
    free(path);
}

static char *spool_path(const struct person *p, const char *spool)
{
    size_t n = strlen(spool);

    if (n && spool[n - 1] == '/') /* one Maildir per user below */
        return mem_printf("%s%s/", spool, p->user);
    return mem_printf("%s/%s", spool, p->user);
}

static char *mailbox_command_of(struct job *j, const struct person *p, bool *failed)
{
    struct buf found;
    char *text = NULL;
    struct why why;
    enum result r;

    buf_init(&found, TEXT_MAX);
    r = maps_get(j->t->mailbox_command, str_of(p->user), &found, NULL);
    *failed = r != OK && r != NONE;
    if (*failed) {
        why_set(&why, "4.3.0", "mailbox_command_maps: table lookup failed");
        local_note(j, TEMP, &why, "%s", "");
    } else if (r == OK || *par_mailbox_command()) {
        text = local_text(j, r == OK ? found.p : par_mailbox_command(), p, par_command_expansion_filter(),
                          "mailbox_command");
        *failed = !text;
    }
    buf_done(&found);
    return text;
}

static bool home_missing(struct job *j, const struct person *p)
{
    struct stat st;
    struct why why;

    if (!par_require_home_directory() || (stat(p->pw->pw_dir, &st) == 0 && S_ISDIR(st.st_mode)))
        return false;
    why_set(&why, "4.2.0", "cannot access home directory %s", p->pw->pw_dir);
    local_note(j, TEMP, &why, "%s", "");
    return true;
}

void local_mailbox(struct job *j, const struct person *p)
{
    struct identity as = { p->pw->pw_uid, p->pw->pw_gid, p->user };
    char *mark = mem_printf("mailbox %s", p->user), *command;
    bool failed, again = htab_put(j->seen, str_of(mark), j) != NULL;

    free(mark);
    if (again || home_missing(j, p))
        return;
    command = mailbox_command_of(j, p, &failed);
    if (failed)
        return;
    if (command)
        local_command(j, command, &as, p);
    else if (*par_home_mailbox())
        into(j, p, mem_printf("%s/%s", p->pw->pw_dir, par_home_mailbox()), (gid_t)-1);
    else
        into(j, p, spool_path(p, par_mail_spool_directory()), spool_group(par_mail_spool_directory()));
    free(command);
}

void local_file(struct job *j, const char *path, const struct identity *as)
{
    struct run_as who = { .uid = as->uid, .gid = as->gid, .user = as->user, .extra = (gid_t)-1 };
    struct mailbox_work w;
    struct why why;
    enum result r;

    fill_mailbox(&w, j, path, as->user ? as->user : "file");
    w.m.dotlock_may_fail = true;
    r = run_as(&who, work_mailbox, &w, NULL, &why);
    local_note(j, r, &why, "delivered to %s: %s", path[strlen(path) - 1] == '/' ? "maildir" : "file", path);
}

/* local(8), "external command delivery": what a command is told. */
static void build_env(struct command_env *env, const struct job *j, const struct identity *as, const struct person *p)
{
    const struct passwd *pw = p && p->pw ? p->pw : getpwuid(as->uid);
    const struct qfile_env *q = j->d->env;
    struct str addr = str_of(j->r->r.addr);
    char *local = mem_dup_n(addr.p, addr_at(addr));

    command_env_init(env);
    command_env_add(env, "SHELL", pw && *pw->pw_shell ? pw->pw_shell : "/bin/sh");
    command_env_add(env, "HOME", pw ? pw->pw_dir : "/");
    command_env_add(env, "USER", pw ? pw->pw_name : NULL);
    command_env_add(env, "LOGNAME", pw ? pw->pw_name : NULL);
    command_env_add(env, "EXTENSION", p ? p->ext : NULL);
    command_env_add(env, "DOMAIN", addr_at(addr) < addr.n ? addr.p + addr_at(addr) + 1 : NULL);
    command_env_add(env, "LOCAL", local);
    command_env_add(env, "RECIPIENT", j->r->r.addr);
    command_env_add(env, "ORIGINAL_RECIPIENT", j->r->r.orig);
    command_env_add(env, "SENDER", *q->sender ? q->sender : "MAILER-DAEMON");
    command_env_add(env, "ENVID", q->envid);
    command_env_add(env, "CLIENT_ADDRESS", q->client_addr);
    command_env_add(env, "CLIENT_HELO", q->client_helo);
    command_env_add(env, "CLIENT_HOSTNAME", q->client_name);
    command_env_add(env, "CLIENT_PROTOCOL", q->client_proto);
    command_env_add(env, "SASL_METHOD", q->sasl_method);
    command_env_add(env, "SASL_SENDER", q->sasl_sender);
    command_env_add(env, "SASL_USERNAME", q->sasl_user);
    free(local);
}

void local_command(struct job *j, const char *text, const struct identity *as, const struct person *p)
{
    struct command_env env;
    char *dir = NULL;
    struct command c = {
        .text = text,
        .shell = par_local_command_shell(),
        .env = env.list,
        .uid = as->uid,
        .gid = as->gid,
        .user = as->user,
        .time_limit = (int)par_command_time_limit(),
        .flags = header_flags_for("command") | COPY_FROM_LINE,
        .eol = "\n",
    };
    struct why why;
    enum result r;

    if (geteuid() != 0 && as->uid != geteuid()) {
        why_set(&why, "4.3.5", "cannot run a command as user id %ld: the mail system does not run as root",
                (long)as->uid);
        local_note(j, TEMP, &why, "%s", "");
        return;
    }
    if (p && *par_command_execution_directory()) {
        dir = local_text(j, par_command_execution_directory(), p, par_execution_directory_expansion_filter(),
                         "command_execution_directory");
        if (!dir)
            return;
    }
    c.dir = dir;
    build_env(&env, j, as, p);
    r = command_run(&c, j->d, j->r, &why);
    local_note(j, r, &why, "delivered to command: %s", text);
    command_env_done(&env);
    free(dir);
}
