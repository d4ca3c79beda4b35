/* smtpd_session.c - one client from greeting to disconnect: reading, dispatch, counting
 *
 * Trust: everything the client sends is hostile. Each command is one line of
 * bounded length; replies wait until the session has to wait for input.
 * Runs in: smtpd, in the jail.  RFC 5321 section 4.1, RFC 2920, RFC 3207.
 * Parameters: smtpd_core.def.  Tests: tests/smtp/, tests/smtp/unknown-commands.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "map/map.h"
#include "map/match.h"
#include "param/param.h"

enum { IN_BUFFER = 64 * 1024, OUT_BUFFER = 4096, HELO_MAX = 1024, REPLY_MAX = 2048, SCRATCH_MAX = 64 * 1024,
       LINE_MAX_SKIP = 1 << 20, DISCARD_RATE = 500 /* bytes a second */, LONG_SHOWN = 30 };

/* A read that would wait must not keep replies back: the peer may be waiting for them. */
static bool line_buffered(const struct stream *io)
{
    return io->in_n > io->in_at && memchr(io->in + io->in_at, '\n', io->in_n - io->in_at);
}

static void lost(struct smtpd *s)
{
    if (!s->reason)
        s->reason = s->io.err == STREAM_TIMEOUT ? "timeout" : "lost connection";
    s->hangup = true;
}

static void set_time_limits(struct smtpd *s)
{
    s->io.timeout_ms = (int)(par_smtpd_timeout() * 1000);
    s->io.deadline = 0;
    s->io.min_rate = 0;
    if (par_smtpd_per_request_deadline()) {
        s->io.deadline = clock_ms() + s->io.timeout_ms;
        s->io.min_rate = (int)par_smtpd_min_data_rate();
    }
}

void smtpd_request_begins(struct smtpd *s)
{
    set_time_limits(s);
    s->discard = 0;
}

void smtpd_discard_begins(struct smtpd *s, int64_t most)
{
    s->discard = most;
    if (!s->io.deadline) {
        s->io.deadline = clock_ms() + s->io.timeout_ms;
        s->io.min_rate = par_smtpd_min_data_rate() ? (int)par_smtpd_min_data_rate() : DISCARD_RATE;
    }
}

/* A word of master in the middle of a session. With stress, sessions that began without it would otherwise keep their
 * processes for as long as their clients like. */
static void on_master(void *arg)
{
    struct smtpd *s = arg;

    s->io.on_wake = NULL;
    if (!service_hurry())
        return;
    param_override("stress=yes");
    set_time_limits(s);
    if (s->discard > 0)
        smtpd_discard_begins(s, s->discard);
}

bool smtpd_discard_more(struct smtpd *s, size_t n)
{
    s->discard -= (int64_t)n;
    if (s->discard > 0)
        return true;
    s->reason = "too much data";
    s->hangup = true;
    return false;
}

/* A line longer than the read buffer: the rest of it is thrown away. */
static enum result skip_rest(struct smtpd *s)
{
    struct str more;
    bool crlf;
    enum result r;

    smtpd_discard_begins(s, LINE_MAX_SKIP);
    while ((r = stream_line(&s->io, &more, &crlf)) == NONE)
        if (!smtpd_discard_more(s, more.n)) {
            smtpd_reply(s, "421 4.7.0 %s Error: line too long", par_myhostname());
            return TEMP;
        }
    return r;
}

static enum result check_line_end(struct smtpd *s, struct str line)
{
    if (s->lf_note && !s->noted_bare_lf)
        s->noted_bare_lf = true;
    if (!s->lf_reject)
        return OK;
    s->noted_bare_lf = true;
    smtpd_check_log(s, "reject", "bare <LF> received");
    smtpd_reply(s, "%d 5.5.2 %s Error: bare <LF> received", (int)par_smtpd_forbid_bare_newline_reject_code(),
                par_myhostname());
    s->errors++;
    return NONE;
}

enum result smtpd_get_line(struct smtpd *s, size_t limit, struct str *line)
{
    bool crlf = true;
    enum result r;

