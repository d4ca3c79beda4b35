/* smtpd_tls_none.c - what smtpd says of TLS in a build without it
 *
 * Runs in: smtpd.  Parameters: smtpd_tls_security_level.  Feature: absence of TLS.
 * Tests: the minimal configuration
 */
/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/log.h"
#include "daemon/smtpd/smtpd_int.h"
#include "param/param.h"

void smtpd_tls_init(void)
{
    const char *level = par_smtpd_tls_security_level();

    if (strcmp(level, "encrypt") == 0 || par_smtpd_enforce_tls() || par_smtpd_tls_wrappermode())
        log_fatal("smtpd_tls_security_level: TLS is not in this build (CONFIG_TLS)");
    if ((*level && strcmp(level, "none") != 0) || par_smtpd_use_tls())
        log_warn("smtpd_tls_security_level: TLS is not in this build (CONFIG_TLS)");
}

bool smtpd_tls_active(const struct smtpd *s)
{
    return false;
}

bool smtpd_tls_offered(const struct smtpd *s)
{
    return false;
}

bool smtpd_tls_required(void)
{
    return false;
}

enum result smtpd_tls_accept(struct smtpd *s)
{
    return TEMP;
}

int smtpd_starttls(struct smtpd *s, struct str rest)
{
    smtpd_reply(s, "502 5.5.1 Error: command not implemented");
    return -1;
}

void smtpd_tls_received(struct smtpd *s, struct buf *out)
{
}

enum result smtpd_tls_fingerprint(const struct smtpd *s, bool public_key, char *out, size_t cap)
{
    return PERM;
}

bool smtpd_tls_trusted(const struct smtpd *s)
{
    return false;
}

void smtpd_tls_policy(const struct smtpd *s, struct buf *b,
                      void (*attr)(struct buf *b, const char *name, const char *value))
{
    static const char *const empty[] = { "ccert_subject", "ccert_issuer", "ccert_fingerprint",
                                         "ccert_pubkey_fingerprint", "encryption_protocol", "encryption_cipher",
                                         "tls_sni" };

    for (size_t i = 0; i < ARRAY_LEN(empty); i++)
        attr(b, empty[i], "");
    attr(b, "encryption_keysize", "0");
}
