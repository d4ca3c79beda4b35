/* local_int.h - what the files of local share */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_LOCAL_INT_H
#define DAEMON_LOCAL_INT_H

#include <pwd.h>
#include <sys/types.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/htab.h"
#include "base/why.h"
#include "deliver/deliver.h"

struct maps;

enum local_source { FROM_ALIAS, FROM_FORWARD, FROM_INCLUDE };

struct local_tables {
    struct maps *aliases, *mailbox_transport, *mailbox_command, *fallback_transport;
};

struct identity {           /* as whom files are written and commands run */
    uid_t uid;
    gid_t gid;
    const char *user;       /* or NULL */
};

struct job {                /* one recipient of one message */
    struct delivery *d;
    struct delivery_rcpt *r;
    const struct local_tables *t;
    struct htab *seen;      /* every address, file and command that got its copy, or is in the making */
    const char *sender;     /* of forwarded mail: the original, or owner-alias */
    struct buf forward;     /* addresses for one new message, NUL-terminated each */
    size_t forwards;
    enum result worst;      /* OK, PERM, TEMP: what the recipient gets */
    struct why why;
    struct buf text;        /* what the log line says */
    int depth;
};

struct person {             /* the name being delivered to */
    const char *name;       /* localpart, extension and all */
    char *user, *ext;       /* split by recipient_delimiter; ext "" = none */
    const char *delimiter;  /* the one found, or "" */
    const char *domain;
    const struct passwd *pw; /* NULL: no such account */
    bool unsure;            /* whether there is one could not be found out */
    struct passwd account;  /* what pw points to */
    char *account_text;
    bool plain;             /* \name: no alias, no .forward */
};

/* local.c */
void local_note(struct job *j, enum result r, const struct why *why, const char *fmt, ...) PRINTF(4, 5);
void local_name(struct job *j, const char *localpart, const char *domain, bool plain);
void local_address(struct job *j, const char *address, bool plain); /* internal form */

/* local_expand.c: the right side of an alias, a .forward or an include file */
void local_expand(struct job *j, const char *text, enum local_source source, const struct identity *as,
                  const char *domain);

/* local_forward.c */
/* OK: the file decided; NONE: there is none; TEMP with why. */
enum result local_dot_forward(struct job *j, const struct person *p);
/* Queues one new message for all addresses collected. */
void local_resubmit(struct job *j);

/* local_mailbox.c */
void local_mailbox(struct job *j, const struct person *p);
void local_file(struct job *j, const char *path, const struct identity *as);
void local_command(struct job *j, const char *text, const struct identity *as, const struct person *p);
/* $user, $home and the like in text: NULL and a note when it cannot be expanded. The caller frees. */
char *local_text(struct job *j, const char *text, const struct person *p, const char *filter, const char *param);

#endif
