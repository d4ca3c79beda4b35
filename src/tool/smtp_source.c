/* smtp_source.c - sends test mail in parallel, to measure a server
 *
 * One loop, many sessions; each waits for one reply at a time (no pipelining, as in Postfix, so that figures compare).
 * All sessions share one copy of the content, which writev() joins to the headers of each message.
 * Exit status: 0; 1 when a server refuses something (unless -A) or goes away.
 * Runs as: anybody.  Parameters: none (myhostname is the machine's).  RFC 5321, 2033.
 * Tests: tests/tools/smtp-source-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/dns.h"
#include "net/endpoint.h"

enum { TIMEOUT_MS = 300000, RETRY_MS = 1000, DNS_MS = 30000, REPLY_MAX = 4096, LINE = 80, CONTENT_MAX = INT_MAX / 2 };

enum step { GREETING, HELLO, MAIL, RCPT, DATA, CONTENT, RSET, QUIT };

struct session {
    int fd;
    enum step step;            /* whose reply is awaited */
    bool connected;
    int64_t tries;
    int64_t rcpts;             /* still to be named */
    struct loop_timer timer;   /* the limit of a reply, or the end of a pause */
    struct buf in;             /* unread replies */
    struct buf head;           /* what is to be sent, before the content */
    size_t sent;               /* of head and, in CONTENT, the content */
};

static struct {
    const char *from, *to, *host, *subject;
    int64_t sessions, messages, rcpts, length, tries, window;
    int64_t fixed, random;     /* pause in seconds between messages */
    bool counter, keep, lmtp, number, no_hello, no_headers, go_on;
    struct endpoint server;
    struct buf content;        /* with the final dot */
    int64_t begun, done, named; /* messages, messages, recipients */
    size_t alive;
    char date[80];
    time_t date_of;
} src;

static void begin(void *arg);

static NORETURN void usage(void)
{
    log_fatal("usage: smtp-source [-46AcdLNov] [-C count] [-f from] [-F file] [-l length] [-m messages] "
              "[-M myhostname] [-r recipients] [-R interval | -w interval] [-s sessions] [-S subject] [-t to] "
              "[-T windowsize] [inet:]host[:port] | unix:path");
}

/* --- sending --- */

static const char *const steps[] = {
    [GREETING] = "reading server greeting", [HELLO] = "sending HELO", [MAIL] = "sending sender",
    [RCPT] = "sending recipient", [DATA] = "sending DATA", [CONTENT] = "sending message", [RSET] = "sending RSET",
    [QUIT] = "sending QUIT",
};

static void lost(struct session *s)
{
    log_fatal("lost connection while %s", steps[s->step]);
}

static void timed_out(void *arg)
{
    log_fatal("timeout while %s", steps[((struct session *)arg)->step]);
}

static void on_event(int fd, unsigned events, void *arg);

/* Sends what the socket takes; watches for more room when something stays. */
static void send_more(struct session *s)
{
    size_t content = s->step == CONTENT ? src.content.n : 0, total = s->head.n + content;
    ssize_t n;

    while (s->sent < total) {
        size_t in_head = s->sent < s->head.n ? s->head.n - s->sent : 0;
        size_t past = in_head ? 0 : s->sent - s->head.n;
        struct iovec v[2] = { { s->head.p + s->sent, in_head }, { src.content.p + past, content - past } };

        n = writev(s->fd, v + !in_head, content > past ? 2 - !in_head : 1);
        if (n > 0)
            s->sent += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            break;
        else if (n < 0 && errno != EINTR)
            lost(s);
    }
    loop_watch(s->fd, LOOP_READ | (s->sent < total ? LOOP_WRITE : 0), on_event, s);
}

static PRINTF(3, 4) void command(struct session *s, enum step step, const char *fmt, ...)
{
    va_list ap;

    buf_reset(&s->head);
    va_start(ap, fmt);
    buf_vprintf(&s->head, fmt, ap);
    va_end(ap);
    log_debug("%s", s->head.p);
    buf_puts(&s->head, "\r\n");
    s->step = step;
    s->sent = 0;
    send_more(s);
}

