/* smtp_connect.c - which servers are tried for a request, and which session is kept for the next one
 *
 * Destinations of the next hop in order, then smtp_fallback_relay; for each its
 * addresses in order. A temporary failure moves what is undelivered on to the next
 * server; the last one's answer is the outcome. After a delivery the session stays
 * open for a moment: the queue manager gives the next message for the same
 * place to the same process, which then costs no connection and no greeting.
 * RFC 5321 section 5.1.  Runs in: smtp, lmtp.
 * Parameters: smtp_fallback_relay, smtp_mx_session_limit, smtp_connection_cache_on_demand,
 * smtp_connection_cache_destinations, smtp_connection_cache_time_limit, connection_cache_ttl_limit,
 * smtp_connection_reuse_count_limit, smtp_connection_reuse_time_limit, smtp_rset_timeout, smtp_log_tls_feature_status.
 * Tests: tests/client/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"
#include "deliver/pass.h"
#include "deliver/copy.h"

struct attempt {
    struct delivery *d;
    struct why why;          /* of the newest failure */
    char relay[SMTP_NAMADDR + 8]; /* where it happened */
    bool dest;               /* it says something about the destination as a whole */
    int sessions;            /* of this destination */
    char skip[SMTP_NAMADDR + 8];  /* server that has been asked already, in a kept session */
    enum smtp_requiretls requiretls;
    bool other_failure;      /* than that a server has no REQUIRETLS or STARTTLS for who insists */
};

static bool pending(const struct delivery *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->rcpts[i].outcome == DELIVER_PENDING)
            return true;
    return false;
}

/* --- keeping a session --- */

int smtp_keep_ms(void)
{
    int64_t s = smtp_num(P_smtp_connection_cache_time_limit), most = par_connection_cache_ttl_limit();

    if (!smtp_bool(P_smtp_connection_cache_on_demand) && !smtp_agent->keep_for)
        return 0;
    s = s < most ? s : most;
    return s > 1000000 ? 1000000000 : (int)s * 1000;
}

void smtp_drop_kept(void)
{
    smtp_session_close(smtp_agent->kept);
    smtp_agent->kept = NULL;
}

static bool expired(const struct smtp_session *ss)
{
    int64_t count = smtp_num(P_smtp_connection_reuse_count_limit);

    return (count && ss->uses >= count) ||
           clock_ms() - ss->opened >= smtp_num(P_smtp_connection_reuse_time_limit) * 1000;
}

static bool wanted(const struct smtp_session *ss, const struct delivery *d)
{
    if (ss->dead || !ss->best || (ss->s.tls && !ss->tls.reuse) || strlen(d->nexthop) >= sizeof ss->nexthop)
        return false;
    if (expired(ss) || (ENABLE_SMTP_SASL && smtp_auth_per_sender()))
        return false;
    return smtp_bool(P_smtp_connection_cache_on_demand) ||
           (smtp_agent->keep_for && match_string(smtp_agent->keep_for, d->nexthop) == OK);
}

static bool reset(struct smtp_session *ss)
{
    smtp_session_limit(ss, P_smtp_rset_timeout, "sending RSET probe");
    return smtp_session_command(ss, "RSET") == OK && ss->reply.code / 100 == 2;
}

static void keep_or_close(struct smtp_session *ss, const struct delivery *d, enum smtp_tx_end end)
{
    if (end == TX_LOST || end == TX_STALE)
        ss->dead = true;
    if (!wanted(ss, d) || (end == TX_DIRTY && !reset(ss))) {
        smtp_session_close(ss);
        return;
    }
    snprintf(ss->nexthop, sizeof ss->nexthop, "%s", d->nexthop);
    smtp_agent->kept = ss;
}

/* --- one session --- */

/* tls=...: the level, and what became of it. */
static const char *tls_feature(const struct smtp_session *ss)
{
    if (!ENABLE_TLS || !smtp_bool(P_smtp_log_tls_feature_status) || ss->tls.wanted <= LEVEL_NONE)
        return NULL;
    if (ss->tls.wanted == LEVEL_MAY && !ss->s.tls)
        return "may:none";
    return smtp_tls_level_name(ss->tls.wanted);
}

static enum smtp_tx_end use(struct smtp_session *ss, struct attempt *a, bool final)
{
    enum smtp_tx_end end;

    a->d->connected = clock_ms();
    a->d->conn_use = ss->uses + 1;
    a->d->tls = tls_feature(ss);
    ss->say_requiretls =
        a->requiretls != REQUIRETLS_DISABLE && ss->s.tls && (ss->features & SMTP_REQUIRETLS);
    end = smtp_tx(ss, a->d, final);
    ss->uses++;
    a->d->tls = NULL;
    a->d->conn_use = 0;
    return end;
}

/* No other try of this server will help a message whose sender insists on TLS. */
static bool unfit(const struct attempt *a)
{
    return ENABLE_REQUIRETLS && a->requiretls >= REQUIRETLS_STARTTLS &&
           (!strcmp(a->why.dsn, "4.7.30") || !strcmp(a->why.dsn, "4.7.10") || !strcmp(a->why.dsn, "4.7.4"));
}

