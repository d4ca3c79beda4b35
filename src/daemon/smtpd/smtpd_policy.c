/* smtpd_policy.c - check_policy_service: asking another program
 *
 * One connection per service and process, kept between requests. Attributes as
 * "name=value" lines, an empty line ends; the answer is "action=..." in the
 * same form and means what it means in an access table.
 * Runs in: smtpd.  Trust: the policy server is the operator's choice, its answer is bounded.
 * Parameters: smtpd_policy.def.  Tests: tests/smtp/policy-service.t
 */
/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "net/endpoint.h"
#include "net/stream.h"
#include "param/param.h"

enum { REQUEST_MAX = 32 * 1024, ANSWER_LINE = 4096 };

struct policy {
    struct policy *next;
    char *text;                    /* as configured */
    char *endpoint;                /* "inet:host:port", "unix:path" */
    char *default_action, *context;
    int64_t timeout, max_idle, max_ttl, request_limit, retry_delay, try_limit; /* seconds */
    bool open;
    struct stream io;
    int64_t opened, used;          /* clock_ms */
    int64_t requests;
};

/* --- configuration --- */

static const struct { const char *name; size_t at; char unit;
} numbers[] = {
    { "timeout", offsetof(struct policy, timeout), 's' },
    { "max_idle", offsetof(struct policy, max_idle), 's' },
    { "max_ttl", offsetof(struct policy, max_ttl), 's' },
    { "retry_delay", offsetof(struct policy, retry_delay), 's' },
    { "request_limit", offsetof(struct policy, request_limit), 0 },
    { "try_limit", offsetof(struct policy, try_limit), 0 },
};

static bool set_number(struct policy *p, struct str name, struct str value, bool *known)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        int64_t *field = (int64_t *)(void *)((char *)p + numbers[i].at);

        if (!str_eq(name, numbers[i].name))
            continue;
        *known = true;
        return (numbers[i].unit ? num_parse_time(value, numbers[i].unit, field)
                                : num_parse(value, 0, 1000000, field)) == OK;
    }
    return false;
}

static bool set_option(struct policy *p, struct str option)
{
    struct str inside = option, name, value;
    size_t eq;
    bool known = false;

    (void)!str_unbrace(option, &inside);
    eq = str_find(inside, '=');
    if (eq >= inside.n)
        return false;
    name = str_trim((struct str){ inside.p, eq });
    value = str_trim((struct str){ inside.p + eq + 1, inside.n - eq - 1 });
    if (set_number(p, name, value, &known) || known)
        return known;
    if (str_eq(name, "default_action")) {
        free(p->default_action);
        p->default_action = mem_dup_n(value.p, value.n);
        return true;
    }
    if (str_eq(name, "policy_context")) {
        free(p->context);
        p->context = mem_dup_n(value.p, value.n);
        return true;
    }
    return false;
}

static void set_defaults(struct policy *p)
{
    p->timeout = par_smtpd_policy_service_timeout();
    p->max_idle = par_smtpd_policy_service_max_idle();
    p->max_ttl = par_smtpd_policy_service_max_ttl();
    p->request_limit = par_smtpd_policy_service_request_limit();
    p->retry_delay = par_smtpd_policy_service_retry_delay();
    p->try_limit = par_smtpd_policy_service_try_limit();
    p->default_action = mem_dup(par_smtpd_policy_service_default_action());
    p->context = mem_dup(par_smtpd_policy_service_policy_context());
}

static void policy_free(struct policy *p)
{
    free(p->endpoint);
    free(p->default_action);
    free(p->context);
    free(p);
}

static bool good_endpoint(struct str word)
{
    return str_begins_case(word, "inet:") || str_begins_case(word, "unix:") || str_begins_case(word, "local:");
}

/* The same service in several lists is asked on one connection. */
static struct policy *services;

static struct policy *find_service(const char *text)
{
    struct policy *p = services;

    while (p && strcmp(p->text, text) != 0)
        p = p->next;
    return p;
}

struct policy *smtpd_policy_new(const char *param, const char *text, struct why *why)
{
    struct policy *p = find_service(text);
    struct str rest = str_of(text), word;

    if (p)
        return p;
    p = mem_new(sizeof *p);
    (void)!str_unbrace(str_of(text), &rest);
    set_defaults(p);
    if (str_word_braced(&rest, STR_LIST_SEPS, &word) != OK || !good_endpoint(word)) {
        why_set(why, "4.3.5", "need inet:host:port or unix:path");
        policy_free(p);
        return NULL;
    }
    p->endpoint = mem_dup_n(word.p, word.n);
    while (str_word_braced(&rest, STR_LIST_SEPS, &word) == OK)
        if (!set_option(p, word)) {
            why_set(why, "4.3.5", "bad policy service option \"%.*s\"", (int)word.n, word.p);
            policy_free(p);
            return NULL;
        }
    p->text = mem_dup(text);
    p->next = services;
    services = p;
    return p;
}

/* --- connection --- */

static void disconnect(struct policy *p)
{
    if (p->open)
        stream_done(&p->io);
    p->open = false;
}

/* Logs have always named TCP servers without "inet:", and sockets by their path. */
static const char *shown(const struct policy *p)
{
    const char *colon = strchr(p->endpoint, ':');

    return str_begins_case(str_of(p->endpoint), "inet:") || str_begins_case(str_of(p->endpoint), "unix:") ? colon + 1
                                                                                                          : p->endpoint;
}

