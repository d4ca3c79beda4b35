/* log.h - one line per event, to where the operator wants it
 *
 * Layout: "Mon DD HH:MM:SS host tag[pid]: [warning: ]text" for a file or
 * stdout, syslog's own for the socket (shared log_formats section 1).
 * Unprintable bytes become '?'. Never pass a secret.
 */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>

#include "base/base.h"

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL_FATAL, LOG_LEVEL_PANIC };

enum log_sink {
    LOG_TO_STDERR = 1,  /* "tag: text", for commands */
    LOG_TO_FILE = 2,    /* log_file_fd, whole lines, O_APPEND */
    LOG_TO_SYSLOG = 4,  /* /dev/log, opened at log_open so a jail does not matter */
};

struct log_options {
    const char *tag;      /* "postfix/smtpd"; copied */
    const char *host;     /* first label of the host name, for files; copied */
    unsigned sinks;       /* LOG_TO_* */
    int file_fd;          /* for LOG_TO_FILE */
    int facility;         /* syslog facility number << 3; LOG_MAIL is 2 << 3 */
    int exit_status;      /* of log_fatal; 75 for commands, 1 for daemons */
    int (*open_file)(void); /* commands, which may have nothing to say: opens file_fd for the first line, -1 = none */
};

/* May be called again; before the first call everything goes to stderr. */
void log_open(const struct log_options *opt);
/* Another tag from now on. */
void log_tag(const char *tag);
/* Exit status of log_fatal from now on. */
void log_exit_status(int status);
/* 0 = info and worse; each -v adds one. */
extern int log_verbose;

void log_info(const char *fmt, ...) PRINTF(1, 2);
void log_warn(const char *fmt, ...) PRINTF(1, 2);
void log_error(const char *fmt, ...) PRINTF(1, 2);
/* Logs and ends the process with exit_status. */
void log_fatal(const char *fmt, ...) NORETURN PRINTF(1, 2);
void log_fatal_status(int status, const char *fmt, ...) NORETURN PRINTF(2, 3);
/* A broken invariant of ours: logs and aborts. */
void log_panic(const char *fmt, ...) NORETURN PRINTF(1, 2);
void log_at(enum log_level level, const char *fmt, ...) PRINTF(2, 3);
/* A line of a module that would be a program of its own in Postfix: its name takes the place of ours in the tag. */
void log_as(const char *program, enum log_level level, const char *fmt, ...) PRINTF(3, 4);
/* Only with -v. */
#define log_debug(...) do { if (log_verbose > 0) log_info(__VA_ARGS__); } while (0)
/* Called with the text of each warning, error and worse, e.g. to show it to a user as well. */
extern void (*log_hook)(enum log_level level, const char *text);

#endif
