/* qmgr_int.h - what the files of the queue manager share
 *
 *   item       a message we know of: id, place, when to try again. 64 bytes; all that a deferred message costs
 *   message    an item that is being delivered: open file, envelope, recipients of the present page
 *   transport  a line of master.cf, with its connections to agents
 *   dest       a next hop of a transport: how many deliveries at once, dead or alive
 *   peer       recipients of one message that wait for one dest
 *   request    recipients of one peer that an agent works on
 */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_QMGR_INT_H
#define DAEMON_QMGR_INT_H

#include "base/base.h"
#include "base/htab.h"
#include "base/loop.h"
#include "base/why.h"
#include "deliver/deliver.h"
#include "deliver/inside.h"
#include "deliver/notice.h"
#include "net/frame_part.h"
#include "queue/qfile.h"

struct message;
struct transport;
struct request;
struct conn;

/* --- qmgr_item.c --- */

enum item_place { IN_INCOMING, IN_DEFERRED };

struct item {
    struct item *chain;       /* next in its hash bucket */
    struct item *next;        /* next that waits to become active */
    struct message *msg;      /* when active */
    int64_t due;              /* seconds since boot */
    uint32_t slot;            /* position in the heap + 1; 0 = not in it */
    uint8_t place;            /* enum item_place */
    bool waiting;             /* in the list of those that wait */
    bool flush;               /* somebody asked for this attempt: dead destinations are tried again */
    bool scanned;             /* found by looking, not announced: its content is verified */
    char id[];
};

struct item *item_find(const char *id);
struct item *item_new(const char *id, enum item_place place);
void item_free(struct item *it);
size_t item_count(void);
/* Every item once; start with *at = 0 and *it = NULL. */
bool item_each(size_t *at, struct item **it);
/* Next attempt; replaces an earlier time. */
void item_set_due(struct item *it, int64_t due);
/* The earliest; NULL when none is timed. */
struct item *item_first(void);
void item_untime(struct item *it);
/* Waiting for room in memory, first come first served. */
void item_wait(struct item *it);
struct item *item_unwait(void);

/* --- qmgr_retry.c: when to try again --- */

const char *place_dir(enum item_place place);
/* Attempts are made at ages that depend on nothing but the age (min, 2 min, 4 min ... then every max), rounded up to
 * queue_run_delay, so that a restart needs no memory of them. */
int64_t retry_after_attempt(int64_t age, int64_t now);
int64_t retry_after_start(const char *id, int64_t now);
/* Seconds until something is due, or -1. */
int64_t retry_next(int64_t now);

/* --- qmgr_message.c --- */

struct outcome {
    enum deliver_outcome what;
    char dsn[12];
    char relayed, diag_type;
    const char *remote_mta, *relay; /* in text, or NULL */
    char text[];
};

struct rcpt {
    struct rcpt *next;
    struct outcome *outcome;
    struct transport *counted; /* in its in_memory */
    uint32_t index, offset;   /* in the queue file */
    uint8_t notify;
    uint16_t orig, orcpt;     /* where in text */
    char text[];              /* address, original, ORCPT */
};

struct rcpts {
    struct rcpt *first, *last;
    size_t n;
};

enum step { STEP_EXPIRE, STEP_FAILURE, STEP_SUCCESS, STEP_DELAY, STEP_STATUS, STEP_NEXT_PAGE, STEP_END };

struct peer {
    struct message *msg;
    struct dest *dest;
    struct rcpts todo;
    struct peer *next;        /* in the dest's turn list */
    struct peer *of_msg;      /* of the same message */
    size_t busy;              /* requests */
    uint8_t lost;             /* agents that died without a word */
    bool listed;
};

