/* postqueue.c - look at the queue, ask for delivery now
 *
 * Asks the showq and flush services, so it needs no privilege. While nothing
 * runs, root and the owner of the queue are shown the files themselves.
 * Runs as: any user.  Parameters: enable_long_queue_ids, showq_service_name.
 * Tests: tests/smtp/queue-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "mail/addr.h"
#include "param/param.h"
#include "queue/qdir.h"
#include "service/qlist.h"
#include "service/flush.h"
#include "service/service.h"

enum {
    EXIT_UNAVAILABLE = 69,
    EXIT_NOPERM = 77,
    CONNECT_MS = 60000,
    REASON_COLUMN = 76,
    REASON_MAX = 1024
};

struct listing {
    unsigned long messages;
    int64_t bytes;
    char reason[REASON_MAX];     /* shown last, within this message */
    bool first_recipient;
};

static void usage(void)
{
    log_fatal_status(EXIT_UNAVAILABLE,
                     "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site");
}

/* --- as people read it --- */

static const char *line_format(void)
{
    return par_enable_long_queue_ids() ? "%-17s %8s %-19s %s\n" : "%-11s %7s %-20s %s\n";
}

static void print_heading(void)
{
    if (par_enable_long_queue_ids())
        printf(line_format(), "----Queue ID-----", "--Size--", "---Arrival Time----", "--Sender/Recipient------");
    else
        printf(line_format(), "-Queue ID-", "--Size--", "----Arrival Time----", "-Sender/Recipient-------");
}

/* As messages and terminals should have it: quoted, nothing unprintable. */
static const char *shown(const char *addr)
{
    static char text[3 * ADDR_MAX];
    struct buf b;

    buf_init(&b, sizeof text - 1);
    snprintf(text, sizeof text, "%s", addr_quote(&b, str_of(addr)) ? b.p : addr);
    buf_done(&b);
    str_printable(text, true);
    return text;
}

static void print_message(void *arg, const struct qlist_message *m)
{
    struct listing *l = arg;
    char id[QUEUE_ID_MAX + 2], size[32], when[64];
    time_t arrival = (time_t)m->arrival;
    struct tm tm;

    if (!l->messages++)
        print_heading();
    l->bytes += m->size;
    l->reason[0] = 0;
    snprintf(id, sizeof id, "%.*s%s", QUEUE_ID_MAX, m->id,
             strcmp(m->queue, "active") == 0 ? "*" : strcmp(m->queue, "hold") == 0 ? "!" : m->forced ? "#" : "");
    snprintf(size, sizeof size, "%lld", (long long)m->size);
    if (!localtime_r(&arrival, &tm) || !strftime(when, sizeof when, "%a %b %e %H:%M:%S ", &tm))
        snprintf(when, sizeof when, "?");
    when[par_enable_long_queue_ids() ? 19 : 20] = 0;
    printf(line_format(), id, size, when, m->sender[0] ? shown(m->sender) : "MAILER-DAEMON");
}

static void print_recipient(void *arg, const char *addr, const char *orig, const char *reason)
{
    struct listing *l = arg;

    if (*reason && strncmp(reason, l->reason, sizeof l->reason - 1) != 0) {
        int pad = REASON_COLUMN - (int)strlen(reason);

        snprintf(l->reason, sizeof l->reason, "%s", reason);
        str_printable(l->reason, true);
        printf("%*s(%s)\n", pad > 0 ? pad : 0, "", l->reason);
    }
    printf(line_format(), "", "", "", shown(addr));
}

static void print_end(void *arg)
{
    putchar('\n');
}

static void print_total(const struct listing *l)
{
    if (!l->messages)
        printf("Mail queue is empty\n");
    else
        printf("-- %lld Kbytes in %lu Request%s.\n", (long long)(l->bytes / 1024), l->messages,
               l->messages == 1 ? "" : "s");
}

/* --- as programs read it --- */

static void json_text(const char *text)
{
    struct str s = str_of(text);
    bool utf8 = str_is_utf8(s);

    putchar('"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < ' ' || c == 127)
            printf("\\u%04X", c);
        else
            putchar(c >= 128 && !utf8 ? '?' : c);
    }
    putchar('"');
}

static void json_message(void *arg, const struct qlist_message *m)
{
    struct listing *l = arg;

    l->first_recipient = true;
    printf("{\"queue_name\": \"%s\", \"queue_id\": ", m->queue);
    json_text(m->id);
    printf(", \"arrival_time\": %lld, \"message_size\": %lld, \"forced_expire\": %s, \"sender\": ",
           (long long)m->arrival, (long long)m->size, m->forced ? "true" : "false");
    json_text(m->sender[0] ? m->sender : "MAILER-DAEMON");
    printf(", \"recipients\": [");
}

