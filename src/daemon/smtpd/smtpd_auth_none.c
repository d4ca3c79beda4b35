/* smtpd_auth_none.c - AUTH in a build without it
 *
 * Runs in: smtpd.  Parameters: smtpd_sasl_auth_enable.  Feature: absence of SMTPD_SASL.
 * Tests: the minimal configuration
 */
/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "daemon/smtpd/smtpd_int.h"
#include "param/param.h"

void smtpd_auth_init(void)
{
    if (par_smtpd_sasl_auth_enable())
        log_warn("smtpd_sasl_auth_enable: AUTH is not in this build (CONFIG_SMTPD_SASL)");
}

bool smtpd_auth_offered(struct smtpd *s)
{
    return false;
}

void smtpd_auth_mechanisms(struct smtpd *s, struct buf *out)
{
}

int smtpd_auth(struct smtpd *s, struct str rest)
{
    smtpd_reply(s, "503 5.5.1 Error: authentication not enabled");
    return -1;
}

void smtpd_auth_forget(struct smtpd *s)
{
}
