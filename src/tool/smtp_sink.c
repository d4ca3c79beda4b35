/* smtp_sink.c - takes test mail in parallel and throws it away, to measure a client
 *
 * One loop, many sessions. Replies to what came in one piece go out in one piece. Content is searched for its end
 * and nothing else, unless it is to be dumped (smtp_sink_dump.c).
 * Runs as: the user of -u, in the directory of -R.  Trust: anybody may connect; lines and memory are bounded.
 * Parameters: none.  RFC 5321, 2033.  Tests: tests/tools/smtp-sink-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "net/dns.h"
#include "net/endpoint.h"
#include "tool/smtp_sink_int.h"

enum { CHUNK = 65536, LINE_LIMIT = 2048, DNS_MS = 30000, RCPTS_MAX = 1 << 20 };

enum reading { COMMANDS, CONTENT_ANY, CONTENT_CR, CONTENT_LINE, CONTENT_DOT, CONTENT_DOT_CR };

enum { CMD_OFF = 1, CMD_HARD = 2, CMD_SOFT = 4, CMD_DROP = 8, CMD_CLOSE = 16, CMD_LOG = 32 };

struct client {
    int fd;
    bool esmtp, mail, ending;       /* ending: close when all is sent */
    enum reading reading;
    int64_t rcpts;
    struct buf in;                  /* read and not yet used */
    struct buf out;
    struct buf delayed;             /* the command to run when the pause is over */
    bool waiting;                   /* no input is used until the timer is through */
    struct loop_timer timer;
    char addr[SOCK_ADDR_TEXT + 8];
    char *helo, *mail_args;
    struct buf rcpt_args;
    struct smtp_sink_dump dump;
};

static struct {
    const char *host, *soft, *hard;
    bool counters, esmtp, lmtp, pix;
    bool no_auth, no_8bit, no_dsn, no_pipelining, no_status_codes;
    int64_t abort_delay, data_delay, read_delay, timeout; /* seconds; abort_delay -1 = never */
    int64_t max_clients, max_messages, max_sessions, window;
    struct smtp_sink_dump_options dump;
    const char *root, *user;
    size_t clients;
    int64_t sessions, quits, messages;
    int listener[ENDPOINT_ADDRS];
    size_t listeners;
    bool full;
    char *chunk;
} sink;

static void do_helo(struct client *c, const char *args);
static void do_ehlo(struct client *c, const char *args);
static void do_mail(struct client *c, const char *args);
static void do_rcpt(struct client *c, const char *args);
static void do_data(struct client *c, const char *args);
static void do_dot(struct client *c, const char *args);
static void do_rset(struct client *c, const char *args);
static void do_ok(struct client *c, const char *args);
static void do_quit(struct client *c, const char *args);
static void do_connect(struct client *c, const char *args);
static void on_event(int fd, unsigned events, void *arg);

enum { CMD_CONNECT, CMD_HELO, CMD_EHLO, CMD_LHLO, CMD_XCLIENT, CMD_XFORWARD, CMD_DOT };

static struct command {
    const char *name;
    void (*run)(struct client *c, const char *args);
    unsigned flags;
    int64_t delay;
    int odds;
} commands[] = {
    [CMD_CONNECT] = { "CONNECT", do_connect, 0, 0, 0 }, [CMD_HELO] = { "HELO", do_helo, 0, 0, 0 },
    [CMD_EHLO] = { "EHLO", do_ehlo, 0, 0, 0 },          [CMD_LHLO] = { "LHLO", do_ehlo, CMD_OFF, 0, 0 },
    [CMD_XCLIENT] = { "XCLIENT", do_ok, 0, 0, 0 },      [CMD_XFORWARD] = { "XFORWARD", do_ok, 0, 0, 0 },
    [CMD_DOT] = { ".", do_dot, 0, 0, 0 },               { "MAIL", do_mail, 0, 0, 0 },
    { "RCPT", do_rcpt, 0, 0, 0 },                       { "DATA", do_data, 0, 0, 0 },
    { "RSET", do_rset, 0, 0, 0 },                       { "NOOP", do_ok, 0, 0, 0 },
    { "VRFY", do_ok, 0, 0, 0 },                         { "AUTH", do_ok, 0, 0, 0 },
    { "QUIT", do_quit, 0, 0, 0 },
};

