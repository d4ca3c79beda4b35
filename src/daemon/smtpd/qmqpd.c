/* qmqpd.c - mail by QMQP, from clients that keep no queue of their own
 *
 * One message per connection: a netstring (<length>:<bytes>,) of netstrings: the
 * message with LF line ends, the sender, the recipients. The answer is a
 * netstring too: K accepted, Z try again, D never. There is no authentication;
 * who may use it is a list of networks, empty at first.
 * Who connects: the clients in that list. It calls cleanup/.
 * Runs in: qmqpd, chrooted and unprivileged.  Trust: lengths and bytes are hostile; a message is held in
 * memory, at most message_size_limit of it.
 * Parameters: qmqpd_authorized_clients, qmqpd_client_port_logging, qmqpd_error_delay, qmqpd_timeout,
 * message_size_limit, content_filter, verp_delimiter_filter.  Feature: QMQPD.  Tests: tests/smtp/test_qmqpd.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/addr.h"
#include "mail/wire.h"
#include "map/match.h"
#include "net/stream.h"
#include "param/param.h"

enum { IN_BYTES = 4096, OUT_BYTES = 512, ADDRESS_MAX = 4 * ADDR_MAX, LENGTH_MAX = 1 << 30, WIRE_CHUNK = 16384,
       LINGER_MS = 1000, LINGER_READS = 64 };

struct qmqp {
    struct stream in;
    struct smtpd_peer peer;
    char label[DNS_NAME + SOCK_ADDR_TEXT + 12];
    const char *where;        /* for the log: what we are reading */
    const char *bad;          /* what is wrong with a netstring, or NULL */
    int64_t left;             /* of the outer netstring */
    struct buf message, sender, rcpt;
    char verp[3];
    size_t rcpts;
};

static struct match *clients;

/* --- netstrings --- */

/* One byte: OK, or TEMP. */
static enum result get_byte(struct qmqp *q, char *c)
{
    struct str view;

    if (stream_peek(&q->in, &view) != OK)
        return TEMP;
    *c = view.p[0];
    stream_eat(&q->in, 1);
    return OK;
}

static enum result bad(struct qmqp *q, const char *what)
{
    q->bad = what;
    return PERM;
}

static enum result get_length(struct qmqp *q, int64_t max, int64_t *n)
{
    char c = 0;

    for (*n = 0; get_byte(q, &c) == OK; *n = *n * 10 + (c - '0')) {
        q->left--;
        if (c == ':')
            return OK;
        if (c < '0' || c > '9')
            return bad(q, "netstring format error");
        if (*n > max / 10)
            return bad(q, "netstring length exceeds storage limit");
    }
    return TEMP;
}

static enum result get_comma(struct qmqp *q)
{
    char c;

    q->left--;
    if (get_byte(q, &c) != OK)
        return TEMP;
    return c == ',' ? OK : bad(q, "netstring format error");
}

/* An inner netstring of at most max bytes. */
static enum result get_string(struct qmqp *q, int64_t max, struct buf *out)
{
    int64_t n;
    enum result r = get_length(q, max, &n);

    if (r == OK && (n > max || n > q->left))
        r = bad(q, n > max ? "netstring length exceeds storage limit" : "netstring format error");
    buf_reset(out);
    while (r == OK && n) {
        struct str view;

        r = stream_peek(&q->in, &view);
        if (r != OK)
            break;
        view.n = (int64_t)view.n < n ? view.n : (size_t)n;
        buf_str(out, view);
        stream_eat(&q->in, view.n);
        n -= (int64_t)view.n;
        q->left -= (int64_t)view.n;
    }
    return r == OK ? get_comma(q) : r;
}

/* --- answers --- */

/* What the client is still sending must not cost it the answer: closing now would reset the connection. */
static void linger(struct qmqp *q)
{
    struct str view;

    (void)shutdown(q->in.fd, SHUT_WR);
    q->in.timeout_ms = LINGER_MS;
    for (int i = 0; i < LINGER_READS && stream_peek(&q->in, &view) == OK; i++)
        stream_eat(&q->in, view.n);
}