static void send_content(struct session *s)
{
    time_t now = time(NULL);

    buf_reset(&s->head);
    if (now != src.date_of) {
        src.date_of = now;
        snprintf(src.date, sizeof src.date, "%s", clock_rfc5322(now));
    }
    if (!src.no_headers) {
        buf_printf(&s->head, "From: <%s>\r\nTo: <%s>\r\nDate: %s\r\nMessage-Id: <%04x.%04x.%04llx@%s>\r\n", src.from,
                   src.to, src.date, (unsigned)getpid() & 0xffff, (unsigned)s->fd, (long long)src.begun, src.host);
        if (src.subject)
            buf_printf(&s->head, "Subject: %s\r\n", src.subject);
        buf_puts(&s->head, "\r\n");
    }
    log_debug(".");
    s->step = CONTENT;
    s->sent = 0;
    send_more(s);
}

static void send_rcpt(struct session *s)
{
    int64_t number = src.number ? ++src.named : s->rcpts;

    s->rcpts--;
    if (src.number || number > 1)
        command(s, RCPT, "RCPT TO:<%lld%s>", (long long)number, src.to);
    else
        command(s, RCPT, "RCPT TO:<%s>", src.to);
}

/* --- one session after the other --- */

static void send_mail(void *arg)
{
    struct session *s = arg;

    s->rcpts = src.rcpts;
    loop_timer_set(&s->timer, TIMEOUT_MS, timed_out, s);
    command(s, MAIL, "MAIL FROM:<%s>", src.from);
}

/* Goes on after the pause between messages, if there is one. */
static void pause_before(struct session *s, void (*next)(void *arg))
{
    if (src.fixed || src.random)
        loop_timer_set(&s->timer, src.fixed ? src.fixed * 1000 : random() % (src.random * 1000 + 1), next, s);
    else
        next(s);
}

static void hang_up(struct session *s)
{
    loop_timer_clear(&s->timer);
    loop_forget(s->fd);
    close(s->fd);
    buf_reset(&s->in);
    if (src.begun == src.messages) {
        src.alive--;
        return;
    }
    src.begun++;
    s->tries = 0;
    pause_before(s, begin);
}

/* A message is through, or refused with -A. */
static void next_message(struct session *s)
{
    if (!src.keep || src.begun == src.messages) {
        command(s, QUIT, "QUIT");
        return;
    }
    src.begun++;
    pause_before(s, send_mail);
}

static void retry_or_fail(struct session *s, int error)
{
    if (s->fd >= 0) {
        loop_forget(s->fd);
        close(s->fd);
    }
    if (error != ECONNREFUSED || ++s->tries >= src.tries)
        log_fatal("connect: %s", strerror(error));
    log_warn("connect: %s", strerror(error));
    loop_timer_set(&s->timer, RETRY_MS, begin, s);
}

static void begin(void *arg)
{
    struct session *s = arg;
    const char *path = src.server.path;

    s->fd = path ? sock_connect_unix(path, TIMEOUT_MS) : sock_connect_start(&src.server.addr[0], NULL);
    if (s->fd < 0) {
        retry_or_fail(s, errno);
        return;
    }
    if (src.window) {
        int bytes = (int)src.window;

        if (setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) < 0 ||
            setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0)
            log_warn("setsockopt: window of %d bytes: %s", bytes, strerror(errno));
    }
    s->connected = path != NULL;
    s->step = GREETING;
    s->sent = 0;
    buf_reset(&s->head);
    loop_timer_set(&s->timer, TIMEOUT_MS, timed_out, s);
    loop_watch(s->fd, s->connected ? LOOP_READ : LOOP_READ | LOOP_WRITE, on_event, s);
}

static bool connect_done(struct session *s)
{
    int error = 0;
    socklen_t n = sizeof error;

    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
        error = errno;
    if (error) {
        retry_or_fail(s, error);
        return false;
    }
    s->connected = true;
    loop_watch(s->fd, LOOP_READ, on_event, s);
    return true;
}

/* --- replies --- */

static void refused(struct session *s, int code, struct str text)
{
    static const char *const what[] = {
        [GREETING] = "rejected at server banner", [HELLO] = "HELO rejected", [MAIL] = "sender rejected",
        [RCPT] = "recipient rejected", [DATA] = "data rejected", [CONTENT] = "end of data rejected",
    };

    if (s->step == HELLO && src.lmtp)
        log_at(src.go_on ? LOG_LEVEL_WARN : LOG_LEVEL_FATAL, "LHLO rejected: %d %.*s", code, (int)text.n, text.p);
    else
        log_at(src.go_on ? LOG_LEVEL_WARN : LOG_LEVEL_FATAL, "%s: %d %.*s", what[s->step], code, (int)text.n, text.p);
    if (!src.go_on)
        exit(1);
}

