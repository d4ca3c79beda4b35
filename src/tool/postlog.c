/* postlog.c - write to the mail log from a script
 *
 * Runs as: any user who may write where the log goes.  Parameters: those of service_log.c.
 * Tests: tests/smtp/postlog-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "param/param.h"
#include "service/service.h"

static enum log_level level_of(const char *name)
{
    static const struct {
        const char *name;
        enum log_level level;
    } names[] = {
        { "info", LOG_LEVEL_INFO },   { "warn", LOG_LEVEL_WARN },   { "warning", LOG_LEVEL_WARN },
        { "error", LOG_LEVEL_ERROR }, { "err", LOG_LEVEL_ERROR },   { "fatal", LOG_LEVEL_FATAL },
        { "crit", LOG_LEVEL_FATAL },  { "panic", LOG_LEVEL_PANIC },
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].level;
    log_fatal("unknown priority: %s", name);
}

static void log_input(enum log_level level)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = 0;
        log_at(level, "%s", line);
    }
    free(line);
}

int postlog_main(int argc, char **argv);

int postlog_main(int argc, char **argv)
{
    enum log_level level = LOG_LEVEL_INFO;
    const char *tag = NULL, *dir = NULL;
    struct buf text;
    int c;
    bool terminal = isatty(STDERR_FILENO); /* scripts have it in the log only */

    log_open(&(struct log_options){ .tag = "postlog", .sinks = terminal ? LOG_TO_STDERR : 0, .exit_status = 1 });
    optind = 1;
    while ((c = getopt(argc, argv, "c:ip:t:v")) > 0) {
        switch (c) {
        case 'c': dir = optarg; break;
        case 'i': break;
        case 'p': level = level_of(optarg); break;
        case 't': tag = optarg; break;
        case 'v': log_verbose++; break;
        default: log_fatal("usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]");
        }
    }
    param_set_process("postlog", "postlog");
    param_load(dir, false);
    service_log_open("postlog", !terminal);
    if (tag)
        log_tag(tag);
    if (optind >= argc) {
        log_input(level);
        return 0;
    }
    buf_init(&text, 4096);
    for (int i = optind; i < argc; i++)
        buf_printf(&text, "%s%s", i > optind ? " " : "", argv[i]);
    log_at(level, "%s", text.p);
    buf_done(&text);
    return 0;
}