static NORETURN void usage(void)
{
    log_fatal("usage: smtp-sink [-468acCeEFLNpPv] [-A abort_delay] [-b soft_reply] [-B hard_reply] [-d dump_template] "
              "[-D dump_template] [-f commands] [-h hostname] [-H delay] [-m max_clients] [-M messages] [-n sessions] "
              "[-q commands] [-Q commands] [-r commands] [-R root_dir] [-s commands] [-S start_string] [-t timeout] "
              "[-T windowsize] [-u user] [-w delay] [-W command:delay[:odds]] [inet:][host]:port | unix:path backlog");
}

static void count(void)
{
    if (!sink.counters)
        return;
    printf("sess=%lld quit=%lld mesg=%lld\r", (long long)sink.sessions, (long long)sink.quits,
           (long long)sink.messages);
    fflush(stdout);
}

/* --- life of a session --- */

static void listen_again(bool on);

static void end_transaction(struct client *c)
{
    c->mail = false;
    c->rcpts = 0;
    buf_reset(&c->rcpt_args);
    smtp_sink_dump_drop(&c->dump);
}

static void hang_up(struct client *c)
{
    log_debug("disconnect");
    end_transaction(c);
    loop_timer_clear(&c->timer);
    loop_forget(c->fd);
    close(c->fd);
    buf_done(&c->in);
    buf_done(&c->out);
    buf_done(&c->delayed);
    buf_done(&c->rcpt_args);
    free(c->helo);
    free(c->mail_args);
    free(c);
    sink.clients--;
    sink.sessions++;
    count();
    if (sink.max_sessions && sink.sessions >= sink.max_sessions)
        exit(0);
    if (sink.full)
        listen_again(true);
}

static void on_timeout(void *arg)
{
    log_warn("read timeout");
    hang_up(arg);
}

static void watch(struct client *c)
{
    loop_watch(c->fd, c->out.n ? LOOP_WRITE : c->waiting ? 0 : LOOP_READ, on_event, c);
}

/* Sends what there is. False: the client is gone. */
static bool flush(struct client *c)
{
    size_t at = 0;

    while (at < c->out.n) {
        ssize_t n = write(c->fd, c->out.p + at, c->out.n - at);

        if (n > 0) {
            at += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            break;
        } else if (n == 0 || errno != EINTR) {
            hang_up(c);
            return false;
        }
    }
    buf_drop(&c->out, at);
    if (!c->out.n && c->ending) {
        hang_up(c);
        return false;
    }
    return true;
}

/* --- commands --- */

static void reply(struct client *c, const char *text)
{
    buf_puts(&c->out, text);
    buf_puts(&c->out, "\r\n");
}

static void do_connect(struct client *c, const char *args)
{
    (void)args;
    if (sink.pix)
        reply(c, "220 ********");
    else
        buf_printf(&c->out, "220 %s%s\r\n", sink.host, sink.esmtp ? " ESMTP" : "");
}

static void set_helo(struct client *c, const char *args)
{
    end_transaction(c);
    free(c->helo);
    c->helo = mem_dup(args);
}

static void do_helo(struct client *c, const char *args)
{
    set_helo(c, args);
    c->esmtp = false;
    buf_printf(&c->out, "250 %s\r\n", sink.host);
}