static void json_recipient(void *arg, const char *addr, const char *orig, const char *reason)
{
    struct listing *l = arg;

    printf("%s{\"address\": ", l->first_recipient ? "" : ", ");
    l->first_recipient = false;
    json_text(addr);
    if (*reason) {
        printf(", \"delay_reason\": ");
        json_text(reason);
    }
    putchar('}');
}

static void json_end(void *arg)
{
    printf("]}\n");
}

/* --- where it comes from --- */

static bool owns_queue(void)
{
    const struct passwd *pw;

    if (geteuid() == 0)
        return true;
    pw = getpwnam(par_mail_owner());
    return pw && pw->pw_uid == geteuid();
}

static NORETURN void not_allowed(const char *what)
{
    const struct passwd *pw = getpwuid(getuid());

    log_fatal_status(EXIT_NOPERM, "User %s(%ld) is not allowed to %s the mail queue", pw ? pw->pw_name : "unknown",
                     (long)getuid(), what);
}

static void list_queue(const struct qlist_sink *to)
{
    int fd = service_connect("public", par_showq_service_name(), CONNECT_MS);
    enum result r;

    if (fd < 0 && (errno == ECONNREFUSED || errno == ENOENT)) {
        if (!owns_queue())
            log_fatal_status(EXIT_UNAVAILABLE, "Queue report unavailable - mail system is down");
        log_warn("Mail system is down -- accessing queue directly (Connect to the %s %s service: %s)", par_mail_name(),
                 par_showq_service_name(), strerror(errno));
        r = qlist_scan(to);
    } else if (fd < 0) {
        log_fatal_status(EXIT_UNAVAILABLE, "Connect to the %s %s service: %s", par_mail_name(),
                         par_showq_service_name(), strerror(errno));
    } else {
        r = qlist_receive(fd, to);
        close(fd);
    }
    if (r == NONE)
        not_allowed("view");
    if (r != OK)
        log_fatal_status(EXIT_UNAVAILABLE, "malformed or incomplete showq server response");
}

static void list_for_people(void)
{
    struct listing l = { .messages = 0 };

    list_queue(&(struct qlist_sink){ print_message, print_recipient, print_end, &l });
    print_total(&l);
}

static void list_for_programs(void)
{
    struct listing l = { .messages = 0 };

    list_queue(&(struct qlist_sink){ json_message, json_recipient, json_end, &l });
}

static void flush_queue(enum flush_kind kind, const char *arg)
{
    switch (service_flush(kind, arg)) {
    case FLUSH_OK:
        return;
    case FLUSH_DENIED:
        not_allowed("flush");
    case FLUSH_BAD:
        log_fatal_status(EXIT_UNAVAILABLE, "Invalid request: \"%s\"", arg);
    case FLUSH_UNKNOWN:
        log_fatal_status(EXIT_UNAVAILABLE, "Flush service is not configured for destination \"%s\"", arg);
    case FLUSH_DOWN:
        log_fatal_status(EXIT_UNAVAILABLE, "Cannot flush mail queue - mail system is down");
    }
}

int postqueue_main(int argc, char **argv);

int postqueue_main(int argc, char **argv)
{
    const char *dir = NULL, *arg = NULL;
    int mode = 0, c;

    log_open(&(struct log_options){ .tag = "postqueue", .sinks = LOG_TO_STDERR, .exit_status = EXIT_UNAVAILABLE });
    optind = 1;
    opterr = 0;
    while ((c = getopt(argc, argv, "c:fi:jps:v")) > 0) {
        switch (c) {
        case 'c': dir = optarg; break;
        case 'v': log_verbose += geteuid() == 0; break;
        case 'f': case 'i': case 'j': case 'p': case 's':
            if (mode)
                usage();
            mode = c;
            arg = optarg;
            break;
        default: usage();
        }
    }
    if (!mode || optind < argc)
        usage();
    param_set_process("postqueue", "postqueue");
    param_load(dir, false);
    service_log_open("postqueue", false);
    if (chdir(par_queue_directory()) < 0)
        log_fatal_status(EXIT_UNAVAILABLE, "chdir %s: %s", par_queue_directory(), strerror(errno));
    if (mode == 'i' && !qdir_valid_id(str_of(arg)))
        log_fatal_status(EXIT_UNAVAILABLE, "Cannot flush queue ID - invalid name: \"%s\"", arg);
    if (mode == 's' && (!*arg || *arg == '@'))
        log_fatal_status(EXIT_UNAVAILABLE, "Cannot flush mail queue - invalid destination: \"%s\"", arg);
    if (mode == 'p')
        list_for_people();
    else if (mode == 'j')
        list_for_programs();
    else
        flush_queue(mode == 'f' ? FLUSH_ALL : mode == 'i' ? FLUSH_ID : FLUSH_SITE, arg ? arg : "");
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : EXIT_UNAVAILABLE;
}