    if (!line_buffered(&s->io) && stream_flush(&s->io) != OK) {
        lost(s);
        return TEMP;
    }
    r = stream_line(&s->io, line, &crlf);
    if (r == NONE) {
        /* The view dies with the next read; keep what is looked at. */
        buf_reset(&s->scratch);
        buf_add(&s->scratch, line->p, line->n < limit ? line->n : limit);
        r = skip_rest(s);
        *line = buf_view(&s->scratch);
    }
    if (r != OK) {
        lost(s);
        return TEMP;
    }
    if (line->n > limit) {
        log_warn("%s: request longer than %zu: %.*s...", s->peer.label, limit, LONG_SHOWN, line->p);
        line->n = limit;
    }
    return crlf ? OK : check_line_end(s, *line);
}

/* What lies behind this command already, the beginning of it. Nothing is read: the command's words are views into the
 * read buffer. */
static size_t input_waiting(struct smtpd *s, char *text, size_t cap)
{
    size_t n = s->io.in_n - s->io.in_at;
    ssize_t got;

    if (n) {
        n = n < cap ? n : cap;
        memcpy(text, s->io.in + s->io.in_at, n);
        return n;
    }
    if (s->io.tls)
        return 0; /* may be a record without data */
    got = recv(s->io.fd, text, cap, MSG_PEEK | MSG_DONTWAIT);
    return got > 0 ? (size_t)got : 0;
}

static void log_pipelining(struct smtpd *s, const char *text, size_t n)
{
    buf_reset(&s->scratch);
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\r' || text[i] == '\n')
            buf_puts(&s->scratch, text[i] == '\r' ? "\\r" : "\\n");
        else if ((unsigned char)text[i] < ' ' || text[i] >= 127 || text[i] == '\\')
            buf_printf(&s->scratch, "\\%03o", (unsigned)(unsigned char)text[i]);
        else
            buf_putc(&s->scratch, text[i]);
    log_info("improper command pipelining after %s from %s: %s", s->where, s->peer.label, s->scratch.p);
}

/* RFC 2920 section 3.1: some commands must be the last of a group, and nothing may be pipelined before EHLO. */
static bool illegal_pipelining(struct smtpd *s, unsigned flags)
{
    char text[101];
    size_t n;

    if (s->stand_alone || s->pipelined || (strcmp(s->proto, "ESMTP") == 0 && !(flags & VERB_LAST)))
        return false;
    n = input_waiting(s, text, sizeof text - 1);
    if (!n)
        return false;
    log_pipelining(s, text, n);
    s->pipelined = true;
    if (!par_smtpd_forbid_unauth_pipelining())
        return false;
    smtpd_reply(s, "554 5.5.0 Error: SMTP protocol synchronization");
    s->hangup = true;
    return true;
}

static bool is_forbidden(struct str verb)
{
    char word[128];

    if (smtpd_parse_is_header(verb))
        return true;
    if (!smtpd_lists.forbidden || verb.n >= sizeof word)
        return false;
    memcpy(word, verb.p, verb.n);
    word[verb.n] = 0;
    return match_string(smtpd_lists.forbidden, word) == OK;
}

static bool is_noop(struct str verb)
{
    struct str rest = str_of(par_smtpd_noop_commands()), word;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        if (str_same_case(word, verb))
            return true;
    return false;
}

/* The client was refused when it connected. */
static bool is_denied(struct smtpd *s)
{
    if (!s->denied.n)
        return false;
    smtpd_reply(s, "503 5.7.0 Error: access denied for %s", s->peer.label);
    s->errors++;
    return true;
}

static void unknown_command(struct smtpd *s, struct str line, struct str verb)
{
    const char *refused;

    s->total[SMTPD_UNKNOWN]++;
    s->where = "UNKNOWN";
    if (is_forbidden(verb)) {
        log_warn("non-SMTP command from %s: %.100s", s->peer.label,
                 mem_dup_n(line.p, line.n < 100 ? line.n : 100)); /* the session ends here */
        smtpd_reply(s, "221 2.7.0 Error: I can break rules, too. Goodbye.");
        s->hangup = true;
        return;
    }
    if (is_denied(s))
        return;
    if (ENABLE_MILTER && !s->stand_alone && (refused = smtpd_milter_unknown(s, verb)))
        (void)smtpd_milter_refuse(s, refused);
    else
        smtpd_reply(s, "500 5.5.2 Error: command not recognized");
    s->errors++;
}

