/* smtpd_submit.c - the submission socket as the place where a transaction goes ("sendmail -bs")
 *
 * The caller has no access to the queue; what it says goes to the submission
 * service (or to maildrop) in the caller's name.
 * Runs in: smtpd -S, as the caller.  Parameters: none.  Tests: tests/smtp/sendmail-bs.t
 */
/* SPDX-License-Identifier: ISC */
#include "base/why.h"
#include "daemon/smtpd/smtpd_int.h"

static enum result submit_open(struct smtpd *s, struct smtpd_tx *tx, struct why *why)
{
    return why_set(why, "4.3.5", "Error: submission is not available");
}

static enum result submit_rcpt(struct smtpd *s, struct smtpd_tx *tx, const char *addr, const char *orcpt, unsigned notify,
                               struct why *why)
{
    return TEMP;
}

static void submit_data(struct smtpd *s, struct smtpd_tx *tx, const char *p, size_t n)
{
}

static enum result submit_end(struct smtpd *s, struct smtpd_tx *tx, int64_t size, struct why *why)
{
    return TEMP;
}

static void submit_abort(struct smtpd *s, struct smtpd_tx *tx)
{
}

const struct smtpd_sink smtpd_sink_submit = { submit_open, submit_rcpt, submit_data, submit_end, submit_abort };
