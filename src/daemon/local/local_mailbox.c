/* local_mailbox.c - the last step: another transport, mailbox, Maildir, file or command
 *
 * Everything in files happens as the recipient's user, in a process of its own.
 * Runs in: local.  Parameters: mailbox.def, command_time_limit, biff and others of local.def.
 * Tests: tests/local/
 */
/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/local/local_int.h"
#include "deliver/command.h"
#include "deliver/command_env.h"
#include "deliver/copy.h"
#include "deliver/mailbox.h"
#include "deliver/pass.h"
#include "deliver/run_as.h"
#include "mail/addr.h"
#include "map/map.h"
#include "param/param.h"
#include "service/service.h"

enum { TEXT_MAX = 8192, COMSAT_PORT = 512 };

/* --- $name in parameters --- */

static const char *expand_name(const char *name, void *arg)
{
    const struct target *t = arg;
    static char first[2];
    const struct {
        const char *name, *value;
    } names[] = {
        { "user", t->user },
        { "home", t->as.home },
        { "shell", t->as.shell },
        { "domain", t->domain },
        { "local", t->local },
        { "mailbox", t->local },
        { "recipient", t->addr },
        { "extension", t->ext },
        { "recipient_delimiter", *t->delimiter ? t->delimiter : first },
    };

    first[0] = par_recipient_delimiter()[0];
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].value ? names[i].value : "";
    return NULL;
}

char *local_text(const struct target *t, const char *text, const char *filter, const char *param, bool *whole)
{
    const char *bad = NULL;
    struct buf out;

    buf_init(&out, TEXT_MAX);
    if (param_expand_with(text, expand_name, (void *)(uintptr_t)t, filter, &out, &bad) == OK) {
        if (whole)
            *whole = !bad;
        return buf_take(&out);
    }
    log_warn("parameter %s: %s", param, bad);
    buf_done(&out);
    return NULL;
}

/* --- accounts --- */

struct identity local_identity(const struct passwd *pw)
{
    return (struct identity){ .uid = pw->pw_uid, .gid = pw->pw_gid, .home = mem_dup(pw->pw_dir),
                              .shell = mem_dup(pw->pw_shell) };
}

void local_identity_done(struct identity *as)
{
    free((char *)(uintptr_t)as->home);
    free((char *)(uintptr_t)as->shell);
}

enum result local_account(const char *user, struct identity *as)
{
    struct passwd pw;
    char *text;
    enum result r = service_find_user(user, &pw, &text);

    if (r == OK)
        *as = local_identity(&pw);
    free(text);
    return r;
}

static bool has_account(const char *user)
{
    struct identity as = { .uid = 0 };
    enum result r = local_account(user, &as);

    local_identity_done(&as);
    return r != NONE;
}

/* --- another transport --- */

/* OK, NONE, or TEMP when the table could not tell. */
static enum result look_up(struct maps *maps, const struct target *t, const char *fixed, struct buf *found)
{
    enum result r = maps_get(maps, str_of(t->user), found, NULL);

    if (r == NONE && *fixed) {
        buf_puts(found, fixed);
        r = OK;
    }
    return r;
}

bool local_other_transport(struct job *j, const struct target *t, struct maps *maps, const char *fixed)
{
    struct buf found;
    enum result r;

    buf_init(&found, TEXT_MAX);
    r = look_up(maps, t, fixed, &found);
    if (r == OK)
        pass_deliver(j->d, local_part(j, t), found.p);
    else if (r != NONE)
        local_fail(j, t, "4.3.0", "table lookup failure");
    buf_done(&found);
    return r != NONE;
}

/* --- files --- */

struct mailbox_work {
    struct mailbox m;
    struct delivery d;
    struct qfile_env env;
    struct delivery_rcpt r;
};

static enum result work_mailbox(void *arg, struct buf *out, struct why *why)
{
    struct mailbox_work *w = arg;
    enum result r = mailbox_deliver(&w->m, &w->d, &w->r, why);

    buf_printf(out, "%lld", (long long)w->m.start);
    return r;
}

/* The message as this target sees it: sender and Delivered-To as aliases have decided. */
static void see_as(const struct job *j, const struct target *t, struct delivery *d, struct qfile_env *env,
                   struct delivery_rcpt *r)
{
    *env = *j->d->env;
    env->sender = t->sender;
    *d = *j->d;
    d->env = env;
    *r = *j->r;
    r->r.addr = t->delivered;
    if (t->list)
        r->r.orig = "";
}

static const char *lock_methods(void)
{
    static bool warned;

    if (!par_sun_mailtool_compatibility())
        return par_mailbox_delivery_lock();
    if (!warned)
        log_warn("sun_mailtool_compatibility: deprecated parameter, use \"mailbox_delivery_lock = dotlock\" instead");
    warned = true;
    return "dotlock";
}

/* Nothing but this target comes of the recipient, so who has delivered to it may mark the recipient. */
static bool all_of_it(const struct job *j, const struct target *t)
{
    return t->source == FROM_NOTHING && !t->exp_from && !t->list && !j->r->parts && !j->forwards;
}