static void do_ehlo(struct client *c, const char *args)
{
    set_helo(c, args);
    c->esmtp = true;
    buf_printf(&c->out, "250-%s\r\n%s%s%s%s%s%s%s250 \r\n", sink.host, sink.no_pipelining ? "" : "250-PIPELINING\r\n",
               sink.no_8bit ? "" : "250-8BITMIME\r\n", sink.no_auth ? "" : "250-AUTH PLAIN LOGIN\r\n",
               commands[CMD_XCLIENT].flags & CMD_OFF ? "" : "250-XCLIENT NAME HELO\r\n",
               commands[CMD_XFORWARD].flags & CMD_OFF ? "" : "250-XFORWARD NAME ADDR PROTO HELO\r\n",
               sink.no_status_codes ? "" : "250-ENHANCEDSTATUSCODES\r\n", sink.no_dsn ? "" : "250-DSN\r\n");
}

static const char *after_colon(const char *args)
{
    const char *colon = strchr(args, ':');

    for (colon = colon ? colon + 1 : ""; *colon == ' '; colon++)
        ;
    return colon;
}

static void do_mail(struct client *c, const char *args)
{
    if (c->mail) {
        reply(c, "503 5.5.1 Error: nested MAIL command");
        return;
    }
    c->mail = true;
    if (sink.dump.template) {
        free(c->mail_args);
        c->mail_args = mem_dup(after_colon(args));
    }
    reply(c, "250 2.1.0 Ok");
}

static void do_rcpt(struct client *c, const char *args)
{
    if (!c->mail) {
        reply(c, "503 5.5.1 Error: need MAIL command");
        return;
    }
    c->rcpts++;
    if (sink.dump.template)
        buf_printf(&c->rcpt_args, "%s\n", after_colon(args));
    reply(c, "250 2.1.5 Ok");
}

static void abort_content(void *arg)
{
    struct client *c = arg;

    c->ending = true;
    c->waiting = false;
    reply(c, "550 This violates SMTP");
    if (flush(c))
        watch(c);
}

static void use_input(struct client *c);

static void resume(void *arg)
{
    struct client *c = arg;

    c->waiting = false;
    use_input(c);
}

static void wait_for(struct client *c, int64_t ms, void (*next)(void *arg))
{
    c->waiting = true;
    loop_timer_set(&c->timer, ms, next, c);
}

static void open_dump(struct client *c)
{
    const struct smtp_sink_envelope e = {
        .addr = c->addr, .proto = sink.lmtp ? "LMTP" : c->esmtp ? "ESMTP" : "SMTP", .helo = c->helo,
        .mail = c->mail_args, .host = sink.host, .rcpts = buf_view(&c->rcpt_args),
    };

    smtp_sink_dump_open(&c->dump, &sink.dump, &e);
}

static void begin_content(struct client *c)
{
    reply(c, "354 End data with <CR><LF>.<CR><LF>");
    c->reading = CONTENT_LINE;
    if (sink.dump.template)
        open_dump(c);
    if (sink.abort_delay >= 0)
        wait_for(c, sink.abort_delay * 1000, abort_content);
    else if (sink.read_delay)
        wait_for(c, sink.read_delay * 1000, resume);
}

static void late_content(void *arg)
{
    struct client *c = arg;

    c->waiting = false;
    begin_content(c);
    use_input(c);
}

static void do_data(struct client *c, const char *args)
{
    (void)args;
    if (!c->rcpts)
        reply(c, "503 5.5.1 Error: need RCPT command");
    else if (sink.data_delay)
        wait_for(c, sink.data_delay * 1000, late_content);
    else
        begin_content(c);
}

static void do_dot(struct client *c, const char *args)
{
    (void)args;
    if (c->dump.fd >= 0)
        smtp_sink_dump_done(&c->dump, &sink.dump);
    for (int64_t i = 0; i < (sink.lmtp ? c->rcpts : 1); i++)
        reply(c, sink.lmtp ? "250 2.2.0 Ok" : "250 2.0.0 Ok");
}

static void do_rset(struct client *c, const char *args)
{
    (void)args;
    end_transaction(c);
    reply(c, "250 2.1.0 Ok");
}

