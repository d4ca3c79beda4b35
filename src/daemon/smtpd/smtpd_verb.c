/* smtpd_verb.c - the verb table, and the verbs without a transaction
 *
 * Runs in: smtpd.  RFC 5321 sections 4.1.1.1, 4.1.1.5 to 4.1.1.10, RFC 1985 (ETRN).
 * Parameters: smtpd_core.def, smtpd_discard_ehlo_keywords.  Tests: tests/smtp/
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/addr.h"
#include "map/map.h"
#include "map/match.h"
#include "param/param.h"
#include "service/flush.h"

const struct smtpd_verb smtpd_verbs[SMTPD_VERBS] = {
#define VERB(id, name, run, flags) { name, run, flags },
#include "daemon/smtpd/smtpd_verbs.def"
#undef VERB
};

static unsigned hidden_for_client(struct smtpd *s)
{
    struct maps *ms = smtpd_lists.ehlo_maps;
    enum result r = NONE;

    if (ms)
        r = maps_get(ms, str_of(s->peer.addr), &s->answer, NULL);
    if (r == OK)
        return smtpd_parse_ehlo_keywords(s->answer.p);
    if (r != NONE)
        return ~0u; /* cannot tell: offer nothing */
    return smtpd_parse_ehlo_keywords(par_smtpd_discard_ehlo_keywords());
}

unsigned smtpd_verb_hidden(struct smtpd *s)
{
    if (!s->hidden_known) {
        s->hidden = hidden_for_client(s);
        s->hidden_known = true;
    }
    return s->hidden;
}

/* What the client calls itself, printable, as one word for logs and headers. */
static void set_helo(struct smtpd *s, struct str name)
{
    buf_reset(&s->helo);
    buf_add(&s->helo, name.p, name.n < 512 ? name.n : 512);
    str_printable(s->helo.p, par_smtputf8_enable());
}

/* A name that is refused changes nothing. */
static const char *check_helo(struct smtpd *s, struct str name)
{
    struct buf before = s->helo;
    const char *refused;

    if (s->stand_alone || par_smtpd_delay_reject())
        return NULL;
    buf_init(&s->helo, before.max);
    set_helo(s, name);
    refused = smtpd_check_helo(s);
    buf_done(&s->helo);
    s->helo = before;
    return refused;
}

static int helo_common(struct smtpd *s, struct str rest, const char *verb)
{
    const char *refused;

    if (!rest.n) {
        smtpd_reply(s, "501 Syntax: %s hostname", verb);
        return -1;
    }
    if ((refused = check_helo(s, rest))) {
        if (*refused)
            smtpd_reply(s, "%s", refused);
        else
            s->hangup = true;
        return -1;
    }
    smtpd_tx_end(s);
    set_helo(s, rest);
    if (ENABLE_MILTER && (refused = smtpd_milter_helo(s)))
        return smtpd_milter_refuse(s, refused);
    smtpd_parse_neuter(s->helo.p);
    return 0;
}

int smtpd_helo(struct smtpd *s, struct str rest)
{
    if (helo_common(s, rest, "HELO") != 0)
        return -1;
    smtpd_reply(s, "250 %s", par_myhostname());
    return 0;
}

/* Lines of the EHLO reply are collected first: the last one looks different. */
struct ehlo {
    char line[24][128];
    size_t n;
};

static void offer(struct ehlo *e, const char *fmt, ...) PRINTF(2, 3);
static void offer(struct ehlo *e, const char *fmt, ...)
{
    va_list ap;

    if (e->n == ARRAY_LEN(e->line))
        return;
    va_start(ap, fmt);
    vsnprintf(e->line[e->n++], sizeof e->line[0], fmt, ap);
    va_end(ap);
}

static void offer_auth(struct smtpd *s, struct ehlo *e)
{
    buf_reset(&s->scratch);
    smtpd_auth_mechanisms(s, &s->scratch);
    if (!s->scratch.n)
        return;
    offer(e, "AUTH%s", s->scratch.p);
    if (par_broken_sasl_auth_clients())
        offer(e, "AUTH=%s", s->scratch.p + 1);
}

