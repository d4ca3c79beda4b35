/* submit.h - local submission: what sendmail says to pickup, over a socket or through maildrop
 *
 * BEGIN, one RCPT per recipient, DATA with the text as it was given (LF or CRLF
 * line ends), END; pickup says READY as soon as it is there, and RESULT at the
 * end. The same records, from BEGIN to END, make a maildrop file.
 */
/* SPDX-License-Identifier: ISC */
#ifndef SERVICE_SUBMIT_H
#define SERVICE_SUBMIT_H

#include "base/base.h"
#include "base/why.h"
#include "net/frame.h"

enum submit_record {
    SUBMIT_READY = 1, /* u32 result; text reason */
    SUBMIT_BEGIN,     /* u32 flags; u32 ret; u32 qfile flags; text sender, full name, envid, verp */
    SUBMIT_RCPT,      /* text address, orcpt; u32 notify */
    SUBMIT_DATA,      /* bytes */
    SUBMIT_END,
    SUBMIT_RESULT,    /* u32 result; text dsn, text, queue id */
};

enum submit_flag {
    SUBMIT_EXTRACT = 1, /* -t */
    SUBMIT_REMOTE = 2,  /* -G: remote rewrite context */
};

enum { SUBMIT_CHUNK = 32 * 1024 };

struct submit_env {
    unsigned flags;       /* SUBMIT_* */
    unsigned ret;         /* DSN_RET_* */
    unsigned qfile_flags; /* QF_BODY_8BIT, QF_SMTPUTF8, QF_VERIFY, QF_VERBOSE */
    const char *sender;   /* internal form */
    const char *full_name, *envid, *verp;
};

struct submit;

/* Nothing is sent before SUBMIT_CHUNK bytes are there, or the end: whoever types a message does not keep pickup from
 * others. What fails, submit_end tells: neither pickup nor maildrop takes it (4.3.0), the user may not submit
 * (5.7.1). */
struct submit *submit_begin(const struct submit_env *env) MUST;
void submit_rcpt(struct submit *s, const char *addr, const char *orcpt, unsigned notify);
void submit_data(struct submit *s, const char *p, size_t n);
/* Ends it and frees s. OK: durably queued, id (QUEUE_ID_MAX bytes, may be NULL) set, "" when it went to
 * maildrop. TEMP/PERM with why. */
enum result submit_end(struct submit *s, char *id, struct why *why) MUST;
void submit_abort(struct submit *s);
/* Reads a BEGIN record that has just been received. */
enum result submit_get_begin(struct frame *f, struct submit_env *env) MUST;

#endif