static bool connected(struct policy *p)
{
    int64_t now = clock_ms();
    int ms = (int)(p->timeout * 1000), fd;

    if (p->open && (now - p->used > p->max_idle * 1000 || now - p->opened > p->max_ttl * 1000 ||
                    (p->request_limit && p->requests >= p->request_limit)))
        disconnect(p);
    if (p->open)
        return true;
    fd = endpoint_connect(p->endpoint, ms);
    if (fd < 0) {
        int error = errno;

        log_warn("connect to %s: %s", shown(p), strerror(error));
        errno = error;
        return false;
    }
    stream_init(&p->io, fd, ANSWER_LINE, 4096, ms);
    p->open = true;
    p->opened = now;
    p->requests = 0;
    return true;
}

/* --- request --- */

static void attr(struct buf *b, const char *name, const char *value)
{
    size_t at;

    buf_printf(b, "%s=", name);
    at = b->n;
    buf_puts(b, value ? value : "");
    for (; at < b->n; at++)
        if (b->p[at] == '\n' || b->p[at] == '\r' || b->p[at] == 0)
            b->p[at] = '?';
    buf_putc(b, '\n');
}

static void attr_number(struct buf *b, const char *name, int64_t n)
{
    buf_printf(b, "%s=%lld\n", name, (long long)n);
}

static void put_client(struct smtpd *s, struct buf *b)
{
    attr(b, "client_address", s->peer.addr);
    attr(b, "client_name", s->peer.name);
    attr(b, "client_port", s->peer.port);
    attr(b, "reverse_client_name", s->peer.reverse);
    attr(b, "server_address", s->peer.local_addr);
    attr(b, "server_port", s->peer.local_port);
    attr(b, "helo_name", s->helo.n ? s->helo.p : "");
}

/* The same for all requests of one message, which begins when MAIL was accepted. */
static const char *instance_of(struct smtpd *s)
{
    static unsigned sequence;

    if (!s->tx || strcmp(s->where, "MAIL") == 0)
        return "";
    if (!s->tx->instance[0])
        snprintf(s->tx->instance, sizeof s->tx->instance, "%x.%llx.%x.0", (unsigned)getpid(),
                 (unsigned long long)time(NULL), sequence++);
    return s->tx->instance;
}

static void put_mail(struct smtpd *s, struct buf *b)
{
    bool content = s->check.stage == STAGE_DATA || s->check.stage == STAGE_EOD;

    attr(b, "sender", s->tx ? s->tx->sender.p : "");
    attr(b, "recipient", s->rcpt.known ? s->rcpt.addr.p : "");
    attr_number(b, "recipient_count", content && s->tx ? s->tx->rcpts : 0);
    attr(b, "queue_id", s->tx ? s->tx->id : "");
    attr(b, "instance", instance_of(s));
    attr_number(b, "size", s->tx ? s->tx->size : 0);
    attr(b, "etrn_domain", s->check.etrn ? s->check.etrn : "");
}

static void put_session(struct smtpd *s, struct policy *p, struct buf *b)
{
    attr(b, "stress", par_stress());
    attr(b, "sasl_method", s->auth.done ? s->auth.method : "");
    attr(b, "sasl_username", s->auth.done ? s->auth.user.p : "");
    attr(b, "sasl_sender", s->tx ? s->tx->auth_sender.p : "");
    smtpd_tls_policy(s, b, attr);
    attr(b, "policy_context", p->context);
    attr(b, "compatibility_level", par_compatibility_level());
    attr(b, "mail_version", par_mail_version());
}

static void put_request(struct smtpd *s, struct policy *p, struct buf *b)
{
    attr(b, "request", "smtpd_access_policy");
    attr(b, "protocol_state", s->where);
    attr(b, "protocol_name", s->proto);
    put_client(s, b);
    put_mail(s, b);
    put_session(s, p, b);
    buf_putc(b, '\n');
}

/* "action=..." and whatever else, up to the empty line. */
static enum result get_answer(struct policy *p, struct buf *action)
{
    struct str line;
    bool crlf;

    buf_reset(action);
    for (;;) {
        if (stream_line(&p->io, &line, &crlf) != OK)
            return TEMP;
        if (line.n == 0)
            return action->n ? OK : TEMP;
        if (str_begins_case(line, "action="))
            buf_add(action, line.p + 7, line.n - 7);
    }
}

static enum result try_once(struct policy *p, const struct buf *request, struct buf *action)
{
    if (!connected(p))
        return TEMP;
    stream_put(&p->io, request->p, request->n);
    if (stream_flush(&p->io) != OK || get_answer(p, action) != OK) {
        disconnect(p);
        return TEMP;
    }
    p->requests++;
    p->used = clock_ms();
    return OK;
}

static enum result converse(struct policy *p, const struct buf *request, struct buf *action)
{
    for (int64_t i = 0; i < p->try_limit; i++) {
        struct timespec t = { .tv_sec = (time_t)p->retry_delay };

        if (i > 1)
            (void)nanosleep(&t, NULL);
        if (try_once(p, request, action) == OK)
            return OK;
    }
    log_warn("problem talking to server %s: %s", shown(p), strerror(errno ? errno : ECONNRESET));
    return TEMP;
}

enum verdict restrict_policy(struct smtpd *s, const struct rule *r)
{
    struct access a = { .rule = r, .name = s->check.name, .class = s->check.class, .stage = s->check.stage };
    struct buf request, action;
    enum verdict v;

    buf_init(&request, REQUEST_MAX);
    buf_init(&action, ANSWER_LINE);
    put_request(s, r->policy, &request);
    if (converse(r->policy, &request, &action) != OK) {
        buf_reset(&action);
        buf_puts(&action, r->policy->default_action);
    }
    v = smtpd_access_act(s, &a, r->policy->endpoint, buf_view(&action));
    buf_done(&request);
    buf_done(&action);
    return v;
}