static void offer_special(struct smtpd *s, struct ehlo *e, unsigned hidden)
{
    if (!(hidden & EHLO_VERP) && smtpd_lists.verp && match_host(smtpd_lists.verp, s->peer.name, s->peer.addr) == OK)
        offer(e, "XVERP");
    if (!(hidden & EHLO_XCLIENT) && s->may_xclient)
        offer(e, "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT");
    if (!(hidden & EHLO_XFORWARD) && s->may_xforward)
        offer(e, "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT");
}

/* The order is the one that clients of Postfix have always seen. */
static void offer_all(struct smtpd *s, struct ehlo *e)
{
    unsigned hidden = smtpd_verb_hidden(s);

    if (ENABLE_MILTER && s->milter_refused) { /* a client that is not wanted needs nothing else */
        offer(e, "ENHANCEDSTATUSCODES");
        return;
    }
    if (!(hidden & EHLO_PIPELINING))
        offer(e, "PIPELINING");
    if (!(hidden & EHLO_SIZE)) {
        if (par_message_size_limit() > 0)
            offer(e, "SIZE %lld", (long long)par_message_size_limit());
        else
            offer(e, "SIZE");
    }
    if (!par_disable_vrfy_command() && !(hidden & EHLO_VRFY))
        offer(e, "VRFY");
    if (!(hidden & EHLO_ETRN))
        offer(e, "ETRN");
    if (!(hidden & EHLO_STARTTLS) && smtpd_tls_offered(s))
        offer(e, "STARTTLS");
    if (!(hidden & EHLO_AUTH) && smtpd_auth_offered(s))
        offer_auth(s, e);
    offer_special(s, e, hidden);
    if (!(hidden & EHLO_ENHANCEDSTATUSCODES))
        offer(e, "ENHANCEDSTATUSCODES");
    if (!(hidden & EHLO_8BITMIME))
        offer(e, "8BITMIME");
    if (!(hidden & EHLO_DSN))
        offer(e, "DSN");
    if (par_smtputf8_enable() && !(hidden & EHLO_SMTPUTF8))
        offer(e, "SMTPUTF8");
    if (!(hidden & EHLO_CHUNKING))
        offer(e, "CHUNKING");
    if (smtpd_requiretls_offered(s, hidden))
        offer(e, "REQUIRETLS");
}

int smtpd_ehlo(struct smtpd *s, struct str rest)
{
    struct ehlo e = { .n = 0 };

    if (helo_common(s, rest, "EHLO") != 0)
        return -1;
    s->proto = "ESMTP";
    if (smtpd_verb_hidden(s) && !(s->hidden & EHLO_SILENT)) {
        buf_reset(&s->scratch);
        smtpd_parse_ehlo_names(s->hidden, &s->scratch);
        log_info("discarding EHLO keywords:%s", s->scratch.p);
    }
    offer_all(s, &e);
    if (e.n == 0) {
        smtpd_reply(s, "250 %s", par_myhostname());
        return 0;
    }
    smtpd_reply_more(s, "250-%s", par_myhostname());
    for (size_t i = 0; i + 1 < e.n; i++)
        smtpd_reply_more(s, "250-%s", e.line[i]);
    smtpd_reply(s, "250 %s", e.line[e.n - 1]);
    return 0;
}

int smtpd_rset(struct smtpd *s, struct str rest)
{
    if (rest.n) {
        smtpd_reply(s, "501 5.5.4 Syntax: RSET");
        return -1;
    }
    smtpd_tx_end(s);
    smtpd_reply(s, "250 2.0.0 Ok");
    return 0;
}

int smtpd_noop(struct smtpd *s, struct str rest)
{
    smtpd_reply(s, "250 2.0.0 Ok");
    return 0;
}

static enum result vrfy_address(struct smtpd *s, struct str text, bool utf8)
{
    struct buf addr;
    struct str rest;
    enum result r;

    buf_init(&addr, ADDR_TEXT);
    r = smtpd_parse_address(s, text, ADDRESS_SLOPPY | (utf8 ? ADDRESS_UTF8 : 0), &addr, &rest);
    if (r == OK && (addr.n == 0 || str_trim(rest).n))
        r = PERM;
    if (r == OK)
        smtpd_rcpt_set(s, buf_view(&addr));
    else
        smtpd_warn_address(s, text);
    buf_done(&addr);
    return r;
}

