/* qfile.h - one message, one file
 *
 * Written in one pass and synced once. Layout (all numbers little endian):
 *   head      fixed size, written last for large messages, with it for small ones:
 *             magic, version, offsets and lengths of content and envelope, their
 *             CRC-32s, flags that may change in place (see QF_*), CRC of the head
 *   content   wire form: CRLF, dot-stuffed, final ".CRLF"
 *   envelope  records: type byte, u32 length, data. Recipients begin with a state
 *             byte that is changed in place and left out of the CRC
 *   status    records appended at the first deferral: recipient number, reason
 * What follows is of no meaning: a slot (qslot.h) may have held longer mail before.
 * A file whose head, lengths or CRCs do not match was never acknowledged (or is
 * damaged) and is never delivered.
 */
/* SPDX-License-Identifier: ISC */
#ifndef QUEUE_QFILE_H
#define QUEUE_QFILE_H

#include <sys/time.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/why.h"

enum { QUEUE_ID_MAX = 40 };

enum qfile_flag {          /* fixed when written */
    QF_BODY_8BIT = 1,      /* MAIL BODY=8BITMIME or 8-bit data seen */
    QF_SMTPUTF8 = 2,       /* the client asked for it */
    QF_UTF8_ADDR = 4,      /* envelope or headers need it */
    QF_LONG_LINES = 8,     /* a line over 998 bytes: the client must split */
    QF_LOCAL_ORIGIN = 16,  /* sendmail, not the network */
    QF_NOTICE = 32,        /* made by bounce */
    QF_VERIFY = 64,        /* sendmail -bv, or -v: report only / also */
    QF_VERBOSE = 128,
    QF_PROBE = 256,
    QF_REQUIRETLS = 512,   /* the sender insists on TLS all the way (RFC 8689) */
    QF_TLS_OPTIONAL = 1024, /* TLS-Required: no */
    QF_EXPANDED = 2048,    /* some recipient is RCPT_EXPANDED */
};

/* Done from the beginning: an alias whose members follow, kept for the report that its sender has asked for. */
enum { RCPT_EXPANDED = 16 };

struct qfile_rcpt {
    const char *addr;      /* internal form, as it will be delivered */
    const char *orig;      /* before rewriting */
    const char *orcpt;     /* DSN "rfc822;xtext-decoded", or "" */
    unsigned notify;       /* DSN_NOTIFY_*, 0 = default; RCPT_EXPANDED */
    uint32_t offset;       /* of its state byte in the file; filled by reading */
    bool done;             /* filled by reading */
};

struct qfile_env {
    struct timeval arrival;
    int64_t size;          /* bytes with CRLF line ends, without stuffing: SIZE (RFC 1870), and what Postfix logs */
    unsigned flags;        /* QF_* */
    const char *sender;    /* internal; "" = null sender */
    const char *envid;
    unsigned ret;          /* DSN_RET_* */
    const char *verp;      /* delimiters, or "" */
    const char *filter;    /* content filter "transport:destination", or "" */
    const char *redirect;
    const char *message_id; /* with <>, for notices; may be "" */
    /* where it came from, for logs, XFORWARD and pipe macros */
    const char *client_name, *client_addr, *client_port, *client_helo, *client_proto;
    const char *sasl_method, *sasl_user, *sasl_sender, *ident;
    const char *rewrite_context; /* "local" or "remote" */
    int64_t content_offset, content_len; /* filled by writing and reading */
    uint32_t boot;         /* which boot of this machine wrote it, 0 = unknown; filled by writing and reading */
    int64_t boot_ms;       /* and when, since that boot */
};

/* Writing. The file appears in dir ("incoming", "hold") at once, or in a slot (qslot.h), but counts only after
 * commit. */
struct qfile_writer;
/* queue directory is the current directory. Chooses the id. NULL with errno and why set. */
struct qfile_writer *qfile_create(const char *dir, struct why *why) MUST;
const char *qfile_id(const struct qfile_writer *w);
/* Content in wire form, in order; the final ".CRLF" is the writer's business, not the caller's. Errors are sticky. */
void qfile_write(struct qfile_writer *w, const void *p, size_t n);
int64_t qfile_bytes(const struct qfile_writer *w);
/* Content written so far, for who wants to see or change it before commit (mail filters): at most n bytes from offset
 * at. Fewer only at the end, or after a failure, which sticks to the writer. */
