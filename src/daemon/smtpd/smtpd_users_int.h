/* smtpd_users_int.h - a login checked against the table of users, shared by its mechanisms */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_SMTPD_SMTPD_USERS_INT_H
#define DAEMON_SMTPD_SMTPD_USERS_INT_H

#include "daemon/smtpd/smtpd_sasl.h"
#include "net/password.h"
#include "net/sock.h"

enum { USERS_NAME = 255, USERS_MESSAGE = 1024 };

struct users_login {           /* one conversation */
    int step;
    char addr[SOCK_ADDR_TEXT]; /* of the client */
    struct buf user, entry;    /* entry: what the table has; empty when there is no such user */
    struct buf header, bare, first; /* SCRAM: gs2-header, client-first-message-bare, server-first-message */
    struct password_scram key; /* of the user, or made up */
    bool real;
};

/* Takes the name that a client gave: PERM when it cannot be one. */
enum result smtpd_users_name(struct users_login *l, struct str name) MUST;
/* Looks it up, after a pause when there was guessing: OK, also when there is no such user; TEMP: out says why. */
enum result smtpd_users_find(struct users_login *l, struct buf *out) MUST;
/* What to say of the outcome: OK, or PERM and out; it is remembered against guessing. */
enum result smtpd_users_verdict(struct users_login *l, bool good, struct buf *out) MUST;

/* smtpd_users_scram.c: the server's side of SCRAM-SHA-256; messages are not in base64. */
enum result smtpd_users_scram(struct users_login *l, struct str in, struct buf *out) MUST;

#endif