static void do_ok(struct client *c, const char *args)
{
    (void)args;
    reply(c, "250 2.0.0 Ok");
}

static void do_quit(struct client *c, const char *args)
{
    (void)args;
    reply(c, "221 Bye");
    c->ending = true;
    sink.quits++;
}

static struct command *find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (str_eq_case(name, commands[i].name))
            return &commands[i];
    return NULL;
}

/* What the options say of this command comes first. */
static void act(struct client *c, const struct command *cmd, const char *args)
{
    if (cmd->flags & CMD_LOG)
        syslog(LOG_INFO, "%s %.100s", cmd->name, args);
    if (cmd->flags & CMD_DROP) {
        c->ending = true;
    } else if (cmd->flags & CMD_CLOSE) {
        reply(c, "421 4.0.0 Server closing connection");
        c->ending = true;
    } else if (cmd->flags & CMD_HARD) {
        reply(c, sink.hard);
    } else if (cmd->flags & CMD_SOFT) {
        reply(c, sink.soft);
    } else {
        cmd->run(c, args);
    }
    if (cmd->run == do_dot)
        end_transaction(c);
}

static void late_act(void *arg)
{
    struct client *c = arg;
    const char *args = strchr(c->delayed.p, ' ');
    struct str name = { c->delayed.p, args ? (size_t)(args - c->delayed.p) : c->delayed.n };

    c->waiting = false;
    act(c, find(name), args ? args + 1 : "");
    use_input(c);
}

/* Rolls the dice until it shows at least odds: so many times the delay. */
static int64_t delay_of(const struct command *cmd)
{
    int64_t n = 1;

    if (cmd->odds)
        while (random() % 100 < cmd->odds)
            n++;
    return cmd->delay * 1000 * n;
}

static void perform(struct client *c, const struct command *cmd, const char *args)
{
    if (!cmd->delay) {
        act(c, cmd, args);
        return;
    }
    buf_reset(&c->delayed);
    buf_printf(&c->delayed, "%s %s", cmd->name, args);
    wait_for(c, delay_of(cmd), late_act);
}

static void one_line(struct client *c, char *line)
{
    const struct command *cmd;
    char *args;

    log_debug("%s", line);
    while (*line == ' ')
        line++;
    args = line + strcspn(line, " ");
    cmd = find((struct str){ line, (size_t)(args - line) });
    while (*args == ' ')
        args++;
    if (!*line)
        reply(c, "500 5.5.2 Error: unknown command");
    else if (!cmd || cmd->flags & CMD_OFF || cmd == &commands[CMD_DOT] || cmd == &commands[CMD_CONNECT])
        reply(c, "500 5.5.1 Error: unknown command");
    else
        perform(c, cmd, args);
}

/* --- content --- */

static void end_of_content(struct client *c)
{
    log_debug(".");
    c->reading = COMMANDS;
    sink.messages++;
    count();
    perform(c, &commands[CMD_DOT], "");
}

static void keep(struct client *c, const char *p, size_t n)
{
    if (n && c->dump.fd >= 0)
        smtp_sink_dump_add(&c->dump, p, n);
}

/* Looks for the end of content: returns how many bytes belong to it. Line ends become LF in a dump, and the dot in
 * front of a line goes. */