static bool take_last_word(struct str *text, const char *word)
{
    size_t n = strlen(word);
    struct str last = { text->p + (text->n > n ? text->n - n : 0), n };

    if (text->n < n || !str_eq_case(last, word) || (text->n > n && last.p[-1] != ' '))
        return false;
    *text = str_trim((struct str){ text->p, text->n - n });
    return true;
}

int smtpd_vrfy(struct smtpd *s, struct str rest)
{
    const char *refused;
    struct str word = rest;
    bool utf8 = par_smtputf8_enable() && take_last_word(&rest, "SMTPUTF8");

    if (par_disable_vrfy_command()) {
        smtpd_reply(s, "502 5.5.1 VRFY command is disabled");
        return -1;
    }
    if (!rest.n) {
        smtpd_reply(s, "501 5.5.4 Syntax: VRFY address%s", par_smtputf8_enable() ? " [SMTPUTF8]" : "");
        return -1;
    }
    if (smtpd_undeclared_utf8(s, rest, utf8))
        return -1;
    if (vrfy_address(s, rest, utf8) != OK) {
        smtpd_reply(s, "501 5.1.3 Bad recipient address syntax");
        return -1;
    }
    if (ENABLE_MILTER && (refused = smtpd_milter_other(s))) {
        smtpd_rcpt_clear(s);
        return smtpd_milter_refuse(s, refused);
    }
    refused = s->stand_alone ? NULL : smtpd_check_rcpt(s);
    smtpd_rcpt_clear(s);
    if (refused) {
        if (*refused)
            smtpd_reply(s, "%s", refused);
        else
            s->hangup = true;
        return -1;
    }
    word.n = str_find(rest, ' ');
    smtpd_reply(s, "252 2.0.0 %.*s", (int)word.n, word.p);
    return 0;
}

/* Asks for what waits for this domain to be tried again. */
static int etrn_flush(struct smtpd *s, const char *domain)
{
    switch (service_flush(FLUSH_SITE, domain)) {
    case FLUSH_OK:
        smtpd_reply(s, "250 Queuing started");
        return 0;
    case FLUSH_UNKNOWN:
    case FLUSH_DENIED:
        log_warn("reject: ETRN %s... from %s", domain, s->peer.label);
        smtpd_reply(s, "459 <%s>: service unavailable", domain);
        return -1;
    default:
        log_warn("unable to talk to fast flush service");
        smtpd_reply(s, "458 Unable to queue messages");
        return -1;
    }
}

int smtpd_etrn(struct smtpd *s, struct str rest)
{
    const char *refused;
    char domain[256];

    if (!s->helo.n && par_smtpd_helo_required()) {
        smtpd_reply(s, "503 Error: send HELO/EHLO first");
        return -1;
    }
    if (s->tx || s->bdat_mail) {
        smtpd_reply(s, "503 Error: MAIL transaction in progress");
        return -1;
    }
    if (!rest.n || str_find(rest, ' ') < rest.n) {
        smtpd_reply(s, "500 Syntax: ETRN domain");
        return -1;
    }
    if (*rest.p == '@' || *rest.p == '#')
        rest = (struct str){ rest.p + 1, rest.n - 1 };
    snprintf(domain, sizeof domain, "%.*s", (int)rest.n, rest.p);
    if (rest.n >= sizeof domain || !addr_valid_domain(rest)) {
        smtpd_reply(s, "501 Error: invalid parameter syntax");
        return -1;
    }
    if (ENABLE_MILTER && (refused = smtpd_milter_other(s)))
        return smtpd_milter_refuse(s, refused);
    if ((refused = smtpd_check_etrn(s, domain))) {
        if (*refused)
            smtpd_reply(s, "%s", refused);
        else
            s->hangup = true;
        return -1;
    }
    return etrn_flush(s, domain);
}

int smtpd_help(struct smtpd *s, struct str rest)
{
    struct buf *names = &s->scratch;

    buf_reset(names);
    for (size_t i = 0; i < SMTPD_UNKNOWN; i++) {
        if ((i == SMTPD_XCLIENT && !s->may_xclient) || (i == SMTPD_XFORWARD && !s->may_xforward))
            continue;
        buf_printf(names, " %s", smtpd_verbs[i].name);
    }
    smtpd_reply(s, "214 2.0.0 Commands:%s", names->p);
    return 0;
}

int smtpd_quit(struct smtpd *s, struct str rest)
{
    smtpd_reply(s, "221 2.0.0 Bye");
    return 0;
}
