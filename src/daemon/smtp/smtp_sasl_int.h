/* smtp_sasl_int.h - a SASL mechanism, shared by smtp_sasl.c and smtp_scram.c */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTP_SASL_INT_H
#define DAEMON_SMTP_SASL_INT_H

#include "daemon/smtp/smtp_int.h"

enum { SCRAM_DONE = 3 }; /* steps until both sides have proved themselves */

struct smtp_sasl_mech {
    const char *name;
    unsigned fails;      /* SASL_NO* options that rule it out */
    enum crypto_hash hash;
    enum result (*first)(struct smtp_sasl *s, struct buf *out);
    enum result (*next)(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason);
    bool proves_server;  /* not complete before the server has */
};

enum result smtp_sasl_no_first(struct smtp_sasl *s, struct buf *out) MUST;
enum result smtp_cram_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason) MUST;
enum result smtp_scram_first(struct smtp_sasl *s, struct buf *out) MUST;
enum result smtp_scram_next(struct smtp_sasl *s, struct str challenge, struct buf *out, const char **reason) MUST;

#endif
