/* smtpd_history.c - transcripts of sessions with errors, for the postmaster
 *
 * What notify_classes names is noted as it is said; at HELO, EHLO or RSET, when
 * there is much of it, and at the end of the session the postmaster gets all of it,
 * if there was an error of these classes and no message came after it. Secrets of AUTH are left out.
 * Trust: the client's words are text of a message; they are cut, and made printable.
 * Runs in: smtpd.  Parameters: notify_classes, error_notice_recipient, bounce_notice_recipient,
 * smtpd_history_flush_threshold.  Feature: TRANSCRIPTS.  Tests: tests/smtp/notify-classes*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/smtpd/smtpd_int.h"
#include "param/param.h"

enum { COLUMNS = 78, LINE_MAX = 900 };

enum error_class { ERROR_BOUNCE = 1, ERROR_POLICY = 2, ERROR_PROTOCOL = 4, ERROR_RESOURCE = 8, ERROR_SOFTWARE = 16 };

static unsigned wanted(void)
{
    static const char *const names[] = { "bounce", "policy", "protocol", "resource", "software" };
    struct str rest = str_of(par_notify_classes()), word;
    unsigned mask = 0;

    while (str_word(&rest, STR_LIST_SEPS, &word) == OK)
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
            if (str_eq_case(word, names[i]))
                mask |= 1u << i;
    return mask;
}

static bool is_on(const struct smtpd *s)
{
    static int on = -1;

    if (on < 0)
        on = wanted() != 0;
    return on && !s->stand_alone;
}

/* Which class of errors a reply is of, by its codes; the first that fits. '*' stands for anything. */
static const struct { char reply[12]; unsigned class; } classes[] = {
    { "421 4.3.*", ERROR_POLICY },     { "****?.3.? <", ERROR_POLICY },   { "421 4.4.2", 0 },
    { "454 4.7.0", 0 },                { "535******", 0 },
    { "459******", 0 },                { "554 5.5.1", 0 },                { "501******", ERROR_PROTOCOL },
    { "****?.5.*", ERROR_PROTOCOL },   { "****?.1.1", ERROR_BOUNCE },     { "****?.3.1", ERROR_RESOURCE },
    { "****?.3.4", ERROR_POLICY },     { "****?.3.*", ERROR_SOFTWARE },   { "****?.?.?", ERROR_POLICY },
};

static bool fits(const char *reply, const char *pattern)
{
    for (; *pattern; pattern++, reply++)
        if (!*reply || (*pattern == '?' ? !chr_is_digit(*reply) : *pattern != '*' && *pattern != *reply))
            return false;
    return true;
}

static unsigned class_of(const char *reply)
{
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        if (fits(reply, classes[i].reply))
            return classes[i].class;
    return 0;
}

/* One line, in several where it is long. */
static void note(struct smtpd *s, const char *who, struct str text)
{
    struct buf *h = &s->history;
    size_t line;

    if (text.n > LINE_MAX)
        text.n = LINE_MAX;
    buf_puts(h, who);
    line = h->n - strlen(who) + 1; /* the blank in front does not count */
    for (size_t i = 0; i < text.n; i++) {
        struct str word = { text.p + i, 0 };

        while (i < text.n && text.p[i] != ' ')
            i++;
        word.n = (size_t)(text.p + i - word.p);
        if (i > word.n && h->n - line + 1 + word.n > COLUMNS) {
            buf_puts(h, "\r\n     ");
            line = h->n - 4;
        } else {
            buf_putc(h, ' ');
        }
        for (size_t k = 0; k < word.n; k++)
            buf_putc(h, (unsigned char)word.p[k] < ' ' || word.p[k] == 0x7F ? '?' : word.p[k]);
    }
    buf_puts(h, "\r\n");
    s->history_lines++;
}

static void forget(struct smtpd *s)
{
    buf_reset(&s->history);
    s->history_lines = 0;
    s->error_classes = 0;
}

static void post(struct smtpd *s)
{
    const char *to = s->error_classes & ERROR_BOUNCE ? par_bounce_notice_recipient() : par_error_notice_recipient();
    char *sender = mem_printf("%s@%s", par_double_bounce_sender(), par_myhostname());
    char id[QUEUE_ID_MAX];
    struct why why = { .dsn = "" };
    struct buf text;

    buf_init(&text, s->history.n + 4096);
    buf_printf(&text, "Date: %s\r\nFrom: Mail Delivery System <MAILER-DAEMON>\r\nTo: Postmaster <%s>\r\n"
               "Subject: %s SMTP server: errors from %s\r\n\r\nTranscript of session follows.\r\n\r\n",
               clock_rfc5322((int64_t)clock_wall().tv_sec), par_error_notice_recipient(), par_mail_name(),
               s->peer.label);
    buf_str(&text, buf_view(&s->history));
    buf_puts(&text, "\r\n");
    if (s->reason)
        buf_printf(&text, "Session aborted, reason: %s\r\n", s->reason);
    buf_puts(&text, "\r\nFor other details, see the local mail logfile\r\n");
    if (cleanup_post(sender, to, QF_NOTICE | QF_BODY_8BIT, buf_view(&text), id, &why) != OK)
        log_warn("postmaster notice failed: %s", why.text);
    buf_done(&text);
    free(sender);
}

/* Tells what there is to tell, and begins anew. */
static void flush(struct smtpd *s)
{
    if (s->error_classes & wanted())
        post(s);
    forget(s);
}

void smtpd_history_in(struct smtpd *s, struct str line)
{
    struct str rest = line, verb, word;

    if (!is_on(s) || str_word(&rest, " \t", &verb) != OK)
        return;
    if (str_eq_case(verb, "AUTH") && str_word(&rest, " \t", &word) == OK)
        line.n = (size_t)(word.p + word.n - line.p);
    note(s, " In: ", line);
    if ((str_eq_case(verb, "EHLO") || str_eq_case(verb, "HELO") || str_eq_case(verb, "RSET")) &&
        s->history_lines > par_smtpd_history_flush_threshold())
        flush(s);
}

void smtpd_history_out(struct smtpd *s, struct str line)
{
    char codes[16];

    if (!is_on(s))
        return;
    note(s, " Out:", line);
    snprintf(codes, sizeof codes, "%.*s", (int)line.n, line.p);
    if (codes[0] == '4' || codes[0] == '5')
        s->error_classes |= class_of(codes);
}

void smtpd_history_accepted(struct smtpd *s)
{
    s->error_classes = 0;
    if (s->history_lines > par_smtpd_history_flush_threshold())
        forget(s);
}

void smtpd_history_end(struct smtpd *s)
{
    flush(s);
}
