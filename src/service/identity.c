/* identity.c - who we run as, and who may ask
 *
 * Runs in: every daemon and command.  Parameters: mail_owner, setgid_group, default_privs, authorized_X_users.
 * Tests: tests/system/test_lifecycle.py
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "map/match.h"
#include "param/param.h"
#include "service/service.h"

enum { USER_TEXT_MIN = 1024, USER_TEXT_MAX = 256 * 1024 };

void service_owner(uid_t *uid, gid_t *gid)
{
    const struct passwd *pw = getpwnam(par_mail_owner());

    if (!pw)
        log_fatal("parameter mail_owner: there is no user \"%s\"", par_mail_owner());
    if (geteuid() != 0 && pw->pw_uid != geteuid())
        log_fatal("parameter mail_owner: this process runs as user id %ld and cannot become \"%s\"; set mail_owner to "
                  "that user, or start as root",
                  (long)geteuid(), par_mail_owner());
    if (pw->pw_uid == 0)
        log_fatal("parameter mail_owner: \"%s\" has root's privileges", par_mail_owner());
    *uid = pw->pw_uid;
    *gid = pw->pw_gid;
}

#define OWNER_ENV "POSTLET_OWNER"

void service_owner_hand_on(uid_t uid, gid_t gid)
{
    char *text = mem_printf("%ld:%ld:%s", (long)uid, (long)gid, par_mail_owner());

    if (setenv(OWNER_ENV, text, 1) < 0)
        log_fatal("cannot set the environment: %s", strerror(errno));
    free(text);
}

enum result service_owner_given(uid_t *uid, gid_t *gid)
{
    const char *text = getenv(OWNER_ENV);
    struct str rest = str_of(text ? text : "");
    size_t colon = str_find(rest, ':'), second;
    int64_t u, g;

    if (num_parse((struct str){ rest.p, colon }, 1, INT32_MAX, &u) != OK || colon == rest.n)
        return NONE;
    rest = (struct str){ rest.p + colon + 1, rest.n - colon - 1 };
    second = str_find(rest, ':');
    if (num_parse((struct str){ rest.p, second }, 0, INT32_MAX, &g) != OK || second == rest.n ||
        strcmp(rest.p + second + 1, par_mail_owner()) != 0)
        return NONE; /* -o mail_owner= in master.cf */
    *uid = (uid_t)u;
    *gid = (gid_t)g;
    return OK;
}

unsigned service_words(const char *param, const char *list, const char *const names[], size_t n)
{
    struct str rest = str_of(list), word;
    unsigned bits = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK) {
        size_t i = 0;

        while (i < n && !str_eq_case(word, names[i]))
            i++;
        if (i == n)
            log_fatal("unknown %s value \"%.*s\" in \"%s\"", param, (int)word.n, word.p, list);
        bits |= 1u << i;
    }
    return bits;
}

void service_command_user(const char *service, const char *text, uid_t *uid, gid_t *gid)
{
    size_t n = strcspn(text, ":");
    char *name = mem_dup_n(text, n);
    const struct passwd *pw = getpwnam(name);
    const struct group *gr = text[n] && text[n + 1] ? getgrnam(text + n + 1) : NULL;
    const struct group *drop;
    uid_t owner;
    gid_t owner_group;

    if (!pw)
        log_fatal("service %s: there is no user \"%s\" (user=)", service, name);
    *uid = pw->pw_uid;
    if (text[n] && text[n + 1] && !gr)
        log_fatal("service %s: there is no group \"%s\" (user=)", service, text + n + 1);
    *gid = gr ? gr->gr_gid : pw->pw_gid;
    if (*uid == 0 || *gid == 0)
        log_fatal("service %s: user= has root's privileges", service);
    service_owner(&owner, &owner_group);
    drop = getgrnam(par_setgid_group());
    /* An instance without root has one user for everything. */
    if (geteuid() == 0 && (*uid == owner || *gid == owner_group))
        log_fatal("service %s: user= has the privileges of mail_owner", service);
    if (geteuid() == 0 && drop && *gid == drop->gr_gid)
        log_fatal("service %s: user= has the privileges of setgid_group", service);
    free(name);
}

