/* service_log.c - the log sinks that main.cf asks for
 *
 * maillog_file is written by each process itself, one whole line per write to a
 * descriptor opened with O_APPEND before the jail; no log daemon is needed.
 * Runs in: every daemon and command.
 * Parameters: maillog_file, maillog_file_prefixes, maillog_file_permissions, syslog_name, syslog_facility.
 * Tests: tests/smtp/postlog-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "param/param.h"
#include "service/service.h"

enum { FACILITY_MAIL = 2 << 3, LOG_TAG = 64 };

static int facility(const char *name)
{
    static const char *const names[] = { "kern",   "user",   "mail",   "daemon", "auth",     "syslog",
                                         "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
                                         "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
                                         "local2", "local3", "local4", "local5", "local6",   "local7" };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i], name) == 0)
            return (int)i << 3;
    log_fatal("parameter syslog_facility: unknown facility \"%s\"", name);
}

static bool allowed_prefix(const char *path)
{
    struct str rest = str_of(par_maillog_file_prefixes()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (strncmp(path, word.p, word.n) == 0 &&
            (path[word.n] == 0 || path[word.n] == '/' || word.p[word.n - 1] == '/'))
            return true;
    return false;
}

static unsigned file_mode(void)
{
    const char *text = par_maillog_file_permissions();

    if (strcmp(text, "0640") == 0 || strcmp(text, "640") == 0)
        return 0640;
    if (strcmp(text, "0644") == 0 || strcmp(text, "644") == 0)
        return 0644;
    return 0600;
}

static void check_path(const char *path)
{
    if (*path && strcmp(path, "/dev/stdout") != 0 && !allowed_prefix(path))
        log_fatal("maillog_file \"%s\" does not start with any of maillog_file_prefixes (%s)", path,
                  par_maillog_file_prefixes());
}

/* An ordinary user's command cannot write the file; it has the terminal. */
static int open_file(void)
{
    const char *path = par_maillog_file();
    int fd;

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, file_mode());
    if (fd >= 0 && geteuid() == 0)
        (void)fchmod(fd, file_mode());
    return fd;
}

void service_log_open(const char *program, bool daemon)
{
    const char *path = par_maillog_file();
    char tag[LOG_TAG];
    struct log_options opt = { .tag = tag, .file_fd = -1, .exit_status = daemon ? 1 : 75 };

    snprintf(tag, sizeof tag, "%s/%s", par_syslog_name(), program);
    opt.host = par_myhostname();
    opt.facility = facility(par_syslog_facility());
    opt.sinks = (*path ? LOG_TO_FILE : LOG_TO_SYSLOG) | (daemon ? 0 : LOG_TO_STDERR);
    check_path(path);
    if (!daemon)
        opt.open_file = open_file;
    else if (*path && (opt.file_fd = open_file()) < 0)
        log_fatal("maillog_file %s: %s", path, strerror(errno));
    log_open(&opt);
}