static void fill_work(struct mailbox_work *w, const struct job *j, const struct target *t, const char *path,
                      enum mailbox_kind kind)
{
    unsigned delivered = j->t->headers & DELIVERED_TO_FILE ? COPY_DELIVERED_TO : 0;

    see_as(j, t, &w->d, &w->env, &w->r);
    if (!all_of_it(j, t))
        w->r.r.offset = 0;
    w->m = (struct mailbox){
        .kind = kind,
        .path = path,
        .user = t->user,
        .flags = COPY_RETURN_PATH | COPY_ORIGINAL_TO | delivered,
        .locks = lock_methods(),
        .size_limit = par_mailbox_size_limit(),
        .lock_attempts = (int)par_deliver_lock_attempts(),
        .lock_delay = par_deliver_lock_delay(),
        .stale_lock_time = par_stale_lock_time(),
    };
}

static bool is_maildir(const char *path)
{
    return *path && path[strlen(path) - 1] == '/';
}

/* comsat(8): "user@offset" in a datagram; nobody needs to listen. */
static void announce(const char *user, const char *start)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(COMSAT_PORT) };
    char *text = mem_printf("%s@%s", user, start);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0) {
        (void)!sendto(fd, text, strlen(text) + 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
        close(fd);
    }
    free(text);
}

/* Who may lock and create in the mail spool: anybody, its group, or only root. */
static void spool_rights(const char *dir, struct run_as *who, struct mailbox *m)
{
    struct stat st;

    if (stat(dir, &st) < 0 || (st.st_mode & S_IWOTH))
        return;
    if (st.st_mode & S_IWGRP) {
        who->extra = st.st_gid;
    } else if (geteuid() == 0) {
        m->become = true;
        who->uid = 0;
        who->gid = 0;
    }
}

static void into(struct job *j, const struct target *t, char *path, const char *spool)
{
    struct run_as who = { .uid = t->as.uid, .gid = t->as.gid, .extra = (gid_t)-1 };
    bool maildir = is_maildir(path);
    struct mailbox_work w;
    struct buf start;
    struct why why;
    enum result r;

    if (local_probe(j)) {
        local_sent(j, t, "delivers to %s", maildir ? "maildir" : "mailbox");
        free(path);
        return;
    }
    buf_init(&start, 32);
    fill_work(&w, j, t, path, MAILBOX_USER);
    w.m.check_owner = par_strict_mailbox_ownership();
    w.m.uid = t->as.uid;
    w.m.gid = t->as.gid;
    if (spool && !maildir)
        spool_rights(spool, &who, &w.m);
    r = run_as(&who, work_mailbox, &w, &start, &why);
    if (r == OK && w.r.r.offset)
        j->r->r.offset = 0; /* marked */
    if (r != OK)
        local_failed(j, t, r, &why);
    else
        local_sent(j, t, "delivered to %s", maildir ? "maildir" : "mailbox");
    if (r == OK && !maildir && par_biff())
        announce(t->user, start.p);
    buf_done(&start);
    free(path);
}

void local_file(struct job *j, const struct target *t, const char *path)
{
    struct identity as = local_rights(t);
    struct run_as who = { .uid = as.uid, .gid = as.gid, .extra = (gid_t)-1 };
    bool maildir = is_maildir(path);
    struct mailbox_work w;
    struct buf start;
    struct why why;
    enum result r;

    if (!local_first_time(j, "file %ld %s", (long)as.uid, path))
        return;
    if (local_probe(j)) {
        local_sent(j, t, "delivers to file: %s", path);
        return;
    }
    buf_init(&start, 32);
    fill_work(&w, j, t, path, MAILBOX_FILE);
    r = run_as(&who, work_mailbox, &w, &start, &why);
    if (r != OK)
        local_failed(j, t, r, &why);
    else if (maildir)
        local_sent(j, t, "delivered to maildir");
    else
        local_sent(j, t, "delivered to file: %s", path);
    buf_done(&start);
}

/* --- commands --- */

/* What comes from strangers: characters outside command_expansion_filter become _. */
static void env_censored(struct command_env *env, const char *name, const char *value)
{
    char *p = command_env_set(env, name, value);

    while (p && *(p += strspn(p, par_command_expansion_filter())))
        *p++ = '_';
}

