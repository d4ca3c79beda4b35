/* smtpd_data.c - DATA and BDAT: from the network to the sink
 *
 * Content is scanned where the read buffer holds it and handed on in wire form.
 * Only CRLF.CRLF ends DATA unless smtpd_forbid_bare_newline says otherwise for
 * this client. Errors of the sink are told after the end of data.
 * Runs in: smtpd.  RFC 5321 sections 4.1.1.4 and 4.4, RFC 3030.
 * Parameters: smtpd_forbid_bare_newline*, message_size_limit.
 * Tests: tests/smtp/data-*.t, tests/smtp/bdat-*.t, tests/smtp/bare-newline-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cleanup/cleanup.h"
#include "daemon/smtpd/smtpd_int.h"
#include "milter/milter.h"
#include "param/param.h"

enum { DISCARD_LEAST = 16 << 20, DISCARD_FACTOR = 8 };

static int fail(struct smtpd *s, const char *reply)
{
    smtpd_reply(s, "%s", reply);
    return -1;
}

static int refuse(struct smtpd *s, const char *reply)
{
    if (*reply)
        return fail(s, reply);
    s->hangup = true;
    return -1;
}

/* "from HELO (NAME [ADDR])" and what is known of the session. */
static void received_from(struct smtpd *s, struct buf *out)
{
    char literal[SOCK_ADDR_TEXT + 8];

    smtpd_peer_literal(s->peer.addr, literal, sizeof literal);
    buf_printf(out, "from %s (%s [%s])\r\n", s->helo.n ? s->helo.p : s->peer.name, s->peer.name, literal);
    if (ENABLE_TLS && par_smtpd_tls_received_header())
        smtpd_tls_received(s, out);
    if (par_smtpd_sasl_authenticated_header() && s->auth.done) {
        buf_puts(out, "\t(Authenticated sender: ");
        smtpd_parse_comment(out, s->auth.user.p);
        buf_puts(out, ")\r\n");
    }
    buf_putc(out, '\t');
}

void smtpd_received(struct smtpd *s, struct smtpd_tx *tx, struct buf *out)
{
    bool esmtp = strcmp(s->proto, "ESMTP") == 0, utf8 = tx->flags & QF_SMTPUTF8;

    buf_puts(out, "Received: ");
    if (!par_smtpd_hide_client_session())
        received_from(s, out);
    buf_printf(out, "by %s (%s) with %s%s%s%s%s%s", par_myhostname(), par_mail_name(), utf8 ? "UTF8" : "",
               utf8 ? "SMTP" : s->proto, esmtp && smtpd_tls_active(s) ? "S" : "", esmtp && s->auth.done ? "A" : "",
               tx->id[0] ? " id " : "", tx->id);
    if (tx->rcpts == 1 && !par_smtpd_hide_client_session())
        buf_printf(out, "\r\n\tfor <%s>; ", tx->first_rcpt.p);
    else
        buf_puts(out, ";\r\n\t");
    buf_printf(out, "%s\r\n", clock_rfc5322(tx->arrival.tv_sec));
}

static void give(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
    if (n)
        s->sink->data(s, tx, p, n);
}

static bool behind_filter(const struct smtpd *s)
{
    return ENABLE_SMTPD_PROXY && s->sink == &smtpd_sink_proxy;
}

/* Headers of ours come first: PREPEND lines, then Received: with "; date" on a line of its own for several recipients.
 */
static void content_begins(struct smtpd *s, struct smtpd_tx *tx)
{
    struct buf *b = &s->scratch;

    tx->content_begun = true;
    memcpy(tx->last, "\0\0\r\n", 4);
    buf_reset(b);
    buf_str(b, buf_view(&tx->prepend));
    if (!s->stand_alone && !(behind_filter(s) && s->forward.active)) /* a mere step between two others */
        smtpd_received(s, tx, b);
    give(s, tx, b->p, b->n);
    if (s->sink == &smtpd_sink_queue)
        cleanup_text_begins(tx->sink);
}

static void give_held(struct smtpd *s, struct smtpd_tx *tx)
{
    give(s, tx, tx->held, tx->held_n);
    tx->held_n = 0;
}

static void remember_last(struct smtpd_tx *tx, const char *p, size_t n)
{
    if (n >= sizeof tx->last) {
        memcpy(tx->last, p + n - sizeof tx->last, sizeof tx->last);
        return;
    }
    memmove(tx->last, tx->last + n, sizeof tx->last - n);
    memcpy(tx->last + sizeof tx->last - n, p, n);
}