static void count_message(void)
{
    src.done++;
    if (src.counter) {
        printf("%lld\r", (long long)src.done);
        fflush(stdout);
    }
}

/* After the final dot LMTP has one reply for each recipient (RFC 2033 section 4.2). */
static void after_content(struct session *s)
{
    if (src.lmtp && ++s->rcpts < src.rcpts)
        return;
    count_message();
    next_message(s);
}

static void advance(struct session *s, int code, struct str text)
{
    if (s->step < RSET && code / 100 != (s->step == DATA ? 3 : 2)) {
        if (s->step == CONTENT && src.go_on)
            count_message();
        refused(s, code, text);
        if (s->step > HELLO) {
            command(s, RSET, "RSET");
            return;
        }
    }
    loop_timer_set(&s->timer, TIMEOUT_MS, timed_out, s);
    switch (s->step) {
    case GREETING:
        if (src.no_hello)
            send_mail(s);
        else
            command(s, HELLO, "%s %s", src.lmtp ? "LHLO" : "HELO", src.host);
        break;
    case HELLO: send_mail(s); break;
    case MAIL: send_rcpt(s); break;
    case RCPT:
        if (s->rcpts > 0)
            send_rcpt(s);
        else
            command(s, DATA, "DATA");
        break;
    case DATA:
        s->rcpts = 0;
        send_content(s);
        break;
    case CONTENT: after_content(s); break;
    case RSET: next_message(s); break;
    case QUIT: hang_up(s); break;
    }
}

/* The code of a line that ends a reply; 0 for something else; -1 for one that goes on. */
static int line_code(struct str line)
{
    int code = 0;

    for (size_t i = 0; i < 3; i++) {
        if (i >= line.n || !chr_is_digit(line.p[i]))
            return 0;
        code = code * 10 + (line.p[i] - '0');
    }
    return line.n > 3 && line.p[3] == '-' ? -1 : code;
}

/* Takes complete replies out of what came in. The last line of a reply stands for all of it. */
static void use_replies(struct session *s)
{
    size_t at = 0, end;

    for (; (end = str_find((struct str){ s->in.p + at, s->in.n - at }, '\n')) < s->in.n - at; at += end + 1) {
        struct str line = str_trim((struct str){ s->in.p + at, end });
        int code = line_code(line);

        log_debug("<<< %.*s", (int)line.n, line.p);
        if (code < 0)
            continue;
        if (code) {
            line.p += line.n > 3 ? 4 : 3;
            line.n -= line.n > 3 ? 4 : 3;
        }
        advance(s, code, line);
        if (!s->in.n)
            return; /* hung up */
    }
    buf_drop(&s->in, at);
}

static void on_event(int fd, unsigned events, void *arg)
{
    struct session *s = arg;
    ssize_t n;

    if (!s->connected && !connect_done(s))
        return;
    if (events & LOOP_WRITE && s->head.n)
        send_more(s);
    if (!(events & LOOP_READ))
        return;
    if (s->in.n >= REPLY_MAX / 2 || !buf_reserve(&s->in, REPLY_MAX / 2))
        log_fatal("reply too long while %s", steps[s->step]);
    n = read(fd, s->in.p + s->in.n, REPLY_MAX / 2);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 && s->step == QUIT) {
        hang_up(s);
        return;
    }
    if (n <= 0)
        lost(s);
    s->in.n += (size_t)n;
    use_replies(s);
}

/* --- set-up --- */

static void make_payload(void)
{
    int64_t left = src.length, line = 0;

    while (left > 0) {
        int64_t n = left <= LINE ? left : LINE - 2;

        if (n <= 0 || !buf_reserve(&src.content, (size_t)n))
            log_fatal("message length %lld is too large", (long long)src.length);
        memset(src.content.p + src.content.n, 'X', (size_t)n);
        if (left > LINE)
            src.content.p[src.content.n] = (char)('0' + ++line % 10);
        src.content.n += (size_t)n;
        buf_puts(&src.content, "\r\n");
        left -= left <= LINE ? left : LINE;
    }
}

static void make_text(void)
{
    for (int i = 1; i <= 4; i++)
        buf_printf(&src.content, "La de da de da %d.\r\n", i);
}

