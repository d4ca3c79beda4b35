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

enum { REPLY_LINE = 2048 };

static void put_line(struct smtpd *s, const char *fmt, va_list ap, char *line)
{
    int n = vsnprintf(line, REPLY_LINE - 2, fmt, ap);
    size_t len = n < 0 ? 0 : (size_t)n < REPLY_LINE - 2 ? (size_t)n : REPLY_LINE - 3;

    if (par_soft_bounce() && line[0] == '5') {
        line[0] = '4';
        if (len > 5 && line[4] == '5' && line[5] == '.')
            line[4] = '4';
    }
    for (size_t i = 0; i < len; i++)
        if (line[i] == '\r' || line[i] == '\n')
            line[i] = ' ';
    log_debug("> %s: %.*s", s->peer.label, (int)len, line);
    memcpy(line + len, "\r\n", 2);
    stream_put(&s->io, line, len + 2);
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
    put_line(s, fmt, ap, line);
    va_end(ap);
}

void smtpd_reply(struct smtpd *s, const char *fmt, ...)
{
    char line[REPLY_LINE];
    va_list ap;

    slow_down(s);
    va_start(ap, fmt);
    put_line(s, fmt, ap, line);
    va_end(ap);
    if (memcmp(line, "421", 3) == 0 || memcmp(line, "521", 3) == 0)
        s->hangup = true;
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
