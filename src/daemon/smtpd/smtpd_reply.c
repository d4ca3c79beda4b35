/* smtpd_reply.c - what the client is told
 *
 * Replies are kept in the stream's buffer and leave when the session waits for
 * input, so a pipelined group is answered with one write.
 * Runs in: smtpd.  RFC 5321 section 4.2, RFC 2920.
 * Parameters: smtpd_soft_error_limit, smtpd_error_sleep_time.  Tests: tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "param/param.h"

enum { REPLY_LINE = 2048, FOOTER_MAX = 16 * 1024 };

static void make_line(const char *fmt, va_list ap, char line[REPLY_LINE])
{
    if (vsnprintf(line, REPLY_LINE - 2, fmt, ap) < 0)
        line[0] = 0;
    if (par_soft_bounce() && line[0] == '5') {
        line[0] = '4';
        if (line[4] == '5' && line[5] == '.')
            line[4] = '4';
    }
    for (char *p = line; *p; p++)
        if (*p == '\r' || *p == '\n')
            *p = ' ';
}

static void put_line(struct smtpd *s, struct str line)
{
    log_debug("> %s: %.*s", s->peer.label, (int)line.n, line.p);
    if (ENABLE_TRANSCRIPTS)
        smtpd_history_out(s, line);
    stream_put(&s->io, line.p, line.n);
    stream_put(&s->io, "\r\n", 2);
}

/* A refusal and its footer, all lines but the last with "-" after the code. */
static void put_refusal(struct smtpd *s, const char *line)
{
    struct buf all;
    struct str rest, one;

    buf_init(&all, FOOTER_MAX);
    smtpd_footer(s, line, &all);
    rest = buf_view(&all);
    while (str_word(&rest, "\n", &one) == OK) {
        if (rest.n && one.n > 3)
            all.p[one.p - all.p + 3] = '-';
        put_line(s, one);
    }
    buf_done(&all);
}

/* A client that makes many errors waits for every reply. */
static void slow_down(struct smtpd *s)
{
    struct timespec t = { .tv_sec = (time_t)par_smtpd_error_sleep_time() };

    if (s->errors >= par_smtpd_soft_error_limit() && t.tv_sec > 0)
        (void)nanosleep(&t, NULL);
}

void smtpd_reply_more(struct smtpd *s, const char *fmt, ...)
{
    char line[REPLY_LINE];
    va_list ap;

    va_start(ap, fmt);
    make_line(fmt, ap, line);
    va_end(ap);
    put_line(s, str_of(line));
}

static bool ends_session(const char *line)
{
    return memcmp(line, "421", 3) == 0 || memcmp(line, "521", 3) == 0;
}

void smtpd_reply(struct smtpd *s, const char *fmt, ...)
{
    char line[REPLY_LINE];
    va_list ap;

    slow_down(s);
    va_start(ap, fmt);
    make_line(fmt, ap, line);
    va_end(ap);
    if (line[0] == '4' || line[0] == '5') {
        s->hangup |= ends_session(line);
        smtpd_reject_filter(line, sizeof line);
        s->hangup |= ends_session(line);
        put_refusal(s, line);
    } else {
        put_line(s, str_of(line));
    }
}

/* Failures of cleanup that are told with "Error:", and their reply codes; other texts are the operator's. */
static const struct { char dsn[8]; int code; } failures[] = {
    { "5.3.4", 552 }, { "5.4.0", 554 }, { "4.3.0", 451 }, { "4.3.1", 452 }, { "4.6.0", 451 }, { "5.1.0", 550 },
    { "4.3.5", 451 },
};

static bool is_failure(const char *dsn, int *code)
{
    *code = dsn[0] == '4' ? 451 : 550;
    for (size_t i = 0; i < ARRAY_LEN(failures); i++)
        if (strcmp(failures[i].dsn, dsn) == 0) {
            *code = failures[i].code;
            return true;
        }
    return false;
}

void smtpd_reply_why(struct smtpd *s, const struct why *why)
{
    const char *dsn = why->dsn[0] ? why->dsn : "4.3.0";
    int code;
    bool failure = is_failure(dsn, &code);

    if (par_soft_bounce() && code >= 500)
        code -= 100;
    smtpd_reply(s, "%d %d%s %s%s", code, code / 100, dsn + 1, failure ? "Error: " : "", why->text);
}

const char *smtpd_qid(const struct smtpd *s)
{
    return s->tx && s->tx->id[0] ? s->tx->id : "NOQUEUE";
}