void service_default_privs(uid_t *uid, gid_t *gid)
{
    const struct passwd *pw = getpwnam(par_default_privs());
    uid_t owner;
    gid_t owner_group;

    if (!pw)
        log_fatal("parameter default_privs: there is no user \"%s\"", par_default_privs());
    *uid = pw->pw_uid;
    *gid = pw->pw_gid;
    service_owner(&owner, &owner_group);
    if (*uid == 0 || *gid == 0 || *uid == owner)
        log_fatal("parameter default_privs: \"%s\" has the privileges of %s", par_default_privs(),
                  *uid == owner ? "mail_owner" : "root");
}

void service_become(uid_t uid, gid_t gid)
{
    if (geteuid() != 0) {
        if (uid != geteuid())
            log_fatal("cannot become user id %ld: not root", (long)uid);
        return;
    }
    if (setgroups(1, &gid) < 0)
        log_fatal("cannot set groups: %s", strerror(errno));
    if (setgid(gid) < 0 || setuid(uid) < 0)
        log_fatal("cannot become user id %ld: %s", (long)uid, strerror(errno));
    if (uid != 0 && setuid(0) == 0)
        log_panic("privileges came back");
}

static enum result keep_entry(const struct passwd *from, struct passwd *to, char *text, size_t n)
{
    char *const fields[] = { from->pw_name, from->pw_passwd, from->pw_gecos, from->pw_dir, from->pw_shell };
    char **const places[] = { &to->pw_name, &to->pw_passwd, &to->pw_gecos, &to->pw_dir, &to->pw_shell };

    *to = *from;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        size_t len = strlen(fields[i]) + 1;

        if (len > n)
            return TEMP;
        *places[i] = memcpy(text, fields[i], len);
        text += len;
        n -= len;
    }
    return OK;
}

/* With several sources in nsswitch.conf the library says "no such entry" also when it could not read this one. */
static enum result find_in_file(const char *name, struct passwd *pw, char *text, size_t n)
{
    FILE *f = fopen("/etc/passwd", "re");
    struct passwd *found;
    enum result r = NONE;

    if (!f)
        return errno == ENOENT ? NONE : TEMP;
    while ((found = fgetpwent(f)) && strcmp(found->pw_name, name) != 0)
        ;
    if (found)
        r = keep_entry(found, pw, text, n);
    else if (ferror(f))
        r = TEMP;
    (void)fclose(f);
    return r;
}

enum result service_find_user(const char *name, struct passwd *pw, char **text)
{
    struct passwd *found = NULL;
    size_t n = USER_TEXT_MIN;
    int err;

    for (*text = NULL;; n *= 2) {
        *text = mem_resize(*text, n);
        err = getpwnam_r(name, pw, *text, n, &found);
        if (err != ERANGE || n > USER_TEXT_MAX / 2)
            break;
    }
    if (found)
        return OK;
    /* With these the library says "no such entry" (getpwnam(3)). */
    err = err == 0 || err == ENOENT || err == ESRCH || err == EBADF || err == EPERM ? NONE : TEMP;
    if (err == NONE)
        err = find_in_file(name, pw, *text, n);
    if (err != OK) {
        free(*text);
        *text = NULL;
    }
    return (enum result)err;
}

static FILE *accounts; /* kept open, because a jail has no /etc/passwd */

void service_users_keep(void)
{
    if (!accounts)
        accounts = fopen("/etc/passwd", "re");
}

const char *service_user_name(uid_t uid)
{
    const struct passwd *pw;

    if (!accounts) {
        pw = getpwuid(uid);
        return pw ? pw->pw_name : NULL;
    }
    rewind(accounts);
    while ((pw = fgetpwent(accounts)))
        if (pw->pw_uid == uid)
            return pw->pw_name;
    return NULL;
}

enum result service_user_allowed(const char *param_name, const char *list, uid_t uid)
{
    const char *name;
    struct match *m;
    enum result r;

    if (strcmp(list, "static:anyone") == 0 || strcmp(list, "static:all") == 0)
        return OK; /* the default: no need for the account database */
    name = service_user_name(uid);
    m = match_new(param_name, list, 0);
    /* A user without an account is "unknown" to the list (postconf(5) authorized_submit_users). */
    r = match_string(m, name ? name : "unknown");
    match_free(m);
    return r;
}
