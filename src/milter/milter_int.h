/* milter_int.h - what the files of the Milter client share */
/* SPDX-License-Identifier: ISC */
#ifndef MILTER_MILTER_INT_H
#define MILTER_MILTER_INT_H

#include "base/buf.h"
#include "milter/milter.h"
#include "milter/milter_packet.h"
#include "net/stream.h"

enum milter_event { MEV_CONNECT, MEV_HELO, MEV_MAIL, MEV_RCPT, MEV_DATA, MEV_UNKNOWN, MEV_HEADER, MEV_EOH, MEV_BODY,
                    MEV_END, MEV_COUNT };

/* Sets of macros, numbered as the protocol does; the last is ours. */
enum milter_macro_set { MSET_CONNECT, MSET_HELO, MSET_MAIL, MSET_RCPT, MSET_DATA, MSET_END, MSET_EOH, MSET_UNKNOWN,
                        MSET_COUNT };

enum milter_on_error { MERR_ACCEPT, MERR_REJECT, MERR_TEMPFAIL, MERR_QUARANTINE, MERR_SHUTDOWN };

enum milter_state {
    MSTATE_CLOSED,
    MSTATE_READY,
    MSTATE_ACCEPTED,      /* the rest of the message is not its business */
    MSTATE_SESSION_OVER,  /* the rest of the session is not */
    MSTATE_REFUSED,       /* refused the client; reply says how */
    MSTATE_ERROR,
};

struct milter {
    struct milters *list;
    struct milter *next;
    /* from the configuration */
    char *endpoint;
    bool bad;                     /* the entry is not written well */
    int connect_ms, command_ms, content_ms;
    unsigned wanted_version;
    bool no_header_reply;
    enum milter_on_error on_error;
    /* of the connection */
    struct stream io;
    bool open;
    enum milter_state state;
    unsigned version;
    uint32_t protocol;
    char *symbols[MSET_COUNT];    /* macros it asked for, or NULL */
    enum milter_event skipped;    /* events of this kind are not wanted for now; MEV_COUNT = none */
    bool in_message;              /* MAIL was told, and the message has not ended */
    bool hold;
    struct buf reply;             /* of a refusal that stays */
};

struct milters {
    struct milter *first;
    const char *param;
    const char *program;          /* in whose name to log; NULL = this process's */
    const char *(*value)(const char *name, void *arg);
    void *arg;
    struct buf reply;             /* of the last refusal */
    struct buf out, in;           /* one packet each way */
};

/* milter_conf.c */
/* The members of the list; NULL when there are none. */
struct milter *milter_conf(struct milters *ms, const char *list);
const char *milter_conf_macros(enum milter_macro_set set);
/* milter_macro_defaults: OK; NONE. */
enum result milter_conf_default(const char *name, struct buf *value) MUST;

/* milter_filter.c */
/* Tells the filter, with the macros that belong to it, and waits for its answer where it gives one. */
enum milter_verdict milter_event(struct milter *f, enum milter_event ev, struct str data,
                                 bool (*edit)(const struct milter_edit *e, void *arg), void *arg);
/* Connects and negotiates. False: it has failed, which is logged; milter_failed() is the answer. */
bool milter_open(struct milter *f);
void milter_close(struct milter *f, bool polite);
/* What the default action says. */
enum milter_verdict milter_failed(struct milter *f);
void milter_abort(struct milter *f);

#endif
