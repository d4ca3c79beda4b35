/* smtpd_sasl.h - who checks logins: Dovecot's auth server, or a table of users */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_SASL_H
#define DAEMON_SMTPD_SMTPD_SASL_H

#include "base/base.h"
#include "base/buf.h"

enum sasl_flag {
    MECH_PLAINTEXT = 1, MECH_ANONYMOUS = 2, MECH_DICTIONARY = 4, MECH_ACTIVE = 8, MECH_FORWARD_SECRECY = 16,
    MECH_MUTUAL_AUTH = 32, MECH_PRIVATE = 64,
};

struct sasl_mech {
    char name[32];
    unsigned flags;
};

struct sasl_request {
    const char *mech, *service, *local_ip, *remote_ip;
    bool secured;
    struct str initial;        /* base64; p NULL = none, "" = empty response */
};

struct smtpd_sasl {
    const char *type;          /* smtpd_sasl_type */
    /* Before the jail. path is smtpd_sasl_path. */
    void (*init)(const char *path);
    /* Mechanisms to offer; TEMP when that cannot be told (logged). */
    enum result (*mechanisms)(const struct sasl_mech **list, size_t *n);
    /* AGAIN: out has the challenge (base64). OK: user is who it is. PERM: refused, out has the reason or is empty, user
     * may be known. TEMP: no answer; out has the reason or is empty. */
    enum result (*begin)(const struct sasl_request *q, struct buf *out, struct buf *user);
    enum result (*more)(struct str response, struct buf *out, struct buf *user);
    /* The conversation is over, whatever came of it. */
    void (*end)(void);
};

extern const struct smtpd_sasl smtpd_sasl_dovecot, smtpd_sasl_users;

#endif