/* A chunk that is not the last: what may be the beginning of ".CRLF" (or of a line end) waits. */
static void give_chunk(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
    size_t hold = 0;

    if (tx->held_n == 1 && tx->held[0] == '.' && n == 1 && *p == '\r') {
        tx->held[tx->held_n++] = '\r';
        return;
    }
    give_held(s, tx);
    if (p[n - 1] == '.')
        hold = 1;
    else if (p[n - 1] == '\r')
        hold = n > 1 && p[n - 2] == '.' ? 2 : 1;
    give(s, tx, p, n - hold);
    memcpy(tx->held, p + n - hold, hold);
    tx->held_n = (unsigned)hold;
}

/* The chunk with the final ".CRLF", parts of which may be what is held. */
static void give_last(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
    if (n >= 3) {
        give_held(s, tx);
        give(s, tx, p, n - 3);
    }
    tx->held_n = 0;
}

static void start_normalizing(struct smtpd *s, struct smtpd_tx *tx)
{
    tx->bare_lf = tx->normalizing = true;
    if (s->lf_note || s->lf_reject)
        s->noted_bare_lf = true;
    smtpd_lf_init(&tx->lf, tx->last, s->lf_std_eod);
    if (tx->lf.state == LF_TEXT || (tx->lf.state == LF_CR && tx->held_n == 2)) {
        give(s, tx, tx->held, tx->lf.state == LF_CR ? 1 : tx->held_n);
    }
    tx->held_n = 0;
}

/* Slow path: bytes go through a converter that also finds the end. */
static enum result normalize_chunk(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n, size_t *used)
{
    struct buf *out = &tx->bdat_out;
    size_t ignored;
    enum result r;

    buf_reset(out);
    r = smtpd_lf_feed(&tx->lf, p, n, out, used);
    (void)!wire_scan(&tx->scan, out->p, out->n, &ignored);
    give(s, tx, out->p, out->n);
    return r;
}

/* One chunk as it lies in the read buffer. OK: it held the end of data. */
static enum result data_chunk(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n, size_t *used)
{
    struct wire_scan before = tx->scan;
    enum result r;

    if (tx->normalizing)
        return normalize_chunk(s, tx, p, n, used);
    r = wire_scan(&tx->scan, p, n, used);
    if (tx->scan.bare_lf) {
        tx->scan = before;
        start_normalizing(s, tx);
        return normalize_chunk(s, tx, p, n, used);
    }
    if (r == OK)
        give_last(s, tx, p, *used);
    else
        give_chunk(s, tx, p, n);
    remember_last(tx, p, *used);
    return r;
}

static enum result lost(struct smtpd *s)
{
    s->reason = s->io.err == STREAM_TIMEOUT ? "timeout" : "lost connection";
    s->hangup = true;
    return TEMP;
}

/* How much of content that is refused anyway is read. A client that sends more gets no reply at the end of it. */
static int64_t discard_most(void)
{
    int64_t limit = par_message_size_limit();

    return limit > DISCARD_LEAST / DISCARD_FACTOR && limit < INT64_MAX / DISCARD_FACTOR ? limit * DISCARD_FACTOR
                                                                                       : DISCARD_LEAST;
}

/* Beyond message_size_limit nothing is kept. False: the client does not end. */
static bool within_bounds(struct smtpd *s, size_t n)
{
    int64_t limit = par_message_size_limit();

    if (limit == 0 || s->tx->received <= limit)
        return true;
    if (!s->discard) {
        log_warn("%s: queue file size limit exceeded", smtpd_qid(s));
        smtpd_discard_begins(s, discard_most());
    }
    if (smtpd_discard_more(s, n))
        return true;
    smtpd_reply(s, "552 5.3.4 Error: message file too big");
    return false;
}

static enum result read_data(struct smtpd *s, struct smtpd_tx *tx)
{
    enum result r = AGAIN;

    while (r != OK) {
        struct str view;
        size_t used;

        if (stream_peek(&s->io, &view) != OK)
            return lost(s);
        r = data_chunk(s, tx, view.p, view.n, &used);
        stream_eat(&s->io, used);
        tx->received += (int64_t)used;
        if (r != OK && !within_bounds(s, used))
            return TEMP;
    }
    return OK;
}