static void run_verb(struct smtpd *s, enum smtpd_verb_id id, struct str rest)
{
    const struct smtpd_verb *v = &smtpd_verbs[id];

    s->where = v->name;
    s->total[id]++;
    if (illegal_pipelining(s, v->flags))
        return;
    if (!(v->flags & VERB_QUIT) && is_denied(s))
        return;
    if (smtpd_tls_required() && !s->stand_alone && !smtpd_tls_active(s) && !(v->flags & VERB_PRE_TLS)) {
        smtpd_reply(s, "530 5.7.0 Must issue a STARTTLS command first");
        s->errors++;
        return;
    }
    if (v->run(s, rest) == 0)
        s->ok[id]++;
    else
        s->errors++;
    if ((v->flags & VERB_JUNK) && s->junk++ > par_smtpd_junk_command_limit())
        s->errors++;
    if (v->flags & VERB_QUIT)
        s->hangup = true;
}

/* smtpd_command_filter: the replacement, or the line as it is. */
static struct str filter_command(struct smtpd *s, struct str line)
{
    if (!smtpd_lists.command_filter || maps_get(smtpd_lists.command_filter, line, &s->answer, NULL) != OK)
        return line;
    log_info("%s: replacing command \"%.*s\" with \"%.100s\"", s->peer.label,
             (int)(line.n < 100 ? line.n : 100), line.p, s->answer.p);
    return buf_view(&s->answer);
}

static bool is_utf8_or_off(struct str line)
{
    return !par_smtputf8_enable() || str_is_utf8(line);
}

static void run_line(struct smtpd *s, struct str line)
{
    struct str verb, rest;
    enum smtpd_verb_id id;

    log_debug("< %s: %.*s", s->peer.label, (int)line.n, line.p);
    if (!is_utf8_or_off(line)) {
        smtpd_reply(s, "500 5.5.2 Error: bad UTF-8 syntax");
        s->where = "UNKNOWN";
        s->errors++;
        return;
    }
    line = filter_command(s, line);
    line.n = str_find(line, 0); /* nothing after a NUL counts */
    if (ENABLE_TRANSCRIPTS)
        smtpd_history_in(s, line);
    if (ENABLE_SMTPD_PROXY && s->sink == &smtpd_sink_proxy) {
        buf_reset(&s->line);
        buf_str(&s->line, line);
    }
    if (smtpd_parse_command(line, &verb, &rest) != OK) {
        smtpd_reply(s, "500 5.5.2 Error: bad syntax");
        s->where = "UNKNOWN";
        s->errors++;
        return;
    }
    if (is_noop(verb)) {
        smtpd_reply(s, "250 2.0.0 Ok");
        if (s->junk++ > par_smtpd_junk_command_limit())
            s->errors++;
        return;
    }
    id = smtpd_parse_verb(verb);
    if (id == SMTPD_UNKNOWN)
        unknown_command(s, line, verb);
    else
        run_verb(s, id, rest);
}

static bool too_many_errors(struct smtpd *s)
{
    if (s->errors < par_smtpd_hard_error_limit())
        return false;
    smtpd_reply(s, "421 4.7.0 %s Error: too many errors", par_myhostname());
    s->reason = "too many errors";
    return true;
}

static void command_loop(struct smtpd *s)
{
    struct str line;

    while (!s->hangup && !too_many_errors(s)) {
        smtpd_request_begins(s);
        switch (smtpd_get_line(s, (size_t)par_line_length_limit(), &line)) {
        case OK:
            run_line(s, line);
            break;
        case NONE: /* refused for its line end */
            break;
        default:
            return;
        }
    }
}

static const char *banner_lookup(const char *name, void *arg)
{
    return param_lookup(name);
}

void smtpd_greet(struct smtpd *s)
{
    const char *bad = NULL;

    if (ENABLE_MILTER && s->milter_refused) {
        smtpd_reply(s, "554 %s ESMTP not accepting connections", par_myhostname());
        return;
    }
    buf_reset(&s->scratch);
    if (param_expand_with(par_smtpd_banner(), banner_lookup, NULL, NULL, &s->scratch, &bad) != OK) {
        log_warn("smtpd_banner: bad syntax near \"%s\"", bad ? bad : "");
        buf_reset(&s->scratch);
        buf_printf(&s->scratch, "%s ESMTP", par_myhostname());
    }
    smtpd_reply(s, "220 %s", s->scratch.p);
}

