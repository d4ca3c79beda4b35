/* local_int.h - what the files of local share
 *
 *   job     one recipient of one message, until all that it turns into is done
 *   target  where the expansion stands: the address at hand and what its aliases and files have decided. Copied for
 *           each step deeper, so nothing has to be put back
 */
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
struct forward;

enum local_source { FROM_NOTHING, FROM_ALIAS, FROM_FORWARD, FROM_INCLUDE };
enum { LOCAL_DEPTH_MAX = 100 };

struct local_tables {
    struct maps *aliases, *mailbox_transport, *mailbox_command, *fallback_transport;
    unsigned extend;        /* 1 << enum local_source: propagate_unmatched_extensions */
    unsigned headers;       /* DELIVERED_TO_*: prepend_delivered_header */
};

enum { DELIVERED_TO_COMMAND = 1, DELIVERED_TO_FILE = 2, DELIVERED_TO_FORWARD = 4 };

struct identity {           /* as whom files are written and commands run; uid 0: nobody was chosen */
    uid_t uid;
    gid_t gid;
    const char *home, *shell; /* or NULL */
};

struct job {
    struct delivery *d;
    struct delivery_rcpt *r;
    const struct local_tables *t;
    struct htab *seen;      /* every address, file and command that got its copy, or is in the making */
    struct htab *passed;    /* addresses that this message has been delivered to: Delivered-To */
    struct forward *forwards; /* new messages */
};

struct target {
    const char *addr;       /* internal form */
    const char *local, *user, *domain; /* its parts, lower case; local with the extension */
    const char *ext;        /* or NULL */
    const char *delimiter;  /* the one found, or "" */
    const char *unmatched;  /* extension that goes on to what comes out, or NULL */
    const char *owner;      /* who answers for the expansion: other addresses in it become a new message; or NULL */
    const char *sender;     /* the original, or owner-alias */
    bool list;              /* the sender was replaced: nothing of the original recipient goes on */
    const char *delivered;  /* for Delivered-To; NULL before the first address */
    const char *exp_from;   /* the alias or user being expanded, or NULL */
    enum local_source source;
    bool relayed;           /* luser_relay made it: what is unknown now stays so */
    unsigned notify;        /* DSN_NOTIFY_* for what comes out */
    int level;
    struct identity as;
};

/* local.c */
/* A new part of the recipient for this target. */
struct delivery_rcpt *local_part(struct job *j, const struct target *t);
void local_sent(struct job *j, const struct target *t, const char *fmt, ...) PRINTF(3, 4);
void local_failed(struct job *j, const struct target *t, enum result r, const struct why *why);
void local_fail(struct job *j, const struct target *t, const char *dsn, const char *fmt, ...) PRINTF(4, 5);
/* "alias expanded", for the report of success (of a list: delivered), unless something must be tried again. */
void local_expanded(struct job *j, const struct target *t, const struct deliver_part *before, bool list);
/* NOTIFY for what an address is expanded to (RFC 3461 section 5.2.7.1). */
unsigned local_notify(unsigned notify);
/* True the first time. */
bool local_first_time(struct job *j, const char *fmt, ...) PRINTF(2, 3);
bool local_probe(const struct job *j);
/* A program asks whether an address is deliverable (verify): aliases and .forward are not expanded for it. */
bool local_asked(const struct job *j);
/* An address of an expansion, in internal form, a leading backslash included. */
void local_address(struct job *j, struct target t, const char *address);
/* Who t.as means: default_privs when nobody was chosen. */
struct identity local_rights(const struct target *t);

/* local_expand.c: the right side of an alias, a .forward or an include file. How many addresses there were. */
size_t local_expand_text(struct job *j, const struct target *t, struct str text);
/* Line by line: # at the start of a line is a comment. */
size_t local_expand_file(struct job *j, const struct target *t, struct str text);

/* local_forward.c */
/* OK: the file decided; NONE: there is none. */
enum result local_dot_forward(struct job *j, struct target t);
/* This address gets the message as a new one. */
void local_indirect(struct job *j, const struct target *t);
/* Queues the new messages, or gives them up because the recipient will be tried again. */
void local_forward_done(struct job *j, const struct target *t, bool give_up);

/* local_mailbox.c */
/* OK: decided; NONE: no such user. */
enum result local_mailbox(struct job *j, struct target t);
/* Another transport, if a table or a parameter names one for this user. */
bool local_other_transport(struct job *j, const struct target *t, struct maps *maps, const char *fixed);
void local_file(struct job *j, const struct target *t, const char *path);
void local_command(struct job *j, const struct target *t, const char *text);
/* $user, $home and the like in text: NULL when it has a syntax error, which is logged. filter may be NULL. whole, or
 * NULL: did every name without a condition stand for something? The caller frees. */
char *local_text(const struct target *t, const char *text, const char *filter, const char *param, bool *whole);
/* The account of this name: OK with a copy of its rights; NONE; TEMP: could not tell. */
enum result local_account(const char *user, struct identity *as) MUST;
struct identity local_identity(const struct passwd *pw);
void local_identity_done(struct identity *as);

#endif