/* local(8), "external command delivery": what a command is told. */
static void build_env(struct command_env *env, const struct job *j, const struct target *t, const struct identity *as)
{
    const struct qfile_env *q = j->d->env;

    command_env_init(env);
    env_censored(env, "HOME", as->home);
    env_censored(env, "SHELL", as->shell);
    env_censored(env, "USER", t->user);
    env_censored(env, "LOGNAME", t->user);
    env_censored(env, "EXTENSION", t->ext);
    env_censored(env, "DOMAIN", t->domain);
    env_censored(env, "LOCAL", t->local);
    env_censored(env, "RECIPIENT", t->addr);
    env_censored(env, "ORIGINAL_RECIPIENT", t->list ? NULL : deliver_or_null(j->r->r.orig));
    env_censored(env, "SENDER", t->sender);
    env_censored(env, "ENVID", deliver_or_null(q->envid));
    env_censored(env, "CLIENT_ADDRESS", deliver_or_null(q->client_addr));
    env_censored(env, "CLIENT_HELO", deliver_or_null(q->client_helo));
    env_censored(env, "CLIENT_HOSTNAME", deliver_or_null(q->client_name));
    env_censored(env, "CLIENT_PROTOCOL", deliver_or_null(q->client_proto));
    env_censored(env, "SASL_METHOD", deliver_or_null(q->sasl_method));
    env_censored(env, "SASL_SENDER", deliver_or_null(q->sasl_sender));
    env_censored(env, "SASL_USERNAME", deliver_or_null(q->sasl_user));
}

static void run_command(struct job *j, const struct target *t, const char *text, const struct identity *as,
                        const char *dir)
{
    unsigned delivered = j->t->headers & DELIVERED_TO_COMMAND ? COPY_DELIVERED_TO : 0;
    struct command_env env;
    struct command c = {
        .text = text,
        .shell = par_local_command_shell(),
        .env = env.list,
        .uid = as->uid,
        .gid = as->gid,
        .dir = dir,
        .time_limit = (int)par_command_time_limit(),
        .file_limit = par_mailbox_size_limit(),
        .flags = COPY_FROM_LINE | COPY_RETURN_PATH | COPY_ORIGINAL_TO | delivered,
        .eol = "\n",
    };
    struct qfile_env seen_env;
    struct delivery_rcpt r, *part = local_part(j, t);
    struct delivery d;
    struct why why;
    enum result result;

    see_as(j, t, &d, &seen_env, &r);
    build_env(&env, j, t, as);
    result = command_run(&c, &d, &r, &why);
    part->diag_type = 'u';
    if (result == OK)
        deliver_sent(j->d, part, j->d->transport, "2.0.0", "delivered to command: %s", text);
    else
        deliver_failed(j->d, part, j->d->transport, result, &why);
    command_env_done(&env);
}

void local_command(struct job *j, const struct target *t, const char *text)
{
    struct identity as = local_rights(t);
    char *dir = NULL;

    if (!local_first_time(j, "command %ld %s", (long)as.uid, text))
        return;
    if (local_probe(j)) {
        local_sent(j, t, "delivers to command: %s", text);
        return;
    }
    if (geteuid() != 0 && as.uid != geteuid()) {
        local_fail(j, t, "4.3.5", "cannot run a command as user id %ld: the mail system does not run as root",
                   (long)as.uid);
        return;
    }
    if (*par_command_execution_directory()) {
        dir = local_text(t, par_command_execution_directory(), par_execution_directory_expansion_filter(),
                         "command_execution_directory", NULL);
        if (!dir) {
            local_fail(j, t, "4.3.5", "mail system configuration error");
            return;
        }
    }
    run_command(j, t, text, &as, dir && *dir ? dir : NULL);
    free(dir);
}

/* --- the user's own --- */

/* mailbox_command, or the user's own: OK with the text, NONE, TEMP. */
static enum result find_command(struct job *j, const struct target *t, struct buf *found)
{
    enum result r = look_up(j->t->mailbox_command, t, par_mailbox_command(), found);

    if (r != OK && r != NONE)
        local_fail(j, t, "4.3.0", "table lookup failure");
    return r;
}

static char *spool_path(const struct target *t, const char *spool)
{
    if (is_maildir(spool)) /* one Maildir per user below */
        return mem_printf("%s%s/", spool, t->user);
    return mem_printf("%s/%s", spool, t->user);
}

static void own_mailbox(struct job *j, const struct target *t)
{
    const char *spool = par_mail_spool_directory();
    struct buf command;
    enum result r;

    buf_init(&command, TEXT_MAX);
    r = find_command(j, t, &command);
    if (r == OK)
        local_command(j, t, command.p);
    else if (r == NONE && *par_home_mailbox() && (is_maildir(par_home_mailbox()) || !is_maildir(spool)))
        into(j, t, mem_printf("%s/%s", t->as.home, par_home_mailbox()), NULL);
    else if (r == NONE)
        into(j, t, spool_path(t, spool), spool);
    buf_done(&command);
}

enum result local_mailbox(struct job *j, struct target t)
{
    enum result r;

    if (!local_first_time(j, "mailbox %s", t.local)) /* luser_relay may name the unknown user itself */
        return t.relayed && !has_account(t.user) ? NONE : OK;
    if (local_other_transport(j, &t, j->t->mailbox_transport, par_mailbox_transport()))
        return OK;
    r = local_account(t.user, &t.as);
    if (r == NONE)
        return NONE;
    if (r != OK) {
        local_fail(j, &t, "4.3.0", "user lookup error");
        return OK;
    }
    own_mailbox(j, &t);
    local_identity_done(&t.as);
    return OK;
}