/* Everything has been received: the last check, and the sink's word. */
static int finish(struct smtpd *s, const char *bytes)
{
    struct smtpd_tx *tx = s->tx;
    struct why why = { .dsn = "" };
    const char *refused;
    int64_t size = tx->scan.wire_bytes - tx->scan.lines - tx->scan.stuffed;

    s->where = "END-OF-MESSAGE";
    tx->size = tx->scan.wire_bytes - tx->scan.stuffed; /* what policy services are told */
    if (tx->bare_lf && s->lf_reject) {
        if (tx->rcpts == 1)
            smtpd_rcpt_set(s, buf_view(&tx->first_rcpt));
        smtpd_check_log(s, "reject", "bare <LF> received");
        smtpd_reply(s, "%d 5.5.2 %s Error: bare <LF> received", (int)par_smtpd_forbid_bare_newline_reject_code(),
                    par_myhostname());
        return -1;
    }
    if (!s->stand_alone && (refused = smtpd_check_eod(s)))
        return refuse(s, refused);
    tx->opened = false; /* the sink is closed by its end, whatever comes of it */
    if (s->sink->end(s, tx, size, &why) != OK) {
        if (ENABLE_MILTER && s->milter_said)
            return smtpd_milter_refuse(s, milters_reply(s->milters));
        if (ENABLE_SMTPD_PROXY && s->relayed.n)
            return smtpd_proxy_tell(s);
        smtpd_reply_why(s, &why);
        return -1;
    }
    s->errors = s->junk = 0;
    if (ENABLE_TRANSCRIPTS)
        smtpd_history_accepted(s);
    if (ENABLE_SMTPD_PROXY && s->relayed.n)
        return smtpd_proxy_tell(s);
    smtpd_reply(s, "250 2.0.0 Ok: %squeued as %s", bytes, tx->id);
    return 0;
}

/* A filter behind us wants to know, and may refuse. */
static bool sink_begins(struct smtpd *s)
{
    struct why why;

    return !ENABLE_SMTPD_PROXY || !s->sink->begin || s->sink->begin(s, s->tx, &why) == OK;
}

int smtpd_data(struct smtpd *s, struct str rest)
{
    const char *refused;
    int failed;

    if (s->tx && s->tx->bdat)
        return fail(s, "503 5.5.1 Error: DATA after BDAT");
    if (!s->tx)
        return fail(s, s->bdat_error ? "503 5.5.1 Error: DATA after BDAT" : "503 5.5.1 Error: need RCPT command");
    if (!s->tx->rcpts)
        return fail(s, "554 5.5.1 Error: no valid recipients");
    if (rest.n)
        return fail(s, "501 5.5.4 Syntax: DATA");
    if (!s->stand_alone && (refused = smtpd_check_data(s)))
        return refuse(s, refused);
    if (ENABLE_MILTER && (refused = smtpd_milter_data(s)))
        return smtpd_milter_refuse(s, refused);
    if (!sink_begins(s))
        return smtpd_proxy_tell(s);
    content_begins(s, s->tx);
    smtpd_reply(s, "354 End data with <CR><LF>.<CR><LF>");
    smtpd_request_begins(s);
    if (stream_flush(&s->io) != OK) {
        (void)lost(s);
        return -1;
    }
    if (read_data(s, s->tx) != OK)
        return -1;
    failed = finish(s, "");
    smtpd_tx_end(s);
    return failed;
}

static void bdat_note_lf(struct smtpd_tx *tx, const char *p, size_t n)
{
    for (const char *q = p; (q = memchr(q, '\n', n - (size_t)(q - p))); q++)
        if ((q == p ? tx->last[3] : q[-1]) != '\r')
            tx->bare_lf = true;
    remember_last(tx, p, n);
}

static void bdat_give(struct smtpd *s, struct smtpd_tx *tx)
{
    size_t used;

    (void)!wire_scan(&tx->scan, tx->bdat_out.p, tx->bdat_out.n, &used);
    give(s, tx, tx->bdat_out.p, tx->bdat_out.n);
    buf_reset(&tx->bdat_out);
}

static void bdat_piece(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
    if (s->lf_reject || s->lf_note)
        bdat_note_lf(tx, p, n);
    wire_from_text(&tx->bdat_wire, &tx->bdat_out, p, n, true);
    bdat_give(s, tx);
}

