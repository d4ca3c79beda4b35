/* smtpd_submit.c - the submission socket as the place where a transaction goes
 *
 * "sendmail -bs" runs this server as the user who called it, who cannot write
 * to the queue: each message is handed to pickup, as sendmail itself does.
 * Runs in: smtpd -S.  Parameters: none.  Tests: tests/peers/test_senders.py
 */
/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/wire.h"
#include "service/submit.h"

struct submission {
    struct submit *to;
    struct wire_out wire;
    struct buf text;
};

static enum result submit_open(struct smtpd *s, struct smtpd_tx *tx, struct why *why)
{
    struct submit_env env = { .ret = tx->ret, .qfile_flags = tx->flags, .sender = tx->sender.p, .full_name = "",
                              .envid = tx->envid.p, .verp = tx->verp.p };
    struct submission *sub = mem_new(sizeof *sub);

    sub->to = submit_begin(&env);
    buf_init(&sub->text, 4 * SUBMIT_CHUNK);
    tx->sink = sub;
    snprintf(tx->id, sizeof tx->id, "%s", "NOQUEUE");
    return OK;
}

static enum result submit_one_rcpt(struct smtpd *s, struct smtpd_tx *tx, const char *addr, const char *orcpt,
                                   unsigned notify, struct why *why)
{
    struct submission *sub = tx->sink;

    submit_rcpt(sub->to, addr, orcpt, notify);
    return OK;
}

static void submit_content(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
    struct submission *sub = tx->sink;

    while (n) {
        size_t part = n < SUBMIT_CHUNK ? n : SUBMIT_CHUNK;

        wire_to_text(&sub->wire, &sub->text, p, part, "\n");
        submit_data(sub->to, sub->text.p, sub->text.n);
        buf_reset(&sub->text);
        p += part;
        n -= part;
    }
}

static void done(struct smtpd_tx *tx)
{
    struct submission *sub = tx->sink;

    buf_done(&sub->text);
    free(sub);
    tx->sink = NULL;
}

static enum result submit_finish(struct smtpd *s, struct smtpd_tx *tx, int64_t size, struct why *why)
{
    struct submission *sub = tx->sink;
    enum result r = submit_end(sub->to, tx->id, why);

    if (r == OK && !tx->id[0])
        snprintf(tx->id, sizeof tx->id, "%s", "maildrop");
    done(tx);
    return r;
}

static void submit_drop(struct smtpd *s, struct smtpd_tx *tx)
{
    struct submission *sub = tx->sink;

    submit_abort(sub->to);
    done(tx);
}

const struct smtpd_sink smtpd_sink_submit = { submit_open, submit_one_rcpt, submit_content, submit_finish,
                                              submit_drop, NULL };