static void note_failure(struct attempt *a, const char *relay)
{
    a->other_failure |= !unfit(a);
    snprintf(a->relay, sizeof a->relay, "%s", relay);
    a->dest = true;
    for (size_t i = 0; i < a->d->n; i++)
        if (a->d->rcpts[i].outcome == DELIVER_PENDING)
            a->d->rcpts[i].why.dsn[0] = 0; /* the newest failure counts */
}

/* The words of a server belong into the notice as such. */
static void note_speaker(struct attempt *a, const struct smtp_session *ss)
{
    if (!strstr(a->why.text, " said: ") && !strstr(a->why.text, " refused to talk to me: "))
        return;
    for (size_t i = 0; i < a->d->n; i++)
        if (a->d->rcpts[i].outcome == DELIVER_PENDING) {
            a->d->rcpts[i].diag_type = 's';
            a->d->rcpts[i].remote_mta = deliver_keep(a->d, ss->host);
        }
}

/* Before a delivery was tried. With another server to ask, only the log tells. */
static void session_failed(struct attempt *a, struct smtp_session *ss, enum result r, bool final)
{
    note_failure(a, ss->s.fd >= 0 ? ss->relay : "none");
    a->d->connected = clock_ms();
    note_speaker(a, ss);
    if (r == PERM)
        deliver_failed_all(a->d, a->relay, PERM, &a->why);
    else if (!final && ss->s.fd >= 0)
        log_info("%s: %s", a->d->queue_id, a->why.text);
}

static struct smtp_session *open_session(struct attempt *a, struct smtp_target *t, struct smtp_policy *policy,
                                         enum result *r)
{
    struct smtp_session *ss;

    t->tls = policy;
    *r = smtp_session_open(t, a->d, &ss, &a->why);
    if (*r == OK || !ss->retry_plain)
        return ss;
    log_info("%s: %s; trying %s again without TLS", a->d->queue_id, a->why.text, ss->namaddr);
    smtp_session_close(ss);
    policy->level = LEVEL_NONE;
    *r = smtp_session_open(t, a->d, &ss, &a->why);
    return ss;
}

/* The sender may want more TLS, or less. */
static void adapt_policy(const struct attempt *a, struct smtp_policy *p)
{
    bool optional = (a->d->env->flags & QF_TLS_OPTIONAL) && !(a->d->env->flags & QF_REQUIRETLS);

    if (ENABLE_REQUIRETLS)
        smtp_requiretls_raise(a->requiretls, p);
    if (ENABLE_TLS && optional && par_tls_required_enable() && p->level > LEVEL_MAY)
        p->level = p->wanted = LEVEL_MAY;
}

/* One server. last: none comes after it. */
static void try_host(struct attempt *a, struct smtp_target *t, bool last, bool last_dest)
{
    int64_t limit = smtp_num(P_smtp_mx_session_limit);
    struct smtp_policy policy;
    struct smtp_session *ss;
    enum result r;

    if (smtp_tls_policy(a->d->nexthop, t->host ? t->host->name : "", !t->host, &policy, &a->why) != OK) {
        note_failure(a, "none");
        return;
    }
    adapt_policy(a, &policy);
    ss = open_session(a, t, &policy, &r);
    if (ss->s.fd >= 0)
        a->sessions++;
    last = last || (limit && a->sessions >= limit);
    if (ENABLE_REQUIRETLS && r == OK)
        r = smtp_requiretls_check(a->requiretls, ss, &a->why);
    if (r != OK) {
        session_failed(a, ss, r, last && last_dest);
        smtp_session_close(ss);
        return;
    }
    ss->only = ss->best && last && last_dest && a->sessions == 1;
    a->dest = false;
    snprintf(a->relay, sizeof a->relay, "%s", ss->relay);
    keep_or_close(ss, a->d, use(ss, a, last && last_dest));
}

/* --- one destination --- */

static void host_relay(const struct smtp_host *h, char *out, size_t size)
{
    char addr[SOCK_ADDR_TEXT];

    sock_text(&h->addr, addr);
    snprintf(out, size, "%s[%s]:%u", h->name, addr, sock_port(&h->addr));
}

static void try_hosts(struct attempt *a, const struct smtp_dest *dest, const struct smtp_hosts *hosts, bool first,
                      bool last_dest)
{
    int64_t limit = smtp_num(P_smtp_mx_session_limit);

    for (size_t i = 0; i < hosts->n && pending(a->d) && (!limit || a->sessions < limit); i++) {
        struct smtp_target t = { .dest = dest, .host = &hosts->list[i], .loop_check = hosts->loop_check };
        char relay[SMTP_NAMADDR + 8];

        t.best = first && t.host->pref == hosts->list[0].pref;
        host_relay(t.host, relay, sizeof relay);
        if (strcmp(relay, a->skip))
            try_host(a, &t, i + 1 == hosts->n, last_dest);
    }
}

