/* smtp_hello.c - the beginning of a session: greeting, EHLO, what the server can do
 *
 * RFC 5321 sections 3.1, 3.2, 4.2; RFC 1869 (EHLO), 2033 (LHLO).
 * Input: hostile.  Runs in: smtp, lmtp.
 * Parameters: smtp_helo_name, smtp_helo_timeout, smtp_always_send_ehlo, smtp_never_send_ehlo, smtp_skip_5xx_greeting,
 * smtp_discard_ehlo_keywords, smtp_discard_ehlo_keyword_address_maps, smtp_pix_workarounds,
 * smtp_pix_workaround_maps, smtp_pix_workaround_threshold_time.
 * Tests: tests/client/helo-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "daemon/smtp/smtp_int.h"

/* EHLO keywords and what they mean; also the names for smtp_discard_ehlo_keywords, in the order of its log line. */
static const struct {
    const char *word;
    unsigned feature;
} keywords[] = {
    { "8BITMIME", SMTP_8BITMIME },
    { "AUTH", SMTP_AUTH },
    { "ETRN", 0 },
    { "PIPELINING", SMTP_PIPELINING },
    { "SIZE", SMTP_SIZE },
    { "VERP", 0 },
    { "VRFY", 0 },
    { "XCLIENT", 0 },
    { "XFORWARD", SMTP_XFORWARD },
    { "STARTTLS", SMTP_STARTTLS },
    { "ENHANCEDSTATUSCODES", SMTP_ENHANCED },
    { "DSN", SMTP_DSN },
    { "SMTPUTF8", SMTP_UTF8 },
    { "CHUNKING", SMTP_CHUNKING },
    { "REQUIRETLS", SMTP_REQUIRETLS },
    { "silent-discard", 0 },
};

static const struct {
    const char *word;
    unsigned feature;
} xforward[] = {
    { "NAME", SMTP_XF_NAME }, { "ADDR", SMTP_XF_ADDR }, { "PORT", SMTP_XF_PORT }, { "PROTO", SMTP_XF_PROTO },
    { "HELO", SMTP_XF_HELO }, { "IDENT", SMTP_XF_IDENT }, { "SOURCE", SMTP_XF_SOURCE },
};

static bool listed(const char *list, const char *word)
{
    struct str rest = str_of(list), w;

    while (str_word(&rest, STR_LIST_SEPS, &w) == OK)
        if (str_eq_case(w, word))
            return true;
    return false;
}

static void set_size(struct smtp_session *ss, struct str rest)
{
    struct str word;

    ss->size_limit = 0;
    if (str_word(&rest, " \t", &word) == OK && num_parse(word, 0, INT64_MAX, &ss->size_limit) != OK) {
        log_warn("bad EHLO SIZE limit \"%.*s\" from %s", (int)(word.n < 100 ? word.n : 100), word.p, ss->namaddr);
        ss->size_limit = 0;
    }
}

static void set_xforward(struct smtp_session *ss, struct str rest)
{
    struct str word;

    while (str_word(&rest, " \t", &word) == OK)
        for (size_t i = 0; i < ARRAY_LEN(xforward); i++)
            if (str_eq_case(word, xforward[i].word))
                ss->features |= xforward[i].feature;
}

void smtp_hello_line(struct smtp_session *ss, struct str text, const char *discard)
{
    struct str word;

    if (str_word(&text, " \t=", &word) != OK) /* "AUTH=LOGIN" is an old spelling */
        return;
    while (text.n && (text.p[0] == ' ' || text.p[0] == '='))
        text = (struct str){ text.p + 1, text.n - 1 };
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (!str_eq_case(word, keywords[i].word) || listed(discard, keywords[i].word))
            continue;
        ss->features |= keywords[i].feature;
        if (keywords[i].feature == SMTP_SIZE)
            set_size(ss, text);
        else if (keywords[i].feature == SMTP_XFORWARD)
            set_xforward(ss, text);
        else if (keywords[i].feature == SMTP_AUTH && strlen(ss->auth) + text.n + 2 < sizeof ss->auth) {
            size_t n = strlen(ss->auth);

            snprintf(ss->auth + n, sizeof ss->auth - n, "%s%.*s", n ? " " : "", (int)text.n, text.p);
        }
    }
}

/* --- greeting --- */

/* "220 ****": a firewall that hides the banner, and breaks more than that. */
static bool pix_banner(const char *text)
{
    return text[strspn(text, "20 *\t")] == 0;
}

static void pix_workarounds(struct smtp_session *ss, const struct delivery *d)
{
    const char *words = smtp_str(P_smtp_pix_workarounds);
    struct buf found;

    if (!pix_banner(ss->reply.text.p) || d->queued_ms < smtp_num(P_smtp_pix_workaround_threshold_time) * 1000)
        return;
    buf_init(&found, 256);
    if (smtp_agent->pix_maps && maps_get(smtp_agent->pix_maps, str_of(ss->addr), &found, NULL) == OK)
        words = found.p;
    if (listed(words, "disable_esmtp"))
        ss->features |= SMTP_PIX_NO_ESMTP;
    if (listed(words, "delay_dotcrlf"))
        ss->features |= SMTP_PIX_DELAY_DOT;
    if (ss->features)
        log_info("%s: enabling PIX workarounds:%s%s for %s", d->queue_id,
                 ss->features & SMTP_PIX_NO_ESMTP ? " disable_esmtp" : "",
                 ss->features & SMTP_PIX_DELAY_DOT ? " delay_dotcrlf" : "", ss->relay);
    buf_done(&found);
}