/* The chunk follows the command whatever becomes of it (RFC 3030 section 2); keep: it is wanted. */
static enum result read_bdat(struct smtpd *s, int64_t count, bool keep)
{
    while (count > 0) {
        struct str view;

        if (s->io.in_n == s->io.in_at && stream_flush(&s->io) != OK)
            return lost(s);
        if (stream_peek(&s->io, &view) != OK)
            return lost(s);
        if ((int64_t)view.n > count)
            view.n = (size_t)count;
        if (keep)
            bdat_piece(s, s->tx, view.p, view.n);
        if (s->tx)
            s->tx->received += (int64_t)view.n;
        stream_eat(&s->io, view.n);
        count -= (int64_t)view.n;
    }
    return OK;
}

/* The transaction is over; what follows is refused until RSET or the like, or until the last chunk has gone by. */
static int bdat_skip(struct smtpd *s, int64_t count, bool last, const char *reply)
{
    bool again = s->bdat_error, mail = s->tx || s->bdat_mail;
    char text[512];

    snprintf(text, sizeof text, "%s", reply); /* what restrictions say is gone with the transaction */
    smtpd_tx_end(s);
    s->bdat_error = !last;
    s->bdat_mail = mail && !last;
    if (count > discard_most()) {
        s->reason = "too much data";
        smtpd_reply(s, "421 4.7.0 %s Error: chunk too large", par_myhostname());
        return -1;
    }
    smtpd_request_begins(s);
    smtpd_discard_begins(s, INT64_MAX);
    if (read_bdat(s, count, false) != OK)
        return -1;
    if (!again || text[0])
        return refuse(s, text);
    smtpd_reply(s, "551 5.0.0 Discarded %lld bytes after earlier error", (long long)count);
    return -1;
}

/* NULL, or the refusal of the first chunk. */
static const char *bdat_begins(struct smtpd *s)
{
    const char *refused = s->stand_alone ? NULL : smtpd_check_data(s);

    if (ENABLE_MILTER && !refused)
        refused = smtpd_milter_data(s);
    if (refused)
        return refused;
    if (!sink_begins(s))
        return s->relayed.p;
    content_begins(s, s->tx);
    s->tx->bdat = true;
    return NULL;
}

static const char *bdat_refusal(struct smtpd *s, int64_t count, bool last)
{
    struct smtpd_tx *tx = s->tx;
    int64_t limit = par_message_size_limit();

    if (count == 0 && !last) {
        log_warn("%s: null BDAT request from %s", smtpd_qid(s), s->peer.label);
        return "551 5.7.1 Null BDAT request";
    }
    if (s->bdat_error)
        return "";
    if (!tx)
        return "503 5.5.1 Error: need RCPT command";
    if (!tx->rcpts)
        return "554 5.5.1 Error: no valid recipients";
    if (limit > 0 && (count > limit || tx->received > limit - count)) {
        log_warn("%s: BDAT request from %s exceeds message size limit", smtpd_qid(s), s->peer.label);
        return "552 5.3.4 Chunk exceeds message size limit";
    }
    return tx->bdat ? NULL : bdat_begins(s);
}

static int bdat_last(struct smtpd *s)
{
    char bytes[40];
    int failed;

    wire_end_text(&s->tx->bdat_wire, &s->tx->bdat_out);
    bdat_give(s, s->tx);
    snprintf(bytes, sizeof bytes, "%lld bytes ", (long long)(s->tx->scan.wire_bytes - s->tx->scan.stuffed));
    failed = finish(s, bytes);
    smtpd_tx_end(s);
    return failed;
}

int smtpd_bdat(struct smtpd *s, struct str rest)
{
    int64_t count;
    bool last;
    const char *refused;

    if (smtpd_verb_hidden(s) & EHLO_CHUNKING)
        return fail(s, "521 5.5.1 Error: command not implemented");
    if (smtpd_parse_bdat(rest, &count, &last) != OK) {
        log_warn("%s: malformed BDAT command syntax from %s: BDAT%s%.*s", smtpd_qid(s), s->peer.label,
                 rest.n ? " " : "", (int)(rest.n < 100 ? rest.n : 100), rest.p);
        return fail(s, "521 5.5.4 Syntax: BDAT count [LAST]");
    }
    if ((refused = bdat_refusal(s, count, last)))
        return bdat_skip(s, count, last, refused);
    smtpd_request_begins(s);
    if (read_bdat(s, count, true) != OK)
        return -1;
    if (last)
        return bdat_last(s);
    smtpd_reply(s, "250 2.0.0 Ok: %lld bytes", (long long)count);
    return 0;
}
