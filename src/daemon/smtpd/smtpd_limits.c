/* smtpd_limits.c - smtpd_client_* limits: connections, messages, recipients, TLS handshakes and logins per client
 *
 * The counters are in memory that all smtpd processes share (service/anvil.h).
 * Without it nothing is limited, and master has said so. With every limit at 0
 * nothing is counted.
 * Runs in: smtpd.  Parameters: anvil.def.  Tests: tests/smtp/limit-*.t
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "daemon/smtpd/smtpd_int.h"
#include "map/match.h"
#include "param/param.h"
#include "service/anvil.h"

static bool counting;

static int64_t rate_limit(enum smtpd_limit what)
{
    switch (what) {
    case LIMIT_MAIL: return par_smtpd_client_message_rate_limit();
    case LIMIT_RCPT: return par_smtpd_client_recipient_rate_limit();
    case LIMIT_TLS: return par_smtpd_client_new_tls_session_rate_limit();
    default: return par_smtpd_client_auth_rate_limit();
    }
}

void smtpd_limits_init(void)
{
    counting = par_smtpd_client_connection_count_limit() || par_smtpd_client_connection_rate_limit() ||
               rate_limit(LIMIT_MAIL) || rate_limit(LIMIT_RCPT) || rate_limit(LIMIT_TLS) || rate_limit(LIMIT_AUTH);
    if (counting)
        (void)shared_memory();
}

/* Hosts that may pretend to be others are no clients of their own. */
static bool is_limited(struct smtpd *s)
{
    return counting && !s->stand_alone && !s->may_xclient &&
           match_host(smtpd_lists.limit_exceptions, s->peer.name, s->peer.addr) != OK;
}

static bool over(const struct smtpd *s, const char *what, int64_t limit, int n)
{
    if (limit == 0 || n <= limit)
        return false;
    log_warn("%s limit exceeded: %d from %s for service %s", what, n, s->peer.label, s->service->name);
    return true;
}

static void identify(const struct smtpd *s, struct anvil_client *c)
{
    anvil_client(c, s->service->name, &s->peer.sock,
                 (int)(strchr(s->peer.addr, ':') ? par_smtpd_client_ipv6_prefix_length()
                                                 : par_smtpd_client_ipv4_prefix_length()));
}

enum result smtpd_limits_connect(struct smtpd *s)
{
    struct anvil_client c;
    int64_t limit = par_smtpd_client_connection_count_limit();
    int count, rate;

    if (!is_limited(s))
        return OK;
    identify(s, &c);
    if (anvil_connect(&c, (int)limit, &count, &rate) != OK)
        return OK;
    s->counted = true;
    s->connections = count;
    if (over(s, "Connection concurrency", limit, count) ||
        over(s, "Connection rate", par_smtpd_client_connection_rate_limit(), rate))
        return NONE;
    return OK;
}

static enum result check(struct smtpd *s, enum smtpd_limit what, bool look)
{
    static const struct {
        const char *name;
        enum anvil_rate rate;
    } rows[] = {
        [LIMIT_MAIL] = { "Message delivery request rate", ANVIL_MAIL },
        [LIMIT_RCPT] = { "Recipient address rate", ANVIL_RCPT },
        [LIMIT_TLS] = { "New TLS session rate", ANVIL_TLS },
        [LIMIT_AUTH] = { "AUTH command rate", ANVIL_AUTH },
    };
    int64_t limit = rate_limit(what);
    struct anvil_client c;
    int rate;

    if (!limit || !is_limited(s))
        return OK;
    identify(s, &c);
    if (anvil_event(&c, rows[what].rate, look, &rate) != OK || rate <= limit)
        return OK;
    if (look)
        log_warn("Refusing STARTTLS request from %s for service %s", s->peer.label, s->service->name);
    else
        (void)over(s, rows[what].name, limit, rate);
    return NONE;
}

enum result smtpd_limits_count(struct smtpd *s, enum smtpd_limit what)
{
    return check(s, what, false);
}

enum result smtpd_limits_look(struct smtpd *s, enum smtpd_limit what)
{
    return check(s, what, true);
}

void smtpd_limits_disconnect(struct smtpd *s)
{
    if (s->counted)
        anvil_disconnect();
    s->counted = false;
}

void smtpd_limits_done(void)
{
    if (counting)
        anvil_done();
}
