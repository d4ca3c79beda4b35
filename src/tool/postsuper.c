/* postsuper.c - work on queue files: delete, hold, release, requeue, expire, repair
 *
 * Works while the daemons run; they expect files to vanish and move. Every step is
 * a single rename, unlink or mark, so nothing can be half done. A requeued message is written
 * to maildrop as a new submission before its old file goes.
 * Runs as: root or the queue's owner, as the latter.
 * Parameters: hash_queue_names, hash_queue_depth.  Tests: tests/smtp/postsuper-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "queue/qslot.h"
#include "service/flush.h"
#include "service/service.h"
#include "tool/requeue.h"

enum { MAX_DIRS = 8, STALE = 7 * 86400, LINE_BYTES = 1024, WAKE_MS = 5000 };

static const char *const default_dirs[] = { "hold", "incoming", "active", "deferred", NULL };
static const char *const hold_last[] = { "incoming", "active", "deferred", "hold",
                                         NULL }; /* released files are not seen twice */
static const char *const unheld_dirs[] = { "incoming", "active", "deferred", NULL };
static const char *const hold_only[] = { "hold", NULL };

struct action {
    int option;
    const char *const *dirs;                       /* unless named on the command line */
    bool (*run)(const char *dir, const char *id);  /* true when it was done */
    const char *done;                              /* of one message, for the log */
    const char *total;
    bool wanted;
    unsigned long count;
};

/* --- what can be done with one message --- */

static void complain(const char *what, const char *dir, const char *id)
{
    log_warn("%s %s/%s: %s", what, dir, id, strerror(errno));
}

static bool delete(const char *dir, const char *id)
{
    enum result r = qdir_remove(dir, id);

    if (r == TEMP)
        complain("remove", dir, id);
    return r == OK;
}

static bool move(const char *from, const char *to, const char *id)
{
    enum result r = qdir_move(from, to, id, true);

    if (r == TEMP)
        complain("rename", from, id);
    return r == OK;
}

static bool hold(const char *dir, const char *id)
{
    return move(dir, "hold", id);
}

static bool release(const char *dir, const char *id)
{
    return move(dir, "deferred", id);
}

static bool expire(const char *dir, const char *id)
{
    struct qfile *q;
    enum result r = qfile_open(dir, id, true, false, &q);

    if (r == OK) {
        r = qfile_set_mark(qfile_fd(q), QMARK_EXPIRE_NOW);
        qfile_close(q);
    }
    if (r == TEMP)
        complain("mark", dir, id);
    return r == OK;
}

static bool expire_and_release(const char *dir, const char *id)
{
    return expire(dir, id) && (strcmp(dir, "hold") != 0 || release(dir, id));
}

static bool requeue(const char *dir, const char *id)
{
    enum result r = requeue_message(dir, id);

    if (r == TEMP)
        complain("requeue", dir, id);
    return r == OK && delete(dir, id);
}

static struct action actions[] = {
    { 'd', default_dirs, delete, "removed", "Deleted", false, 0 },
    { 'h', unheld_dirs, hold, "placed on hold", "Placed on hold", false, 0 },
    { 'H', hold_only, release, "released from hold", "Released from hold", false, 0 },
    { 'e', default_dirs, expire, "expired", "Force-expired", false, 0 },
    { 'f', hold_last, expire_and_release, "expired", "Force-expired", false, 0 },
    { 'r', default_dirs, requeue, "requeued", "Requeued", false, 0 },
};

static struct action *find_action(int option)
{
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (actions[i].option == option)
            return &actions[i];
    return NULL;
}

/* --- one, many, all --- */

/* What is in a slot has no file that could be renamed or removed yet. */
static bool run(const struct action *a, const char *dir, const char *id)
{
    if (strcmp(dir, "incoming") == 0 && qslot_leave(id) == TEMP) {
        complain("still in use:", dir, id);
        return false;
    }
    return a->run(dir, id);
}

