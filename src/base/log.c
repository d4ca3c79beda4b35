/* log.c - one line per event, to where the operator wants it
 *
 * A line is built on the stack and leaves in one write() or send(), so lines
 * of several processes never mix and logging needs no memory.
 * Runs in: every process.  Parameters: none (the service skeleton passes
 * maillog_file, syslog_facility and syslog_name).  Tests: tests/unit/base_test.c
 */
/* SPDX-License-Identifier: ISC */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

enum { LOG_LINE = 2048, LOG_HEAD = 256, LOG_NAME = 64 };

static struct {
    char tag[LOG_NAME];
    char host[LOG_NAME];
    unsigned sinks;
    int file_fd;
    int facility;
    int exit_status;
    int syslog_fd;
    int (*open_file)(void);
    time_t stamp_of;
    char stamp[24];
} lg = {
    .tag = "postfix", .host = "localhost", .sinks = LOG_TO_STDERR, .file_fd = -1, .exit_status = 75, .syslog_fd = -1
};

int log_verbose;
void (*log_hook)(enum log_level level, const char *text);

static const struct {
    const char *word; /* after the tag */
    int severity;     /* RFC 5424 section 6.2.1 */
} levels[] = {
    [LOG_LEVEL_INFO] = { "", 6 },           [LOG_LEVEL_WARN] = { "warning: ", 4 }, [LOG_LEVEL_ERROR] = { "error: ", 3 },
    [LOG_LEVEL_FATAL] = { "fatal: ", 2 },   [LOG_LEVEL_PANIC] = { "panic: ", 2 },
};

static void open_syslog(void)
{
    struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

    lg.syslog_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (lg.syslog_fd >= 0 && connect(lg.syslog_fd, (struct sockaddr *)&un, sizeof un) < 0) {
        close(lg.syslog_fd);
        lg.syslog_fd = -1;
    }
}

void log_tag(const char *tag)
{
    snprintf(lg.tag, sizeof lg.tag, "%s", tag);
}

void log_exit_status(int status)
{
    lg.exit_status = status;
}

void log_open(const struct log_options *opt)
{
    log_tag(opt->tag);
    if (opt->host)
        snprintf(lg.host, sizeof lg.host, "%.*s", (int)strcspn(opt->host, "."), opt->host);
    lg.sinks = opt->sinks;
    lg.file_fd = opt->file_fd;
    lg.facility = opt->facility;
    lg.exit_status = opt->exit_status;
    lg.open_file = opt->open_file;
    if (lg.open_file || lg.sinks == LOG_TO_STDERR)
        return;
    tzset(); /* the zone file and the socket are out of reach inside a jail */
    if ((lg.sinks & LOG_TO_SYSLOG) && lg.syslog_fd < 0)
        open_syslog();
}

static const char *stamp(void)
{
    time_t now = time(NULL);
    struct tm tm;

    if (now != lg.stamp_of) {
        lg.stamp_of = now;
        localtime_r(&now, &tm);
        strftime(lg.stamp, sizeof lg.stamp, "%b %e %H:%M:%S", &tm);
    }
    return lg.stamp;
}

/* A log line is not worth failing mail for: a full disk or a missing reader is ignored. */
static void put(int fd, const char *line, size_t n)
{
    while (write(fd, line, n) < 0 && errno == EINTR)
        ;
}

/* Writes what stands before the text into the room that is there, and returns where the line begins. */
static char *begin_line(char *text, const char *fmt, ...) PRINTF(2, 3);

static char *begin_line(char *text, const char *fmt, ...)
{
    char head[LOG_HEAD];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(head, sizeof head, fmt, ap);
    va_end(ap);
    if (n < 0 || n >= LOG_HEAD)
        n = LOG_HEAD - 1;
    memcpy(text - n, head, (size_t)n);
    return text - n;
}

static void emit_file(const char *word, char *text, size_t n)
{
    char *line = begin_line(text, "%s %s %s[%ld]: %s", stamp(), lg.host, lg.tag, (long)getpid(), word);

    text[n] = '\n';
    put(lg.file_fd, line, (size_t)(text + n + 1 - line));
}

/* A user at a terminal sees the program's name alone, "postmap: ...". */
static void emit_stderr(const char *word, char *text, size_t n)
{
    const char *slash = strrchr(lg.tag, '/');
    char *line = begin_line(text, "%s: %s", slash ? slash + 1 : lg.tag, word);

    text[n] = '\n';
    put(STDERR_FILENO, line, (size_t)(text + n + 1 - line));
}

static void emit_syslog(int severity, const char *word, char *text, size_t n)
{
    char *line = begin_line(text, "<%d>%s %s[%ld]: %s", lg.facility | severity, stamp(), lg.tag, (long)getpid(), word);

    while (send(lg.syslog_fd, line, (size_t)(text + n - line), MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static void open_late(void)
{
    int (*open_file)(void) = lg.open_file;

    lg.open_file = NULL;
    if (lg.sinks & LOG_TO_FILE)
        lg.file_fd = open_file();
    else if (lg.syslog_fd < 0)
        open_syslog();
}

static void emit(enum log_level level, const char *fmt, va_list ap)
{
    char line[LOG_HEAD + LOG_LINE], *text = line + LOG_HEAD;
    int saved = errno, n = vsnprintf(text, LOG_LINE - 1, fmt, ap);
    size_t len = n < 0 ? 0 : n < LOG_LINE - 1 ? (size_t)n : LOG_LINE - 2;

    text[len] = 0;
    str_printable(text, true);
    if (lg.open_file)
        open_late();
    if (lg.sinks & LOG_TO_STDERR)
        emit_stderr(levels[level].word, text, len);
    if ((lg.sinks & LOG_TO_FILE) && lg.file_fd >= 0)
        emit_file(levels[level].word, text, len);
    if ((lg.sinks & LOG_TO_SYSLOG) && lg.syslog_fd >= 0)
        emit_syslog(levels[level].severity, levels[level].word, text, len);
    text[len] = 0;
    if (log_hook && level != LOG_LEVEL_INFO)
        log_hook(level, text);
    errno = saved;
}

void log_at(enum log_level level, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(level, fmt, ap);
    va_end(ap);
}

void log_as(const char *program, enum log_level level, const char *fmt, ...)
{
    char tag[LOG_NAME], *slash = strrchr(lg.tag, '/');
    va_list ap;

    memcpy(tag, lg.tag, sizeof tag);
    if (slash)
        snprintf(slash + 1, sizeof lg.tag - (size_t)(slash + 1 - lg.tag), "%s", program);
    va_start(ap, fmt);
    emit(level, fmt, ap);
    va_end(ap);
    memcpy(lg.tag, tag, sizeof tag);
}

void log_info(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(LOG_LEVEL_INFO, fmt, ap);
    va_end(ap);
}

void log_warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(LOG_LEVEL_WARN, fmt, ap);
    va_end(ap);
}

void log_error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(LOG_LEVEL_ERROR, fmt, ap);
    va_end(ap);
}

void log_fatal(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(LOG_LEVEL_FATAL, fmt, ap);
    va_end(ap);
    exit(lg.exit_status);
}

void log_fatal_status(int status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(LOG_LEVEL_FATAL, fmt, ap);
    va_end(ap);
    exit(status);
}

void log_panic(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit(LOG_LEVEL_PANIC, fmt, ap);
    va_end(ap);
    abort();
}
