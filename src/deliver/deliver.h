/* deliver.h - between the queue manager and a delivery agent
 *
 * The queue manager keeps a connection to an agent process and sends one
 * request at a time, with the open queue file; the agent delivers, marks each
 * recipient in the file right after the other side took it, logs the line of
 * log_formats section 3, and answers. An agent that dies loses nothing: unmarked
 * recipients are tried again.
 */
/* SPDX-License-Identifier: ISC */
#ifndef DELIVER_DELIVER_H
#define DELIVER_DELIVER_H

#include "base/base.h"
#include "base/why.h"
#include "queue/qfile.h"

struct service;

enum deliver_outcome { DELIVER_PENDING, DELIVER_SENT, DELIVER_DEFERRED, DELIVER_BOUNCED };

enum deliver_flag {
    DELIVER_TRACE = 1,      /* record success too (DSN SUCCESS, sendmail -v) */
    DELIVER_PROBE = 2,      /* sendmail -bv: everything but the delivery */
    DELIVER_LAST_TRY = 4,   /* expired: whatever is deferred will be bounced */
};

struct delivery_rcpt {
    struct qfile_rcpt r;
    enum deliver_outcome outcome;
    struct why why;         /* of the outcome */
    char relayed;           /* 'd' delivered, 'r' relayed, 'e' expanded: Action of a success notice; 'p' passed on to a
                             * server that sends such notices itself: none is due from us */
    const char *remote_mta; /* for notices, or NULL */
    const char *relay;      /* the same: where deliver_reports() says so */
    char diag_type;         /* 's' smtp, 'u' x-unix, 'P' X-Postfix */
    struct deliver_part *parts, *last_part; /* what it turned into, see deliver_part() */
};

/* One delivery of several that a recipient turned into: members of an alias, files, commands. Each has its own line in
 * the log and its own place in a notice; the recipient is done when all are. */
struct deliver_part {
    struct deliver_part *next;
    struct delivery_rcpt how; /* r.addr is the member; r.orig and r.orcpt are the recipient's, r.offset is 0 */
    char text[];
};

enum { DELIVER_MAX_RCPTS = 1000 }; /* in one request; the queue manager pages */

struct delivery {
    const char *queue_id;
    int fd;                 /* the queue file, read-write */
    unsigned flags;         /* DELIVER_* */
    const struct qfile_env *env;
    const char *transport, *nexthop;
    struct delivery_rcpt *rcpts;
    size_t n;
    int64_t queued_ms, picked_ms; /* for delays=a/b: time before the queue manager took it, time in it */
    int64_t began, connected;     /* clock_ms; agent: set connected when the session is up (delays c/d) */
    int conn_use;           /* agent: this many messages through the session, logged from 2 on */
    const char *tls;        /* agent: "may", "verify" ... for tls=, or NULL */
    struct why dest_why;    /* set when the whole destination failed (connection, greeting): counts against its
                             * concurrency */
    bool dest_failed;
    struct deliver_text *kept; /* see deliver_keep */
    size_t parts;           /* queue manager: received so far */
};

/* Opens the delivery status filter of this program: before the jail. Also for the queue manager, which logs what it
 * decides itself. */
void deliver_init(const char *program);

/* Agent side: serves requests on fd until it closes, the process should end (service_stopping, a table has changed) or
 * nothing came for max_idle. Called from service_daemon.serve. The queue manager gives a request to another agent
 * when the connection ends before the first byte of a reply: nothing was tried. */
void deliver_serve(struct service *s, int fd, void (*handle)(struct service *s, struct delivery *d));
/* idle callback for agents that keep something open between requests (a cached SMTP session): called when no
 * request came for ms, and when deliver_serve returns. Set before deliver_serve; NULL = none. */
void deliver_on_idle(int ms, void (*idle)(struct service *s));

/* Outcome of one recipient: marks the file when sent, logs. relay "host[ip]:port", "local", "none". Soft bounce,
 * delivery status filter are applied here. Deferred and bounced ones are not marked: the queue manager's business. */
void deliver_sent(struct delivery *d, struct delivery_rcpt *r, const char *relay, const char *dsn, const char *fmt,
                  ...) PRINTF(5, 6);
void deliver_failed(struct delivery *d, struct delivery_rcpt *r, const char *relay, enum result result,
                    const struct why *why);
/* The first half of deliver_sent, for a process that delivers in the agent's place: the agent may die, and nothing can
 * happen between the delivery and the mark but the end of that process. r.offset says where; 0: nowhere. */
void deliver_mark(const struct delivery *d, const struct delivery_rcpt *r);
/* For the agent itself where several recipients were taken at once: all marks come before the first line of the log.
 * deliver_sent follows. */
void deliver_mark_now(const struct delivery *d, struct delivery_rcpt *r);
/* For all that are still DELIVER_PENDING. */
void deliver_failed_all(struct delivery *d, const char *relay, enum result result, const struct why *why);
/* Will a success of this recipient be reported to somebody, so that its text and remote_mta matter? */
bool deliver_reports(const struct delivery *d, const struct delivery_rcpt *r);
/* "delays=a/b/c/d" style number. */
void deliver_format_delay(char out[32], int64_t ms);
/* Another part of r, to be given to deliver_sent or deliver_failed. */
struct delivery_rcpt *deliver_part(struct delivery_rcpt *r, const char *addr, unsigned notify);
/* What the outcomes of its parts mean for r: one that can be tried again has the whole recipient tried again. Marks it
 * in the queue file when everything is done. */
void deliver_parts_done(struct delivery *d, struct delivery_rcpt *r);
/* NULL for "". */
const char *deliver_or_null(const char *text);
/* A copy of text that lives until the reply has been sent, e.g. for remote_mta. */
const char *deliver_keep(struct delivery *d, const char *text);
/* Frees what deliver_keep copied; deliver_serve does it. */
void deliver_done(struct delivery *d);
/* Frees the recipients with their parts; deliver_serve does it. */
void deliver_free_rcpts(struct delivery_rcpt *rcpts, size_t n);

/* Queue manager side (records shared with the agent's). */
struct frame;
/* Builds the request, ready for frame_send. f->fd is d->fd and stays the caller's: f->fd = -1 after sending. */
void deliver_put_request(struct frame *f, const struct delivery *d);
/* Reads a received reply frame into d: OK: it was the last one; AGAIN: receive another; TEMP: malformed, do not
 * trust this agent. Recipients that are still DELIVER_PENDING after the last one were not tried. remote_mta and relay
 * are views into f. The text of why is only sent for failures and where deliver_reports() says so. */
enum result deliver_get_reply(struct frame *f, struct delivery *d) MUST;
/* Agent side of the same records: request into d and env; d->rcpts is allocated. */
enum result deliver_get_request(struct frame *f, struct delivery *d, struct qfile_env *env) MUST;
/* Sends the outcomes, in several frames when one would be large; f is a buffer to work in. TEMP with errno. */
enum result deliver_send_reply(int fd, struct frame *f, const struct delivery *d) MUST;

#endif