static void act_on_id(struct action *a, const char *id, const char *const *dirs)
{
    if (!qdir_valid_id(str_of(id))) {
        log_warn("invalid mail queue id: %s", id);
        return;
    }
    for (; *dirs; dirs++) {
        /* -h leaves alone what is on hold, -H what is not. */
        if ((a->option == 'h' && strcmp(*dirs, "hold") == 0) || (a->option == 'H' && strcmp(*dirs, "hold") != 0))
            continue;
        if (run(a, *dirs, id)) {
            log_info("%s: %s", id, a->done);
            a->count++;
            return;
        }
    }
}

static void act_on_input(struct action *a, const char *const *dirs)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof line, stdin)) {
        struct str id = str_trim(str_of(line));

        line[id.p - line + (ptrdiff_t)id.n] = 0;
        if (id.n)
            act_on_id(a, id.p, dirs);
    }
}

struct all {
    struct action *action;
    const char *dir;
};

static bool act_on_found(const char *id, void *arg)
{
    struct all *all = arg;

    all->action->count += run(all->action, all->dir, id);
    return true;
}

static void act_on_all(struct action *a, const char *const *dirs)
{
    for (; *dirs; dirs++) {
        struct all all = { a, *dirs };

        if ((a->option == 'h' && strcmp(*dirs, "hold") == 0) || (a->option == 'H' && strcmp(*dirs, "hold") != 0))
            continue;
        if (qdir_scan(*dirs, act_on_found, &all) != OK)
            log_warn("scan %s: %s", *dirs, strerror(errno));
    }
}

/* --- repair --- */

static unsigned long repaired;

/* Removes what a writer left unfinished long ago. */
static void purge_one(const char *dir, const char *id)
{
    char path[QDIR_PATH];
    struct qfile *q;
    struct stat st;
    enum result r = qfile_open(dir, id, false, false, &q);

    if (r == OK)
        qfile_close(q);
    qdir_path(dir, id, path);
    if (r != AGAIN || stat(path, &st) < 0 || time(NULL) - st.st_mtime < STALE || (st.st_size && !qfile_abandoned(path)))
        return;
    if (unlink(path) == 0)
        log_info("%s: removed, never finished", id);
}

static bool purge_found(const char *id, void *arg)
{
    purge_one(arg, id);
    return true;
}

/* A file in the wrong place, after a change of hash_queue_names or hash_queue_depth, goes where it is looked for. */
static void fix_level(const char *dir, const char *below, int depth)
{
    DIR *d = opendir(below);
    struct dirent *e;

    while (d && (e = readdir(d))) {
        char path[2 * QDIR_PATH], right[QDIR_PATH];
        struct stat st;

        if (e->d_name[0] == '.' || snprintf(path, sizeof path, "%s/%s", below, e->d_name) >= QDIR_PATH ||
            lstat(path, &st) < 0)
            continue;
        if (S_ISDIR(st.st_mode) && !e->d_name[1] && depth > 0)
            fix_level(dir, path, depth - 1);
        if (!S_ISREG(st.st_mode) || !qdir_valid_id(str_of(e->d_name)))
            continue;
        qdir_path(dir, e->d_name, right);
        if (strcmp(path, right) == 0)
            continue;
        if (access(right, F_OK) == 0 || qdir_make_hash(dir, e->d_name) != OK || rename(path, right) < 0)
            complain("move to its place", below, e->d_name);
        else
            repaired++;
    }
    if (d)
        closedir(d);
}

static void repair(const char *const *dirs, bool purge, bool fix)
{
    for (; *dirs; dirs++) {
        if (fix)
            fix_level(*dirs, *dirs, 8);
        if (purge && qdir_scan(*dirs, purge_found, (void *)(uintptr_t)*dirs) != OK)
            log_warn("scan %s: %s", *dirs, strerror(errno));
    }
    if (repaired)
        log_info("Moved to their place: %lu message%s", repaired, repaired == 1 ? "" : "s");
}

/* --- command line --- */

static NORETURN void usage(void)
{
    log_fatal_status(
        1, "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] [-f queue_id (expire and/or "
           "un-hold)] "
           "[-h queue_id (hold)] [-H queue_id (un-hold)] [-p (purge temporary files)] [-r queue_id (requeue)] "
           "[-s (structure fix)] [-S (redundant structure fix)][-v (verbose)] [queue...]");
}

