/* smtpd_tx.c - one mail transaction, and the recipient at hand
 *
 * A transaction begins with MAIL and is freed as a whole: at the end of data, at
 * RSET, HELO, EHLO, STARTTLS or the end of the session.
 * Runs in: smtpd.  Parameters: none.  Tests: tests/smtp/mail-sequence-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/smtpd/smtpd_int.h"
#include "mail/addr.h"
#include "route/rewrite.h"

enum { LINES_MAX = 64 * 1024, BDAT_OUT_MAX = 256 * 1024 };

struct smtpd_tx *smtpd_tx_new(void)
{
    struct smtpd_tx *tx = mem_new(sizeof *tx);

    buf_init(&tx->sender, ADDR_MAX);
    buf_init(&tx->sender_ext, 2 * ADDR_MAX);
    buf_init(&tx->envid, 512);
    buf_init(&tx->verp, 8);
    buf_init(&tx->mail_line, 4096);
    buf_init(&tx->auth_sender, ADDR_MAX);
    buf_init(&tx->first_rcpt, 2 * ADDR_MAX);
    buf_init(&tx->filter, ADDR_MAX);
    buf_init(&tx->redirect, ADDR_MAX);
    buf_init(&tx->bcc, LINES_MAX);
    buf_init(&tx->prepend, LINES_MAX);
    buf_init(&tx->bdat_out, BDAT_OUT_MAX);
    tx->arrival = clock_wall();
    return tx;
}

static void tx_free(struct smtpd_tx *tx)
{
    struct buf *all[] = { &tx->sender, &tx->sender_ext, &tx->envid, &tx->verp, &tx->auth_sender, &tx->first_rcpt,
                          &tx->filter, &tx->redirect, &tx->bcc, &tx->mail_line, &tx->prepend, &tx->bdat_out };

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        buf_done(all[i]);
    if (tx->sender_resolved)
        resolved_done(&tx->sender_route);
    free(tx);
}

void smtpd_tx_end(struct smtpd *s)
{
    struct smtpd_tx *tx = s->tx;

    smtpd_rcpt_clear(s);
    s->bdat_error = s->bdat_mail = false;
    s->forward = (struct smtpd_forward){ .active = false };
    if (!tx)
        return;
    if (ENABLE_MILTER)
        smtpd_milter_abort(s);
    if (tx->opened)
        s->sink->abort(s, tx);
    s->tx = NULL;
    tx_free(tx);
}

void smtpd_rcpt_clear(struct smtpd *s)
{
    struct smtpd_rcpt *r = &s->rcpt;

    buf_reset(&r->addr);
    buf_reset(&r->ext);
    buf_reset(&r->orcpt);
    r->notify = 0;
    r->known = r->resolved = r->class_checked = false;
}

void smtpd_rcpt_set(struct smtpd *s, struct str internal)
{
    smtpd_rcpt_clear(s);
    buf_str(&s->rcpt.addr, internal);
    addr_quote(&s->rcpt.ext, internal);
    s->rcpt.known = true;
}

enum result smtpd_resolve(const char *sender, struct str internal, struct resolved *out)
{
    struct buf addr;
    enum result r;

    buf_init(&addr, 2 * ADDR_MAX);
    buf_str(&addr, internal);
    rewrite_internal(REWRITE_LOCAL, &addr);
    r = resolve(sender, addr.p, out);
    buf_done(&addr);
    return r;
}

const struct resolved *smtpd_rcpt_route(struct smtpd *s, enum result *result)
{
    struct smtpd_rcpt *r = &s->rcpt;

    if (!r->resolved) {
        r->resolve_result = smtpd_resolve(s->tx ? s->tx->sender.p : "", buf_view(&r->addr), &r->route);
        r->resolved = true;
    }
    *result = r->resolve_result;
    return &r->route;
}

const struct resolved *smtpd_sender_route(struct smtpd *s, enum result *result)
{
    struct smtpd_tx *tx = s->tx;

    if (!tx->sender_resolved) {
        resolved_init(&tx->sender_route);
        tx->sender_result = smtpd_resolve("", buf_view(&tx->sender), &tx->sender_route);
        tx->sender_resolved = true;
    }
    *result = tx->sender_result;
    return &tx->sender_route;
}
