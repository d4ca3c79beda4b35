/* smtpd_dovecot.h - a login server that speaks Dovecot's auth protocol, version 1 */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_DOVECOT_H
#define DAEMON_SMTPD_SMTPD_DOVECOT_H

#include "base/base.h"
#include "base/buf.h"

enum dovecot_flag {
    MECH_PLAINTEXT = 1, MECH_ANONYMOUS = 2, MECH_DICTIONARY = 4, MECH_ACTIVE = 8, MECH_FORWARD_SECRECY = 16,
    MECH_MUTUAL_AUTH = 32, MECH_PRIVATE = 64,
};

struct dovecot_mech {
    char name[32];
    unsigned flags;
};

struct dovecot_request {
    const char *mech, *service, *local_ip, *remote_ip;
    bool secured;
    struct str initial;        /* base64; p NULL = none, "" = empty response */
};

/* path: "unix:path", "inet:host:port", or a plain path. */
void smtpd_dovecot_init(const char *path);
/* Mechanisms the server offers; TEMP when it cannot be reached (logged). Kept while the connection lives. */
enum result smtpd_dovecot_mechanisms(const struct dovecot_mech **list, size_t *n) MUST;
/* AGAIN: out has the challenge (base64). OK: out has the user. PERM: refused, out has the reason or is empty, user may
 * be known. TEMP: no answer. */
enum result smtpd_dovecot_begin(const struct dovecot_request *q, struct buf *out, struct buf *user) MUST;
enum result smtpd_dovecot_continue(struct str response, struct buf *out, struct buf *user) MUST;

#endif