static size_t content(struct client *c, const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && c->reading != COMMANDS) {
        const char *cr;

        switch (c->reading) {
        case CONTENT_ANY:
            cr = memchr(p + i, '\r', n - i);
            keep(c, p + i, cr ? (size_t)(cr - p) - i : n - i);
            i = cr ? (size_t)(cr - p) + 1 : n;
            c->reading = cr ? CONTENT_CR : CONTENT_ANY;
            break;
        case CONTENT_CR:
            keep(c, p[i] == '\n' ? "\n" : "\r", 1);
            c->reading = p[i] == '\n' ? CONTENT_LINE : CONTENT_ANY;
            i += p[i] == '\n';
            break;
        case CONTENT_LINE:
            c->reading = p[i] == '.' ? CONTENT_DOT : CONTENT_ANY;
            i += p[i] == '.';
            break;
        case CONTENT_DOT:
            c->reading = p[i] == '\r' ? CONTENT_DOT_CR : CONTENT_ANY;
            i += p[i] == '\r';
            break;
        case CONTENT_DOT_CR:
            if (p[i] == '\n') {
                i++;
                end_of_content(c);
            } else {
                keep(c, "\r", 1);
                c->reading = CONTENT_ANY;
            }
            break;
        case COMMANDS: break;
        }
    }
    return i;
}

/* --- input --- */

/* Uses one line or all content at the front of text; 0 when more is needed. */
static size_t use_some(struct client *c, char *text, size_t n)
{
    char *end;

    if (c->reading != COMMANDS)
        return content(c, text, n);
    end = memchr(text, '\n', n);
    if (!end) {
        if (n >= LINE_LIMIT) {
            log_warn("command line too long");
            c->ending = true;
        }
        return 0;
    }
    *end = 0;
    if (end > text && end[-1] == '\r')
        end[-1] = 0;
    if (strlen(text) >= LINE_LIMIT) {
        log_warn("command line too long");
        c->ending = true;
    } else {
        one_line(c, text);
    }
    return (size_t)(end - text) + 1;
}

/* The end of every event: what the input says is done, its replies are sent, what stays is kept. */
static void settle(struct client *c, char *text, size_t n)
{
    size_t at = 0, used;

    while (at < n && !c->waiting && !c->ending && (used = use_some(c, text + at, n - at)) > 0)
        at += used;
    if (text != c->in.p)
        buf_add(&c->in, text + at, n - at);
    else
        buf_drop(&c->in, at);
    if (sink.max_messages && sink.messages >= sink.max_messages && !c->waiting) {
        (void)flush(c);
        exit(0);
    }
    if (!c->waiting && !c->ending)
        loop_timer_set(&c->timer, sink.timeout * 1000, on_timeout, c);
    if (c->ending && !c->out.n)
        hang_up(c);
    else if (flush(c))
        watch(c);
}

static void use_input(struct client *c)
{
    settle(c, c->in.p, c->in.n);
}

static void on_event(int fd, unsigned events, void *arg)
{
    struct client *c = arg;
    size_t kept = c->in.n;
    ssize_t n;

    if (events & LOOP_WRITE) {
        if (flush(c))
            watch(c);
        return;
    }
    n = read(fd, sink.chunk + kept, CHUNK - kept);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        hang_up(c);
        return;
    }
    memcpy(sink.chunk, c->in.p, kept);
    buf_reset(&c->in);
    settle(c, sink.chunk, kept + (size_t)n);
}

static void accept_one(int listener)
{
    struct sock_addr a = { .len = sizeof a.all };
    char text[SOCK_ADDR_TEXT];
    struct client *c;
    int fd = accept4(listener, &a.sa, &a.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            log_warn("accept connection: %s", strerror(errno));
        return;
    }
    c = mem_new(sizeof *c);
    c->fd = fd;
    c->dump.fd = -1;
    sock_text(&a, text);
    snprintf(c->addr, sizeof c->addr, "%s%s", strchr(text, ':') ? "ipv6:" : "", text);
    log_debug("connect (%s)", c->addr);
    buf_init(&c->in, CHUNK);
    buf_init(&c->out, 1 << 20);
    buf_init(&c->delayed, CHUNK);
    buf_init(&c->rcpt_args, RCPTS_MAX);
    perform(c, &commands[CMD_CONNECT], c->addr);
    if (++sink.clients >= (size_t)sink.max_clients)
        listen_again(false);
    use_input(c);
}

static void on_listener(int fd, unsigned events, void *arg)
{
    (void)events;
    (void)arg;
    accept_one(fd);
}