/* Reads the words of the banner: our own name there is worth a warning. */
static void scan_banner(struct smtp_session *ss)
{
    struct str rest = buf_view(&ss->reply.text), word;

    for (int i = 0; str_word(&rest, " \t", &word) == OK; i++) {
        if (i == 1 && ss->loop_check && str_eq_case(word, par_myhostname()))
            log_warn("host %s greeted me with my own hostname %s", ss->namaddr, par_myhostname());
        else if (i > 1 && str_eq_case(word, "ESMTP"))
            ss->features |= SMTP_ESMTP;
    }
}

enum result smtp_hello_greeting(struct smtp_session *ss, const struct delivery *d, struct why *why)
{
    smtp_session_limit(ss, P_smtp_helo_timeout, "receiving the initial server greeting");
    if (smtp_session_reply(ss) != OK)
        return smtp_session_lost(ss, why);
    if (ss->reply.code / 100 != 2) {
        enum result r = smtp_reply_why(&ss->reply, why, "host %s refused to talk to me: %s", ss->namaddr,
                                       ss->reply.text.p);

        if (r == PERM && smtp_bool(P_smtp_skip_5xx_greeting)) {
            why_class(why, '4');
            r = TEMP;
        }
        return r;
    }
    pix_workarounds(ss, d);
    scan_banner(ss);
    return OK;
}

/* --- EHLO --- */

struct hello {
    const char *discard;
    bool myself;
};

static void hello_line(struct smtp_session *ss, int number, struct str text, void *arg)
{
    struct hello *h = arg;
    struct str word;

    if (number > 0)
        smtp_hello_line(ss, text, h->discard);
    else if (str_word(&text, " \t", &word) == OK && str_eq_case(word, par_myhostname()))
        h->myself = true;
}

static enum result refused(struct smtp_session *ss, struct why *why)
{
    return smtp_reply_why(&ss->reply, why, "host %s refused to talk to me: %s", ss->namaddr, ss->reply.text.p);
}

static enum result say(struct smtp_session *ss, const char *verb, const char *doing, struct hello *h)
{
    smtp_session_limit(ss, P_smtp_helo_timeout, doing);
    log_debug("> %s: %s %s", ss->namaddr, verb, smtp_str(P_smtp_helo_name));
    stream_printf(&ss->s, "%s %s\r\n", verb, smtp_str(P_smtp_helo_name));
    if (stream_flush(&ss->s) != OK) {
        ss->dead = true;
        return TEMP;
    }
    return smtp_session_reply_lines(ss, hello_line, h);
}

/* OK; NONE: this verb is not understood; TEMP or PERM + why. */
static enum result try_hello(struct smtp_session *ss, const char *verb, const char *doing, bool last, struct hello *h,
                             struct why *why)
{
    if (say(ss, verb, doing, h) != OK)
        return smtp_session_lost(ss, why);
    if (ss->reply.code / 100 == 2)
        return OK;
    return last || ss->reply.code == 421 ? refused(ss, why) : NONE;
}

static enum result say_hello(struct smtp_session *ss, struct hello *h, struct why *why)
{
    bool esmtp = (ss->features & SMTP_ESMTP) || smtp_agent->lmtp || smtp_bool(P_smtp_always_send_ehlo) || ss->s.tls;
    unsigned kept = ss->features & (SMTP_PIX_NO_ESMTP | SMTP_PIX_DELAY_DOT);
    enum result r = NONE;

    ss->features = kept;
    ss->auth[0] = 0;
    ss->size_limit = 0;
    if (smtp_agent->lmtp)
        return try_hello(ss, "LHLO", "performing the LHLO handshake", true, h, why);
    if (esmtp && !smtp_bool(P_smtp_never_send_ehlo) && !(kept & SMTP_PIX_NO_ESMTP))
        r = try_hello(ss, "EHLO", "performing the EHLO handshake", false, h, why);
    if (r == OK)
        ss->features |= SMTP_ESMTP;
    if (r != NONE)
        return r;
    r = try_hello(ss, "HELO", "performing the HELO handshake", true, h, why);
    ss->features = kept; /* whatever lines a HELO reply has, they announce nothing */
    return r;
}

static void log_discard(const char *list)
{
    struct buf names;

    if (listed(list, "silent-discard"))
        return;
    buf_init(&names, 512);
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (listed(list, keywords[i].word))
            buf_printf(&names, "%s%s", names.n ? " " : "", keywords[i].word);
    log_info("discarding EHLO keywords: %s", names.p);
    buf_done(&names);
}

enum result smtp_hello(struct smtp_session *ss, const struct delivery *d, struct why *why)
{
    struct buf found;
    struct hello h = { smtp_str(P_smtp_discard_ehlo_keywords), false };
    enum result r = NONE;

    buf_init(&found, 1024);
    if (smtp_agent->ehlo_discard)
        r = maps_get(smtp_agent->ehlo_discard, str_of(ss->addr), &found, NULL);
    if (r == TEMP) {
        buf_done(&found);
        return why_set(why, "4.3.0", "temporary lookup error for %s",
                       smtp_par_name(P_smtp_discard_ehlo_keyword_address_maps));
    }
    if (r == OK)
        h.discard = found.p;
    r = say_hello(ss, &h, why);
    if (*h.discard)
        log_discard(h.discard);
    if (r == OK && h.myself && ss->loop_check) {
        log_warn("host %s replied to HELO/EHLO with my own hostname %s", ss->namaddr, par_myhostname());
        r = why_set(why, ss->best ? "5.4.6" : "4.4.6", "mail for %s loops back to myself", d->nexthop);
    }
    buf_done(&found);
    return r;
}