static void answer(struct qmqp *q, char status, const char *text)
{
    if (status != 'K' && par_qmqpd_error_delay())
        sleep((unsigned)par_qmqpd_error_delay());
    stream_printf(&q->in, "%zu:%c%s,", strlen(text) + 1, status, text);
    if (stream_flush(&q->in) == OK)
        linger(q);
}

static void refuse(struct qmqp *q, const char *id, enum result r, const struct why *why)
{
    char text[WHY_TEXT + 16];

    snprintf(text, sizeof text, "Error: %s", why->text);
    answer(q, r == PERM ? 'D' : 'Z', text);
    log_info("%s: %s: %s%s: from=<%s>", id, r == PERM ? "reject" : "defer", q->label, why->text, q->sender.p);
}

/* --- the message --- */

/* "list-@example.com-@[]" asks for a sender per recipient: list-user=domain@example.com. */
static void take_verp(struct qmqp *q)
{
    size_t at, n = q->sender.n;

    if (n < 4 || memcmp(q->sender.p + n - 4, "-@[]", 4))
        return;
    buf_cut(&q->sender, n - 4);
    at = str_find(buf_view(&q->sender), '@');
    if (at == q->sender.n || at == 0)
        return;
    q->verp[0] = q->sender.p[at - 1];
    q->verp[1] = '=';
    if (strspn(q->verp, par_verp_delimiter_filter()) == 2)
        buf_splice(&q->sender, at - 1, 1, (struct str){ "", 0 });
    else
        q->verp[0] = 0;
}

static void put_received(struct qmqp *q, struct cleanup *c)
{
    char literal[SOCK_ADDR_TEXT + 8];
    struct buf line;

    smtpd_peer_literal(q->peer.addr, literal, sizeof literal);
    buf_init(&line, 4096);
    buf_printf(&line, "Received: from %s (%s [%s])\n\tby %s (%s) with QMQP\n\tid %s; %s", q->peer.name, q->peer.name,
               literal, par_myhostname(), par_mail_name(), cleanup_id(c), clock_rfc5322(clock_wall().tv_sec));
    cleanup_prepend(c, line.p);
    cleanup_text_begins(c);
    buf_done(&line);
}

static void put_message(struct qmqp *q, struct cleanup *c, struct wire_scan *scan)
{
    struct wire_in in = { 0 };
    struct buf wire;
    size_t used;

    buf_init(&wire, 4 * WIRE_CHUNK);
    for (size_t at = 0; at <= q->message.n; at += WIRE_CHUNK) {
        size_t left = q->message.n - at, n = left < WIRE_CHUNK ? left : WIRE_CHUNK;

        buf_reset(&wire);
        wire_from_text(&in, &wire, q->message.p + at, n, true);
        if (n == left)
            wire_end_text(&in, &wire);
        (void)(wire_scan(scan, wire.p, wire.n, &used) == OK);
        cleanup_data(c, wire.p, wire.n);
        if (n == left)
            break;
    }
    buf_done(&wire);
}

static struct cleanup *begin(struct qmqp *q, struct why *why)
{
    struct qfile_env env = {
        .arrival = clock_wall(), .rewrite_context = "local", .sender = q->sender.p, .verp = q->verp,
        .filter = par_content_filter(), .client_name = q->peer.name, .client_addr = q->peer.addr,
        .client_port = q->peer.port, .client_proto = "QMQP",
    };
    struct cleanup *c = cleanup_new(&env, REWRITE_LOCAL, CLEANUP_FILTER | CLEANUP_MISSING_HEADERS, why);

    if (c)
        log_info("%s: client=%s", cleanup_id(c), q->label);
    return c;
}

static enum result get_recipients(struct qmqp *q, struct cleanup *c, struct why *why)
{
    enum result r = OK, taken = OK;

    q->where = "recipient address";
    while (r == OK && q->left > 0) {
        r = get_string(q, ADDRESS_MAX, &q->rcpt);
        if (r == OK && taken == OK)
            taken = cleanup_rcpt(c, q->rcpt.p, "", 0, why);
        q->rcpts += r == OK;
    }
    if (r == OK)
        r = get_comma(q);
    return r != OK ? NONE : taken;
}