/* Talking before the greeting is a sign of a program that does not listen. */
static bool early_talker(struct smtpd *s)
{
    char text[101];
    size_t n = s->stand_alone || smtpd_tls_active(s) ? 0 : input_waiting(s, text, sizeof text - 1);

    if (!n)
        return false;
    s->where = "CONNECT";
    log_pipelining(s, text, n);
    s->pipelined = true;
    if (!par_smtpd_forbid_unauth_pipelining())
        return false;
    smtpd_reply(s, "554 5.5.0 Error: SMTP protocol synchronization");
    s->hangup = true;
    return true;
}

static void bare_newline_policy(struct smtpd *s)
{
    struct str v = str_of(par_smtpd_forbid_bare_newline());

    s->lf_std_eod = s->lf_reject = s->lf_note = false;
    if (str_eq_case(v, "no") || match_host(smtpd_lists.bare_lf_exclusions, s->peer.name, s->peer.addr) == OK)
        return;
    s->lf_std_eod = true;
    s->lf_reject = str_eq_case(v, "reject");
    s->lf_note = str_eq_case(v, "note");
}

static bool host_listed(struct match *list, const struct smtpd *s)
{
    return list && match_host(list, s->peer.name, s->peer.addr) == OK;
}

void smtpd_session_classify(struct smtpd *s)
{
    bare_newline_policy(s);
    s->may_xclient = host_listed(smtpd_lists.xclient, s);
    s->may_xforward = host_listed(smtpd_lists.xforward, s);
}

static bool admit(struct smtpd *s)
{
    const char *refused;

    if (s->stand_alone)
        return true;
    if (ENABLE_TLS && par_smtpd_tls_wrappermode() && smtpd_tls_accept(s) != OK) {
        s->hangup = true;
        return false;
    }
    if (smtpd_limits_connect(s) != OK) {
        smtpd_reply(s, "421 4.7.0 %s Error: too many connections from %s", par_myhostname(), s->peer.addr);
        return false;
    }
    if (early_talker(s))
        return false;
    if (par_smtpd_delay_reject() || !(refused = smtpd_check_client(s)))
        return !ENABLE_MILTER || smtpd_milter_connect(s);
    if (!*refused) {
        s->hangup = true;
        return false;
    }
    buf_puts(&s->denied, refused);
    smtpd_reply(s, "%s", refused);
    s->errors++;
    return !s->hangup;
}

static void log_disconnect(struct smtpd *s)
{
    static const char *const names[] = {
#define VERB(id, name, run, flags) name,
#include "daemon/smtpd/smtpd_verbs.def"
#undef VERB
        "UNKNOWN",
    };
    unsigned ok = 0, total = 0;
    char word[24];

    buf_reset(&s->scratch);
    for (size_t i = 0; i < SMTPD_VERBS; i++) {
        ok += s->ok[i];
        total += s->total[i];
        if (!s->total[i])
            continue;
        snprintf(word, sizeof word, "%s", names[i]);
        str_lower(word);
        buf_printf(&s->scratch, " %s=%u", word, s->ok[i]);
        if (s->ok[i] != s->total[i])
            buf_printf(&s->scratch, "/%u", s->total[i]);
    }
    buf_printf(&s->scratch, ok != total || !total ? " commands=%u/%u" : " commands=%u", ok, total);
    if (s->noted_bare_lf)
        buf_puts(&s->scratch, " notes=bare_lf");
    log_info("disconnect from %s%s", s->peer.label, s->scratch.p);
}

/* Without the queue id that Postfix 3.10 puts in front: fail2ban's filters know the older form only. */
static void log_reason(struct smtpd *s)
{
    if (!s->reason || !s->where)
        return;
    if (s->tx && s->tx->content_begun && (strcmp(s->where, "DATA") == 0 || strcmp(s->where, "BDAT") == 0))
        log_info("%s after %s (%lld bytes) from %s", s->reason, s->where, (long long)s->tx->received, s->peer.label);
    else
        log_info("%s after %s from %s", s->reason, s->where, s->peer.label);
}