struct message {
    struct item *item;
    struct qfile *q;
    struct peer *peers;
    struct rcpts failed, deferred, told;
    size_t total;             /* recipients in the file */
    size_t next_rcpt;         /* first one that is not in memory yet */
    size_t open;              /* recipients without an outcome; loading counts as one */
    size_t freed;             /* recipients that left memory since the last loading */
    int64_t loaded;           /* clock_ms of it */
    int64_t queued_ms;        /* before we took it */
    int64_t taken;            /* clock_ms when we did */
    int slot;                 /* QSLOT_NONE: an ordinary file, or one by now */
    enum step step;
    bool first;               /* first attempt: the file is in incoming */
    bool flush;
    bool stay;                /* some recipient must be tried again */
    bool expired;
    bool last_try;
    const struct transport *routed; /* of the recipient loaded last */
    bool trace;               /* agents tell how they succeeded */
    bool delay_told;
    bool redirected;          /* the one recipient that stands for all has been taken */
    struct notice notice;     /* being asked for */
};

extern size_t active_messages, active_deferred, active_probes;
void message_start(struct item *it);
/* Mail taken up before (clock_ms) that is still in a slot becomes an ordinary file. */
void message_leave_slots(int64_t taken_before);
/* Goes on when no recipient of the page is left without an outcome. */
void message_check(struct message *m);
/* The notice that was asked for is durable (OK) or could not be made. */
void message_notice_done(struct message *m, enum result r);

/* --- qmgr_load.c --- */

enum { PAGE_BATCH = 64 }; /* recipients that are read at once */

/* The recipients that follow in the file, as many as there is room for; some may have their outcome on return. */
void message_load(struct message *m);
/* Recipients that were delivered make room for those that follow in the file. */
void message_refill(struct message *m);

/* --- qmgr_rcpt.c --- */

extern size_t rcpts_in_memory;
/* index: its number in the file; addr: where it goes, which may differ from what the file has. */
struct rcpt *rcpt_new(const struct qfile_rcpt *q, uint32_t index, struct str addr);
void rcpt_free(struct rcpt *r);
void rcpt_fill(const struct rcpt *r, struct qfile_rcpt *out);
void rcpts_add(struct rcpts *l, struct rcpt *r);
struct rcpt *rcpts_take(struct rcpts *l);
void rcpts_free(struct rcpts *l);
void rcpts_move(struct rcpts *to, struct rcpts *from);
/* A recipient has its outcome: what, and for DELIVER_SENT the why only when somebody wants to know. */
void rcpt_settle(struct message *m, struct rcpt *r, const struct delivery_rcpt *how);
/* An alias that was expanded on arrival: its sender wants to know. */
void rcpt_expanded(struct message *m, const struct qfile_rcpt *q);
bool message_verp(const struct message *m);            /* each recipient sees a sender that names it */
bool message_verify_only(const struct message *m);     /* sendmail -bv */
bool message_is_probe(const struct message *m);        /* the verify service wants to know, and that is all */
bool message_delay_cleared(const struct message *m);   /* the sender has been told that this is late */
unsigned message_deliver_flags(const struct message *m);

/* --- qmgr_transport.c --- */

enum { CLASS_SMALL, CLASS_BULK, CLASSES };

struct turn {                 /* dests of one class that may be served, in turn */
    struct dest *first, *last;
};

struct transport {
    struct transport *next_dirty;
    bool dirty;
    char *name, *log_tag;     /* tag: for error, retry, discard */
    enum inside inside;
    int max_conns;            /* 0 = no limit */
    int conns;
    struct conn *idle;        /* least recently used first */
    struct conn *idle_last;
    struct htab *dests;
    struct turn turn[CLASSES];
    int64_t slots;            /* earned by bulk deliveries and not used yet, in hundredths */
    int64_t concurrency_limit, rcpt_limit, initial, cohort_limit, rate_delay, transport_rate_delay, slot_cost,
        slot_minimum;
    int64_t slot_price;       /* of one overtaking, in hundredths of a recipient */
    int64_t slot_loan;
    int64_t memory_limit, memory_extra; /* recipients in memory, of bulk messages; more of others */
    int64_t refill_limit, refill_delay; /* more are loaded when so many have gone, or after so many seconds */
    int64_t in_memory;
    int64_t positive, negative;      /* feedback in millionths */
    char positive_per, negative_per; /* 0, 'c' concurrency, 's' its square root */
    bool deferred_by_config;
    bool dead, resting;       /* unavailable; between two deliveries (transport_rate_delay) */
    struct why why;           /* of being dead */
    struct loop_timer timer;
};