size_t qfile_read_back(struct qfile_writer *w, void *p, size_t n, int64_t at);
/* Begins the content anew. What was written so far can still be read, until qfile_old_free. */
struct qfile_old;
struct qfile_old *qfile_restart(struct qfile_writer *w) MUST;
size_t qfile_old_read(struct qfile_writer *w, const struct qfile_old *old, void *p, size_t n, int64_t at);
void qfile_old_free(struct qfile_old *old);
/* A file without a name on the queue's file system: it is gone with its descriptor. id is the message's. -1 with errno.
 */
int qfile_scratch(const char *id);
/* Envelope, and the message exists. moves: hold it instead of incoming. OK, or TEMP with why, which frees w. Then
 * qfile_sync; or qfile_offer and, when that is true, qfile_settle. */
enum result qfile_put(struct qfile_writer *w, const struct qfile_env *env, const struct qfile_rcpt *rcpts, size_t n,
                      const char *final_dir, struct why *why) MUST;
/* The message is durable: OK, or TEMP with why. Frees w. */
enum result qfile_sync(struct qfile_writer *w, struct why *why) MUST;
/* From now on the queue manager may deliver it. False: better not. */
bool qfile_offer(struct qfile_writer *w) MUST;
/* Waits a moment for that, and syncs what is still there. As qfile_sync; when the sync fails, waits some seconds more
 * for what is under way. */
enum result qfile_settle(struct qfile_writer *w, struct why *why) MUST;
/* qfile_put and qfile_sync. */
enum result qfile_commit(struct qfile_writer *w, const struct qfile_env *env, const struct qfile_rcpt *rcpts, size_t n,
                         const char *final_dir, struct why *why) MUST;
void qfile_abort(struct qfile_writer *w); /* removes the file */
/* Is the writer of a file that was never committed certainly gone? Only files too long for the write buffer can tell.
 */
bool qfile_abandoned(const char *path);

/* Reading. */
struct qfile;
/* OK; NONE: no such file; AGAIN: never committed, its writer may be alive; PERM: damaged; TEMP with errno.
 * check_content verifies the content's CRC as well. */
enum result qfile_open(const char *dir, const char *id, bool for_write, bool check_content, struct qfile **out) MUST;
enum result qfile_open_fd(int fd, struct qfile **out) MUST; /* takes fd over in every case */
void qfile_close(struct qfile *q);
int qfile_fd(const struct qfile *q);
/* The slot it was found in (qslot.h), or -1. */
int qfile_slot(const struct qfile *q);
const struct qfile_env *qfile_env(const struct qfile *q); /* valid until close */
size_t qfile_rcpt_count(const struct qfile *q);
/* Pages recipients: fills at most n from index first, in file order; the text lives until the next call. Returns how
 * many: fewer than n at the end or when their text is long (ask again from there); 0 at the end or on a read error. */
size_t qfile_rcpts(struct qfile *q, size_t first, struct qfile_rcpt *out, size_t n);

/* Gives memory for paging recipients back; they can still be paged again. */
void qfile_trim(struct qfile *q);

/* Seconds since arrival. Within one boot the monotonic clock tells, so setting the date neither ages nor rejuvenates
 * mail. For mail of an earlier boot whose date cannot be right: at least the time since this boot. */
int64_t qfile_age(const struct qfile_env *env);
int64_t qfile_age_ms(const struct qfile_env *env);
/* The same from a queue id alone, roughly; -1 when the id does not tell. */
int64_t qfile_age_of_id(const char *id);
/* Seconds since boot, suspended ones too. */
int64_t qfile_uptime(void);

/* In place, no sync. */
enum result qfile_mark_done(int fd, uint32_t offset) MUST;
enum qfile_mark { QMARK_DELAY_WARNED = 1, QMARK_EXPIRE_NOW = 2, QMARK_FLUSHED = 4, QMARK_SPENT = 8 };
enum result qfile_set_mark(int fd, unsigned marks) MUST;
unsigned qfile_marks(const struct qfile *q);
/* Status of a deferred recipient: appended once, read by the listing. */
struct qfile_status { uint32_t rcpt; int64_t when; struct why why; };
enum result qfile_add_status(struct qfile *q, const struct qfile_status *list, size_t n) MUST;
/* Newest status of recipient number i: OK or NONE. */
enum result qfile_status(struct qfile *q, uint32_t rcpt, struct qfile_status *out) MUST;

#endif
