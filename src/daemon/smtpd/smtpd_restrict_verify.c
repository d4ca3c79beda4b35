/* smtpd_restrict_verify.c - addresses that a probe has found to exist
 *
 * Runs in: smtpd.
 * Parameters: unverified_*, address_verify_poll_count, address_verify_poll_delay.
 * Feature: VERIFY.  Tests: tests/smtp/verify-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "base/log.h"
#include "daemon/smtpd/smtpd_restrict.h"
#include "param/param.h"
#include "service/verify.h"

struct unverified { /* how a refusal is said */
    const char *addr, *class, *dsn, *reason, *tempfail;
    int reject_code, defer_code;
};

#if ENABLE_VERIFY
/* Asks again while a probe is under way. */
static enum result ask(const char *addr, enum verify_status *status, char text[WHY_TEXT])
{
    enum result r = OK;

    *status = VERIFY_TODO;
    for (int64_t i = 0; i < par_address_verify_poll_count() && r == OK; i++) {
        if (i > 0)
            sleep((unsigned)par_address_verify_poll_delay());
        r = verify_query(addr, status, text);
        if (*status != VERIFY_TODO)
            break;
    }
    return r;
}
#else
static enum result ask(const char *addr, enum verify_status *status, char text[WHY_TEXT])
{
    return CONF;
}
#endif

static enum verdict check(struct smtpd *s, const struct unverified *u)
{
    char text[WHY_TEXT] = "";
    const char *shown = *u->reason ? u->reason : text;
    enum verify_status status;
    enum result r = ask(u->addr, &status, text);

    if (r == CONF) {
        log_warn("address verification is not in this build (VERIFY)");
        return smtpd_server_error(s);
    }
    if (r != OK) {
        log_warn("%s service failure", par_address_verify_service_name());
        return smtpd_tempfail(s, u->tempfail, u->defer_code, u->dsn, "<%s>: %s rejected: address verification problem",
                              u->addr, u->class);
    }
    if (status == VERIFY_OK)
        return VERDICT_DUNNO;
    if (status == VERIFY_BOUNCE)
        return smtpd_refuse(s, u->reject_code, u->dsn, "<%s>: %s rejected: %s: %s", u->addr, u->class,
                            u->reject_code < 500 ? "unverified address" : "undeliverable address", shown);
    return smtpd_tempfail(s, u->tempfail, u->defer_code, u->dsn, "<%s>: %s rejected: unverified address: %s",
                          u->addr, u->class, shown);
}

enum verdict restrict_unverified_sender(struct smtpd *s, const struct rule *r)
{
    struct unverified u = { .class = smtpd_class_sender, .dsn = "4.1.7",
                            .reason = par_unverified_sender_reject_reason(),
                            .tempfail = par_unverified_sender_tempfail_action(),
                            .reject_code = (int)par_unverified_sender_reject_code(),
                            .defer_code = (int)par_unverified_sender_defer_code() };

    if (!s->tx || !s->tx->sender.n)
        return VERDICT_DUNNO;
    u.addr = s->tx->sender.p;
    return check(s, &u);
}

enum verdict restrict_unverified_rcpt(struct smtpd *s, const struct rule *r)
{
    struct unverified u = { .addr = s->rcpt.addr.p, .class = smtpd_class_rcpt, .dsn = "4.1.1",
                            .reason = par_unverified_recipient_reject_reason(),
                            .tempfail = par_unverified_recipient_tempfail_action(),
                            .reject_code = (int)par_unverified_recipient_reject_code(),
                            .defer_code = (int)par_unverified_recipient_defer_code() };

    return s->rcpt.known ? check(s, &u) : VERDICT_DUNNO;
}