static void say_timeout(struct smtpd *s)
{
    struct stream *io = &s->io;

    if (!s->reason || strcmp(s->reason, "timeout") != 0 || io->tls)
        return;
    io->err = STREAM_FINE; /* one attempt to tell; the peer may be slow rather than gone */
    io->timeout_ms = 10000;
    io->deadline = 0;
    io->out_n = 0;
    smtpd_reply(s, "421 4.4.2 %s Error: timeout exceeded", par_myhostname());
}

void smtpd_forget(struct smtpd *s)
{
    smtpd_tx_end(s);
    buf_reset(&s->helo);
    s->proto = "SMTP";
    s->hidden_known = false;
    s->defer_helo = false;
    smtpd_auth_forget(s);
}

static void session_init(struct smtpd *s)
{
    buf_init(&s->helo, HELO_MAX);
    buf_init(&s->denied, REPLY_MAX);
    buf_init(&s->reject, REPLY_MAX);
    buf_init(&s->line, 4096);
    buf_init(&s->relayed, 16 * 1024);
    buf_init(&s->scratch, SCRATCH_MAX);
    buf_init(&s->answer, SCRATCH_MAX);
    buf_init(&s->history, HISTORY_MAX);
    buf_init(&s->auth.user, ADDR_TEXT);
    buf_init(&s->rcpt.addr, ADDR_TEXT);
    buf_init(&s->rcpt.ext, 2 * ADDR_TEXT);
    buf_init(&s->rcpt.orcpt, ADDR_TEXT);
    resolved_init(&s->rcpt.route);
    s->proto = "SMTP";
    s->where = "CONNECT";
}

static void session_done(struct smtpd *s)
{
    struct buf *all[] = { &s->helo, &s->denied, &s->reject, &s->scratch, &s->answer, &s->auth.user, &s->rcpt.addr,
                          &s->rcpt.ext, &s->rcpt.orcpt, &s->line, &s->relayed,
                          &s->history };

    smtpd_tx_end(s);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        buf_done(all[i]);
    resolved_done(&s->rcpt.route);
    free(s);
}

static void session_run(struct smtpd *s)
{
    smtpd_session_classify(s);
    if (admit(s)) {
        if (!s->denied.n)
            smtpd_greet(s);
        command_loop(s);
    }
    say_timeout(s);
    log_reason(s);
}

/* NULL: as configured, mail has to go where this build cannot send it. */
static const struct smtpd_sink *sink_for(bool stand_alone)
{
    if (stand_alone)
        return &smtpd_sink_submit;
    if (!*par_smtpd_proxy_filter())
        return &smtpd_sink_queue;
    if (ENABLE_SMTPD_PROXY)
        return &smtpd_sink_proxy;
    log_warn("smtpd_proxy_filter is not in this build (SMTPD_PROXY)");
    return NULL;
}

void smtpd_session(struct service *service, int fd, const struct sock_addr *peer, bool stand_alone)
{
    struct smtpd *s = mem_new(sizeof *s);
    bool known;

    s->service = service;
    s->stand_alone = stand_alone;
    s->sink = sink_for(stand_alone);
    session_init(s);
    stream_init(&s->io, fd, IN_BUFFER, OUT_BUFFER, (int)(par_smtpd_timeout() * 1000));
    if (stand_alone) {
        s->io.fd_out = STDOUT_FILENO;
    } else {
        s->io.wake_fd = SERVICE_STATUS_FD;
        s->io.on_wake = on_master;
        s->io.wake_arg = s;
    }
    known = smtpd_peer_init(&s->peer, fd, peer);
    if (!stand_alone)
        log_info("connect from %s", s->peer.label);
    if (known && s->sink)
        session_run(s);
    else
        smtpd_reply(s, "421 4.3.0 %s Server local error", par_myhostname());
    (void)!stream_flush(&s->io);
    smtpd_limits_disconnect(s);
    smtpd_auth_forget(s);
    smtpd_tx_end(s);
    if (ENABLE_MILTER)
        smtpd_milter_end(s);
    if (ENABLE_TRANSCRIPTS)
        smtpd_history_end(s);
    if (!stand_alone)
        log_disconnect(s);
    stream_done(&s->io);
    session_done(s);
}