static void read_content(const char *path)
{
    struct buf file;
    struct str rest;

    buf_init(&file, CONTENT_MAX);
    if (io_read_file(AT_FDCWD, path, &file) != OK)
        log_fatal("open %s: %s", path, strerror(errno));
    for (rest = buf_view(&file); rest.n;) {
        size_t n = str_find(rest, '\n');

        buf_puts(&src.content, rest.p[0] == '.' ? "." : "");
        buf_add(&src.content, rest.p, n && rest.p[n - 1] == '\r' ? n - 1 : n);
        buf_puts(&src.content, "\r\n");
        n += n < rest.n;
        rest.p += n;
        rest.n -= n;
    }
    buf_done(&file);
    src.no_headers = true; /* the file has its own */
}

static int64_t number(const char *text, int64_t min, int64_t max, const char *what)
{
    int64_t n;

    if (num_parse(str_of(text), min, max, &n) != OK)
        log_fatal("bad %s: %s", what, text);
    return n;
}

static const char *machine_name(void)
{
    static char name[256];

    if (gethostname(name, sizeof name - 1) < 0)
        log_fatal("gethostname: %s", strerror(errno));
    return name;
}

static const char *options(int argc, char **argv, struct endpoint_want *want)
{
    const char *file = NULL;
    int c;

    while ((c = getopt(argc, argv, "46AcC:df:F:l:Lm:M:Nor:R:s:S:t:T:vw:")) > 0) {
        switch (c) {
        case '4': want->family = AF_INET; break;
        case '6': want->family = AF_INET6; break;
        case 'A': src.go_on = true; break;
        case 'c': src.counter = true; break;
        case 'C': src.tries = number(optarg, 1, INT_MAX, "connection count"); break;
        case 'd': src.keep = true; break;
        case 'f': src.from = optarg; break;
        case 'F': file = optarg; break;
        case 'l': src.length = number(optarg, 1, CONTENT_MAX / 2, "message length"); break;
        case 'L': src.lmtp = true; break;
        case 'm': src.messages = number(optarg, 1, INT64_MAX, "message count"); break;
        case 'M': src.host = optarg; break;
        case 'N': src.number = true; break;
        case 'o': src.no_hello = src.no_headers = true; break;
        case 'r': src.rcpts = number(optarg, 1, INT_MAX, "recipient count"); break;
        case 'R': src.random = number(optarg, 1, INT_MAX / 1000, "random delay"); break;
        case 's': src.sessions = number(optarg, 1, 65536, "session count"); break;
        case 'S': src.subject = optarg; break;
        case 't': src.to = optarg; break;
        case 'T': src.window = number(optarg, 1, INT_MAX, "TCP window size"); break;
        case 'v': log_verbose++; break;
        case 'w': src.fixed = number(optarg, 1, INT_MAX / 1000, "fixed delay"); break;
        default: usage();
        }
    }
    if (optind + 1 != argc)
        usage();
    if (src.fixed && src.random)
        log_fatal("do not use -w and -R options at the same time");
    if (file)
        read_content(file);
    else if (src.length)
        make_payload();
    else
        make_text();
    return argv[optind];
}

int smtp_source_main(int argc, char **argv);

int smtp_source_main(int argc, char **argv)
{
    struct endpoint_want want = { .service = "smtp", .family = AF_UNSPEC, .timeout_ms = DNS_MS };
    const char *server;
    struct session *all;
    struct why why;

    log_open(&(struct log_options){ .tag = "smtp-source", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    signal(SIGPIPE, SIG_IGN);
    optind = 1;
    src.sessions = src.messages = src.rcpts = src.tries = 1;
    buf_init(&src.content, CONTENT_MAX);
    server = options(argc, argv, &want);
    buf_puts(&src.content, ".\r\n");
    src.host = src.host ? src.host : machine_name();
    src.from = src.from ? src.from : mem_printf("foo@%s", src.host);
    src.to = src.to ? src.to : mem_printf("foo@%s", src.host);
    srandom((unsigned)clock_us() ^ (unsigned)getpid());
    dns_init(NULL);
    if (endpoint_find(&src.server, server, &want, &why) != OK)
        log_fatal("%s", why.text);
    if (src.sessions > src.messages)
        src.sessions = src.messages;
    all = mem_new_array((size_t)src.sessions, sizeof *all);
    src.alive = (size_t)src.sessions;
    src.begun = src.sessions;
    for (int64_t i = 0; i < src.sessions; i++) {
        buf_init(&all[i].in, REPLY_MAX);
        buf_init(&all[i].head, 8192);
        begin(&all[i]);
    }
    while (src.alive)
        loop_once(-1);
    if (src.counter)
        printf("\n");
    return 0;
}