static void listen_again(bool on)
{
    for (size_t i = 0; i < sink.listeners; i++)
        loop_watch(sink.listener[i], on ? LOOP_READ : 0, on_listener, NULL);
    sink.full = !on;
}

/* --- set-up --- */

static int64_t number(const char *text, int64_t min, const char *what)
{
    int64_t n;

    if (num_parse(str_of(text), min, INT_MAX, &n) != OK)
        log_fatal("bad %s: %s", what, text);
    return n;
}

static struct command *known(struct str name)
{
    struct command *cmd = find(name);

    if (!cmd)
        log_fatal("unknown command: %.*s", (int)name.n, name.p);
    return cmd;
}

static void flag_commands(const char *list, unsigned flag)
{
    struct str rest = str_of(list), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        known(word)->flags |= flag;
}

static void delay_command(char *text)
{
    struct str rest = str_of(text), name, delay, odds;
    struct command *cmd;
    int64_t n;

    if (str_word(&rest, ":", &name) != OK || str_word(&rest, ":", &delay) != OK)
        usage();
    cmd = known(name);
    if (num_parse(delay, 1, INT_MAX / 1000, &cmd->delay) != OK)
        log_fatal("bad delay: %s", text);
    if (str_word(&rest, ":", &odds) != OK)
        return;
    if (num_parse(odds, 1, 99, &n) != OK)
        log_fatal("bad delay odds: %s", text);
    cmd->odds = (int)n;
}

static const char *reply_text(const char *text, char class, const char *what)
{
    if (text[0] == class && chr_is_digit(text[1]) && chr_is_digit(text[2]) && (text[3] == ' ' || !text[3]))
        return text;
    log_error("bad %s error reply: %s", what, text);
    usage();
}

static void option(int c, struct endpoint_want *want)
{
    switch (c) {
    case '4': want->family = AF_INET; break;
    case '6': want->family = AF_INET6; break;
    case '8': sink.no_8bit = true; break;
    case 'a': sink.no_auth = true; break;
    case 'A': sink.abort_delay = number(optarg, 0, "abort delay"); break;
    case 'b': sink.soft = reply_text(optarg, '4', "soft"); break;
    case 'B': sink.hard = reply_text(optarg, '5', "hard"); break;
    case 'c': sink.counters = true; break;
    case 'C': commands[CMD_XCLIENT].flags |= CMD_OFF; break;
    case 'd': case 'D':
        sink.dump.template = optarg;
        sink.dump.append = c == 'D';
        break;
    case 'P': sink.pix = true; /* fallthrough */
    case 'e': sink.esmtp = false; break;
    case 'E': sink.no_status_codes = true; break;
    case 'f': flag_commands(optarg, CMD_HARD); sink.no_pipelining = true; break;
    case 'F': commands[CMD_XFORWARD].flags |= CMD_OFF; break;
    case 'h': sink.host = optarg; break;
    case 'H': sink.read_delay = number(optarg, 1, "read delay"); break;
    case 'L': sink.lmtp = true; break;
    case 'm': sink.max_clients = number(optarg, 1, "concurrency limit"); break;
    case 'M': sink.max_messages = number(optarg, 1, "message quit count"); break;
    case 'n': sink.max_sessions = number(optarg, 1, "session quit count"); break;
    case 'N': sink.no_dsn = true; break;
    case 'p': sink.no_pipelining = true; break;
    case 'q': flag_commands(optarg, CMD_DROP); break;
    case 'Q': flag_commands(optarg, CMD_CLOSE); break;
    case 'r': flag_commands(optarg, CMD_SOFT); sink.no_pipelining = true; break;
    case 'R': sink.root = optarg; break;
    case 's': flag_commands(optarg, CMD_LOG); break;
    case 'S': sink.dump.start = optarg; break;
    case 't': sink.timeout = number(optarg, 1, "time limit"); break;
    case 'T': sink.window = number(optarg, 1, "TCP window size"); break;
    case 'u': sink.user = optarg; break;
    case 'v': log_verbose++; break;
    case 'w': sink.data_delay = number(optarg, 1, "data delay"); break;
    case 'W': delay_command(optarg); break;
    default: usage();
    }
}

