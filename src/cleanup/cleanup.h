/* cleanup.h - accepting one message: rewrite, complete, expand, queue
 *
 * A library in the receiving process (smtpd, pickup, bounce, local's
 * forwarding). Tables are opened by cleanup_init(), before the jail. One struct
 * per message; after any outcome it is gone as a whole.
 */
/* SPDX-License-Identifier: ISC */
#ifndef CLEANUP_CLEANUP_H
#define CLEANUP_CLEANUP_H

#include "base/base.h"
#include "base/why.h"
#include "queue/qfile.h"
#include "route/rewrite.h"

enum cleanup_flag {
    CLEANUP_EXTRACT = 1, /* sendmail -t: recipients from headers as well */
    CLEANUP_NOTICE = 2, /* ours: no bcc, no checks, no milters */
    CLEANUP_HOLD = 4,
    /* receive_override_options: no_header_body_checks, and the parts of no_address_mappings */
    CLEANUP_NO_CHECKS = 8,
    CLEANUP_NO_REWRITE = 16, /* canonical tables and masquerading */
    CLEANUP_NO_EXPAND = 32,
    CLEANUP_NO_BCC = 64,
    CLEANUP_MISSING_HEADERS = 128, /* add From, Date, Message-Id, To (local clients, always_add_missing_headers) */
    CLEANUP_DISCARD = 256,
    CLEANUP_FILTER = 512, /* non_smtpd_milters look at it */
    CLEANUP_CAN_WAIT = 1024, /* for the delivery, a moment (queue/handover.h) */
};

struct cleanup;
struct milters;

void cleanup_init(void);
/* env: sender, flags, client_* and the like; text is copied. context for headers and envelope. */
struct cleanup *cleanup_new(const struct qfile_env *env, enum rewrite_context ctx, unsigned flags,
                            struct why *why) MUST;
const char *cleanup_id(const struct cleanup *c); /* queue id, for the log; known from cleanup_new on */
void cleanup_full_name(struct cleanup *c, const char *name); /* for a missing From: */
/* Adds one recipient (internal form). OK, or TEMP/PERM with why. */
enum result cleanup_rcpt(struct cleanup *c, const char *addr, const char *orcpt, unsigned notify, struct why *why) MUST;
/* What the next recipients were before somebody expanded them; NULL = nothing else. The text must stay. */
void cleanup_original(struct cleanup *c, const char *orig);
void cleanup_add_flags(struct cleanup *c, unsigned flags);
void cleanup_set_filter(struct cleanup *c, const char *filter);
void cleanup_set_redirect(struct cleanup *c, const char *addr);
/* Filters of the session that see the content; they stay the caller's. After cleanup_end has failed,
 * *refused tells whether it was they who did: milters_reply() is then the answer to give. */
void cleanup_set_milters(struct cleanup *c, struct milters *ms, bool *refused);
/* One header, continuation lines after LF or CRLF; before the first cleanup_data(), in order. */
void cleanup_prepend(struct cleanup *c, const char *header_line);
/* Headers of our own are complete: what comes now is the sender's, which may begin with "From " of a mailbox file, or
 * with text. */
void cleanup_text_begins(struct cleanup *c);
/* More QF_* flags, learnt from the content. */
void cleanup_note(struct cleanup *c, unsigned qfile_flags);
/* Content in wire form, cut anywhere; a final ".CRLF" is taken off here, however it is cut. Headers first; Received: is
 * the caller's (cleanup_prepend, or in front of the data). Errors are sticky until end. */
void cleanup_data(struct cleanup *c, const char *p, size_t n);
bool cleanup_failed(const struct cleanup *c); /* further data is only counted */
/* Makes it durable, or sees it delivered. OK: id (QUEUE_ID_MAX bytes) is set and the queue manager has been told.
 * TEMP/PERM with why (5.3.4 size, 5.4.0 too many hops, 4.3.0 queue file write error ...). Frees c. size is not needed:
 * what was written is counted here. */
enum result cleanup_end(struct cleanup *c, int64_t size, char *id, struct why *why) MUST;
void cleanup_abort(struct cleanup *c); /* frees c, removes the file */
/* A short message of our own: header and text in wire form; Received: and what else is missing is added.
 * flags: QF_* */
enum result cleanup_post(const char *sender, const char *rcpt, unsigned flags, struct str text, char *id,
                         struct why *why) MUST;

#endif