/* NONE: the client has gone, or makes no sense. */
static enum result queue(struct qmqp *q, struct cleanup *c, struct why *why)
{
    struct wire_scan scan = { 0 };
    char id[QUEUE_ID_MAX], text[QUEUE_ID_MAX + 32];
    enum result r = get_recipients(q, c, why);

    if (r == OK && !q->rcpts)
        r = why_set(why, "5.1.0", "no recipients specified");
    if (r != OK) {
        if (r != NONE)
            refuse(q, cleanup_id(c), r, why);
        cleanup_abort(c);
        return r;
    }
    put_received(q, c);
    put_message(q, c, &scan);
    snprintf(id, sizeof id, "%s", cleanup_id(c));
    r = cleanup_end(c, scan.wire_bytes, id, why);
    snprintf(text, sizeof text, "Ok: queued as %s", id);
    if (r == OK)
        answer(q, 'K', text);
    else
        refuse(q, id, r, why);
    return r;
}

static enum result get_head(struct qmqp *q)
{
    int64_t limit = par_message_size_limit(), n;

    q->where = "QMQP packet header";
    if (get_length(q, LENGTH_MAX, &n) != OK)
        return TEMP;
    q->left = n;
    q->where = "message content";
    if (get_string(q, limit && limit < LENGTH_MAX ? limit : LENGTH_MAX, &q->message) != OK)
        return TEMP;
    q->where = "sender address";
    return get_string(q, ADDRESS_MAX, &q->sender);
}

/* Only a client that is still there is told. */
static void give_up(struct qmqp *q)
{
    char text[128];

    snprintf(text, sizeof text, "%s while receiving %s",
             q->bad                            ? q->bad
             : q->in.err == STREAM_TIMEOUT ? "read/write timeout"
                                           : "unexpected disconnect",
             q->where);
    log_info("%s: %s", q->label, text);
    if (q->bad)
        answer(q, 'D', text);
}

static void receive(struct qmqp *q)
{
    struct why why = { "", "" };
    enum result r = get_head(q);
    struct cleanup *c;

    if (r == OK) {
        take_verp(q);
        c = begin(q, &why);
        if (c)
            r = queue(q, c, &why) == NONE ? TEMP : OK;
        else
            refuse(q, "NOQUEUE", TEMP, &why);
    }
    if (r != OK)
        give_up(q);
}

static void serve(struct service *s, int fd, const struct sock_addr *peer)
{
    struct qmqp q = { .where = "" };
    struct buf text;
    enum result r;

    stream_init(&q.in, fd, IN_BYTES, OUT_BYTES, (int)par_qmqpd_timeout() * 1000);
    buf_init(&q.message, LENGTH_MAX);
    buf_init(&q.sender, ADDRESS_MAX + 1);
    buf_init(&q.rcpt, ADDRESS_MAX + 1);
    buf_init(&text, sizeof q.label + 64);
    if (smtpd_peer_init(&q.peer, fd, peer)) {
        snprintf(q.label, sizeof q.label, "%s[%s]%s%s", q.peer.name, q.peer.addr,
                 par_qmqpd_client_port_logging() ? ":" : "", par_qmqpd_client_port_logging() ? q.peer.port : "");
        log_info("connect from %s", q.label);
        r = match_host(clients, q.peer.name, q.peer.addr);
        buf_printf(&text, "Error: %s is not authorized to use this service", q.label);
        if (r == OK)
            receive(&q);
        else
            answer(&q, r == NONE ? 'D' : 'Z', text.p);
        log_info("disconnect from %s", q.label);
    }
    buf_done(&text);
    buf_done(&q.rcpt);
    buf_done(&q.sender);
    buf_done(&q.message);
    stream_done(&q.in);
}

static void before_jail(struct service *s)
{
    dns_init(NULL);
    cleanup_init();
    clients = match_new("qmqpd_authorized_clients", par_qmqpd_authorized_clients(), 0);
}

int qmqpd_main(int argc, char **argv);

int qmqpd_main(int argc, char **argv)
{
    static const struct service_daemon d = {
        .program = "qmqpd", .model = SERVICE_SINGLE, .before_jail = before_jail, .serve = serve,
    };

    return service_main(&d, argc, argv);
}