/* Becomes the owner of the queue: root's power is not needed for anything here. */
static void enter_queue(void)
{
    const struct passwd *pw = getpwnam(par_mail_owner());
    uid_t uid;
    gid_t gid;

    if (geteuid() != 0 && (!pw || pw->pw_uid != geteuid()))
        log_fatal_status(1, "use of this command is reserved for the superuser");
    service_owner(&uid, &gid);
    if (chdir(par_queue_directory()) < 0)
        log_fatal_status(1, "chdir %s: %s", par_queue_directory(), strerror(errno));
    service_become(uid, gid);
    umask(077);
}

/* What listings call active lies in incoming. */
static const char *const *named_dirs(char **argv)
{
    static const char *dirs[MAX_DIRS];
    size_t n = 0;

    for (; *argv; argv++) {
        size_t i = 0;

        while (default_dirs[i] && strcmp(default_dirs[i], *argv) != 0)
            i++;
        if (!default_dirs[i] || n + 3 > MAX_DIRS)
            log_fatal_status(1, "invalid directory name: %s", *argv);
        dirs[n++] = default_dirs[i];
        if (strcmp(*argv, "active") == 0)
            dirs[n++] = "incoming";
    }
    return n ? dirs : NULL;
}

static const char options[] = "c:d:e:f:h:H:pr:sSv";

static const char *first_pass(int argc, char **argv, bool *purge, bool *fix)
{
    const char *dir = NULL;
    int c;

    optind = 1;
    while ((c = getopt(argc, argv, options)) > 0) {
        struct action *a = find_action(c);

        if (a)
            a->wanted = true;
        switch (c) {
        case 'c': dir = optarg; break;
        case 'p': *purge = true; break;
        case 's': case 'S': *fix = true; break;
        case 'v': log_verbose++; break;
        case '?': usage();
        default: break;
        }
    }
    return dir;
}

static void run_actions(int argc, char **argv, const char *const *named)
{
    int c;

    optind = 1;
    while ((c = getopt(argc, argv, options)) > 0) {
        struct action *a = find_action(c);
        const char *const *dirs;

        if (!a)
            continue;
        dirs = named ? named : a->dirs;
        if (strcmp(optarg, "ALL") == 0)
            act_on_all(a, dirs);
        else if (strcmp(optarg, "-") == 0)
            act_on_input(a, dirs);
        else
            act_on_id(a, optarg, dirs);
    }
}

/* pickup looks into maildrop after each client, even one that says nothing. */
static void wake_pickup(void)
{
    int fd = service_connect("public", par_pickup_service_name(), WAKE_MS);

    if (fd >= 0)
        close(fd);
}

/* -e and -f share a line. */
static void print_totals(void)
{
    bool look = false;

    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        struct action *a = &actions[i], *e = find_action('e'), *f = find_action('f');
        unsigned long n = a == f ? e->count + f->count : a->count;

        if (!a->wanted || (a == e && f->wanted))
            continue;
        log_info("%s: %lu message%s", a->total, n, n == 1 ? "" : "s");
        look = look || (n && (a == e || a == f || a->option == 'H'));
    }
    if (find_action('r')->count)
        wake_pickup();
    if (look && service_flush(FLUSH_LOOK, "") != FLUSH_OK)
        log_debug("the mail system is down");
}

int postsuper_main(int argc, char **argv);

int postsuper_main(int argc, char **argv)
{
    bool purge = false, fix = false, any = false;
    const char *const *named;
    const char *dir;

    log_open(&(struct log_options){ .tag = "postsuper", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    dir = first_pass(argc, argv, &purge, &fix);
    param_set_process("postsuper", "postsuper");
    param_load(dir, false);
    service_log_open("postsuper", false);
    enter_queue();
    named = named_dirs(argv + optind);
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        any = any || actions[i].wanted;
    if (!any && !purge && !fix)
        purge = fix = true;
    if (purge || fix)
        repair(named ? named : hold_last, purge, fix);
    run_actions(argc, argv, named);
    if (any)
        print_totals();
    return 0;
}