/* best_mx_transport: we are the best MX, and the administrator knows who takes the mail. */
static bool pass_all(struct attempt *a)
{
    struct delivery *d = a->d;

    if (!ENABLE_LOCAL || !*par_best_mx_transport() || strcmp(a->why.dsn, "5.4.6"))
        return false;
    for (size_t i = 0; i < d->n; i++) {
        struct delivery_rcpt *r = &d->rcpts[i];

        if (r->outcome != DELIVER_PENDING)
            continue;
        pass_deliver(d, deliver_part(r, r->r.addr, r->r.notify), par_best_mx_transport());
        deliver_parts_done(d, r);
    }
    return true;
}

static void try_dest(struct attempt *a, const struct smtp_dest *dest, bool first, bool last)
{
    struct smtp_hosts hosts;

    a->sessions = 0;
    if (dest->unix_path) {
        struct smtp_target t = { dest, NULL, NULL, false, first };

        try_host(a, &t, true, last);
        return;
    }
    if (smtp_hosts_find(dest, a->d->nexthop, &hosts, &a->why) != OK) {
        if (!pass_all(a))
            note_failure(a, "none");
        return;
    }
    try_hosts(a, dest, &hosts, first, last);
    smtp_hosts_done(&hosts);
}

/* --- a request --- */

/* The session that is open: may answer for everything, or leave recipients to other servers. */
static void try_kept(struct attempt *a)
{
    struct smtp_session *ss = smtp_agent->kept;
    enum smtp_tx_end end;

    if (!ss)
        return;
    if (strcmp(ss->nexthop, a->d->nexthop) || expired(ss) ||
        (ENABLE_REQUIRETLS && smtp_requiretls_check(a->requiretls, ss, &a->why) != OK)) {
        smtp_drop_kept();
        return;
    }
    smtp_agent->kept = NULL;
    end = use(ss, a, ss->only);
    snprintf(a->relay, sizeof a->relay, "%s", ss->relay);
    if (end != TX_STALE)
        snprintf(a->skip, sizeof a->skip, "%s", ss->relay);
    keep_or_close(ss, a->d, end);
}

static void try_all(struct attempt *a)
{
    struct buf list;
    struct str rest;
    struct smtp_dest dest;
    bool first = true;

    buf_init(&list, 64 * 1024);
    buf_printf(&list, "%s %s", a->d->nexthop, smtp_str(P_smtp_fallback_relay));
    rest = buf_view(&list);
    while (pending(a->d)) {
        enum result r = smtp_dest_next(&rest, &dest, &a->why);

        if (r == NONE)
            break;
        if (r == OK)
            try_dest(a, &dest, first, str_trim(rest).n == 0);
        else
            note_failure(a, "none");
        first = false;
    }
    buf_done(&list);
}

/* Nobody took these. */
static void finish(struct attempt *a)
{
    bool failed = false;

    if (!a->why.dsn[0])
        (void)why_set(&a->why, "4.4.4", "no server to deliver to");
    if (unfit(a) && !a->other_failure)
        why_class(&a->why, '5');
    for (size_t i = 0; i < a->d->n; i++) {
        struct delivery_rcpt *r = &a->d->rcpts[i];
        const struct why *why = r->why.dsn[0] ? &r->why : &a->why;

        if (r->outcome != DELIVER_PENDING)
            continue;
        deliver_failed(a->d, r, a->relay[0] ? a->relay : "none", why->dsn[0] == '5' ? PERM : TEMP, why);
        failed = failed || why == &a->why;
    }
    if (failed && a->dest && a->why.dsn[0] == '4') {
        a->d->dest_failed = true;
        a->d->dest_why = a->why;
    }
}

/* flags=D: our own address in Delivered-To: means that the message has been here. */
static void check_loops(struct delivery *d)
{
    if (!(smtp_agent->argv_flags & SMTP_ADD_DELIVERED_TO))
        return;
    for (size_t i = 0; i < d->n; i++) {
        enum result r = copy_delivered_to(d, d->rcpts[i].r.addr);
        struct why why;

        if (r == OK)
            r = why_set(&why, "5.4.6", "mail forwarding loop for %s", d->rcpts[i].r.addr);
        else if (r == TEMP)
            (void)why_set(&why, "4.3.0", "cannot read message headers");
        if (r != NONE)
            deliver_failed(d, &d->rcpts[i], "none", r, &why);
    }
}

void smtp_deliver(struct delivery *d)
{
    struct attempt a = { .d = d };

    check_loops(d);
    if (ENABLE_REQUIRETLS && pending(d) && smtp_requiretls_find(d, &a.requiretls, &a.why) != OK) {
        finish(&a);
        return;
    }
    if (pending(d))
        try_kept(&a);
    if (pending(d))
        try_all(&a);
    if (!d->connected)
        d->connected = clock_ms();
    if (pending(d))
        finish(&a);
}