struct dest {
    struct transport *t;
    char *name, *nexthop;     /* name: with the recipient when the limit is one recipient */
    struct peer *first[CLASSES], *last[CLASSES];
    struct dest *next_turn[CLASSES];
    bool in_turn[CLASSES];
    struct peer *assembling;  /* peer of the message being loaded */
    size_t peers;             /* that point here, also those of messages that wait for a notice */
    int64_t window, busy;
    int64_t success, failure, cohorts; /* millionths */
    bool dead, resting;
    struct why why;
    struct loop_timer timer;
    struct conn *idle;        /* idle connections that were here last */
    size_t idle_n;
};

void transports_init(void);
struct transport *transport_get(const char *name);
struct dest *dest_get(struct transport *t, struct str nexthop, struct str rcpt);
/* Frees it when nothing needs it any more. */
void dest_release(struct dest *d);
bool dest_open(const struct dest *d);
void dest_feedback(struct dest *d, bool failed, const struct why *why);
void dest_revive(struct dest *d);
void transport_kill(struct transport *t, const struct why *why);
void transport_revive(struct transport *t);
/* No delivery for transport_rate_delay. */
void transport_rest(struct transport *t);
void transports_revive_all(void);
/* The dest for which measure is largest, and that number; NULL when there is none. */
const struct dest *transports_worst(size_t (*measure)(const struct dest *d), size_t *most);
/* "delivery temporarily suspended: ..." */
void why_suspended(struct why *out, const struct why *why);

/* --- qmgr_sched.c --- */

/* Gives a recipient to its destination; it may have its outcome when this returns. */
void sched_add(struct message *m, struct rcpt *r, struct transport *t, struct str nexthop);
void sched_dest_ready(struct dest *d);
void sched_dirty(struct transport *t);
/* Everything that can start now is started. */
void sched_run(void);
/* Everything that waits for this dest gets the outcome deferred. */
void sched_defer_dest(struct dest *d, const struct why *why);
void sched_defer_transport(struct transport *t, const struct why *why);
/* Is the message one that others may overtake? */
bool sched_is_bulk(const struct message *m, const struct transport *t);
/* Warns of the destination that fills the active queue, now and then. */
void sched_warn_clogged(size_t limit);
/* A request has ended: outcomes in how (NULL: none came), how many recipients may be in doubt. */
void sched_request_done(struct request *rq, struct delivery_rcpt *how, bool lost);
void peer_release(struct peer *p);

struct request {
    struct peer *peer;
    struct rcpts rcpts;
};

/* --- qmgr_agent.c --- */

extern int requests_open;
/* Hands the request to an idle or a new agent: OK; AGAIN: none to be had now; TEMP with why: the transport is broken.
 */
enum result agent_send(struct transport *t, struct request *rq, struct why *why) MUST;
bool agent_available(const struct transport *t);

/* A connection to private/NAME without waiting: -1 with errno (EAGAIN: master is busy). */
int agent_connect(const char *name);

/* --- qmgr_inside.c: error, retry, discard --- */

/* The address itself is at fault, or could not be resolved. */
void inside_fail(struct message *m, struct rcpt *r, enum result result, const struct why *why);
/* status=sent without a delivery, under our own name. */
void inside_discard(struct message *m, struct rcpt *r, const char *text);
void inside_deliver(struct message *m, struct rcpt *r, const struct transport *t, struct str nexthop);
/* One delivery line and outcome on behalf of the retry service. */
void inside_defer(struct message *m, struct rcpt *r, const struct transport *t, const struct why *why);

/* --- qmgr_notice.c --- */

/* Asks the bounce service for m->notice; message_notice_done follows, never at once. */
void notice_ask(struct message *m);
bool notices_open(void);

#endif