static void start_listening(const char *text, const struct endpoint_want *want, int backlog)
{
    struct endpoint where;
    struct why why;
    int bytes = (int)sink.window, fd;

    if (endpoint_find(&where, text, want, &why) != OK)
        log_fatal("%s", why.text);
    for (size_t i = 0; i < (where.path ? 1 : where.n); i++) {
        fd = where.path ? sock_listen_unix(where.path, backlog, false, 0666)
                        : sock_listen_inet(&where.addr[i], backlog);
        if (fd < 0 && errno == EAFNOSUPPORT)
            continue;
        if (fd < 0)
            log_fatal("listen on %s: %s", text, strerror(errno));
        if (bytes && (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) < 0 ||
                      setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) < 0))
            log_warn("setsockopt: window of %d bytes: %s", bytes, strerror(errno));
        sink.listener[sink.listeners++] = fd;
    }
    if (!sink.listeners)
        log_fatal("listen on %s: %s", text, strerror(EAFNOSUPPORT));
}

static void give_up_privileges(void)
{
    struct passwd *pw = sink.user ? getpwnam(sink.user) : NULL;

    if (sink.user && !pw)
        log_fatal("unknown user: %s", sink.user);
    if (!sink.user && geteuid() == 0)
        log_fatal("when running as root, -u names the user to become");
    if (pw && geteuid() == 0 && (setgid(pw->pw_gid) < 0 || initgroups(pw->pw_name, pw->pw_gid) < 0))
        log_fatal("become user %s: %s", sink.user, strerror(errno));
    if (sink.root && (chroot(sink.root) < 0 || chdir("/") < 0))
        log_fatal("chroot %s: %s", sink.root, strerror(errno));
    if (pw && geteuid() == 0 && setuid(pw->pw_uid) < 0)
        log_fatal("become user %s: %s", sink.user, strerror(errno));
}

int smtp_sink_main(int argc, char **argv);

int smtp_sink_main(int argc, char **argv)
{
    struct endpoint_want want = { .family = AF_UNSPEC, .listen = true, .timeout_ms = DNS_MS };
    int c;

    log_open(&(struct log_options){ .tag = "smtp-sink", .sinks = LOG_TO_STDERR, .exit_status = 1 });
    signal(SIGPIPE, SIG_IGN);
    optind = 1;
    sink.host = "smtp-sink";
    sink.soft = "450 4.3.0 Error: command failed";
    sink.hard = "500 5.3.0 Error: command failed";
    sink.esmtp = true;
    sink.abort_delay = -1;
    sink.timeout = 100;
    sink.max_clients = 256;
    while ((c = getopt(argc, argv, "468aA:b:B:cCd:D:eEf:Fh:H:Lm:M:n:NpPq:Q:r:R:s:S:t:T:u:vw:W:")) > 0)
        option(c, &want);
    if (optind + 2 != argc)
        usage();
    if (sink.lmtp) {
        commands[CMD_HELO].flags |= CMD_OFF;
        commands[CMD_LHLO].flags &= ~(unsigned)CMD_OFF;
    }
    if (sink.lmtp || !sink.esmtp)
        commands[CMD_EHLO].flags |= CMD_OFF;
    openlog("smtp-sink", LOG_PID, LOG_MAIL);
    dns_init(NULL);
    start_listening(argv[optind], &want, (int)number(argv[optind + 1], 1, "backlog"));
    give_up_privileges();
    sink.chunk = mem_new(CHUNK);
    srandom((unsigned)clock_us() ^ (unsigned)getpid());
    listen_again(true);
    for (;;)
        loop_once(-1);
}
