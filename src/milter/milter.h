/* milter.h - mail filters that speak the Milter protocol (versions 2 to 6): asked while mail arrives
 *
 * A list of filters is opened for each session (or each locally submitted
 * message). Events go to the filters in order; the first that refuses ends the
 * round. The content is shown to one filter after the other (cleanup_milter.c),
 * so that each sees what those before it have changed.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MILTER_MILTER_H
#define MILTER_MILTER_H

#include "base/base.h"
#include "base/log.h"

struct milter;  /* one filter and its connection */
struct milters; /* those of a session, in order */

enum milter_verdict {
    MILTER_PASS,
    MILTER_HOLD,    /* quarantine the message, otherwise go on */
    MILTER_DISCARD, /* accept and forget */
    MILTER_REFUSE,  /* milters_reply() says how */
};

/* What a filter wants changed, told at the end of the message. */
struct milter_edit {
    char what;             /* 'h' add, 'i' insert, 'm' change header; 'e' sender; '+' '2' '-' recipients; 'b' body */
    uint32_t index;        /* 'i': headers before it; 'm': which of this name, from 1 */
    const char *name;      /* header name, or address */
    const char *value;     /* header value ("" with 'm': delete), or ESMTP parameters */
    struct str data;       /* 'b': the next piece of the new body, CRLF line ends */
    bool as_is;            /* the value brings its own leading blank */
};

/* NULL: the list is empty. param is its name, for messages. A filter that is not written well fails like one that
 * cannot be reached. */
struct milters *milters_new(const char *param, const char *list) MUST;
void milters_free(struct milters *ms); /* takes leave of the filters; NULL is fine */
/* Who knows the macros ("i", "{client_addr}"): NULL = not known. */
void milters_macros(struct milters *ms, const char *(*value)(const char *name, void *arg), void *arg);
/* In whose name trouble is logged from now on; NULL = this program's. */
void milters_log_as(struct milters *ms, const char *program);
/* "550 5.7.1 Command rejected", perhaps several lines with CRLF between them. */
const char *milters_reply(const struct milters *ms);

/* name and addr may be "unknown". */
enum milter_verdict milters_connect(struct milters *ms, const char *name, const char *addr, int port);
enum milter_verdict milters_helo(struct milters *ms, const char *name);
/* addr in external form, with <> where a client said it; params as the client wrote them. */
enum milter_verdict milters_mail(struct milters *ms, const char *addr, struct str params);
/* refused: we have refused this recipient; told to those who want to know. */
enum milter_verdict milters_rcpt(struct milters *ms, const char *addr, struct str params, bool refused);
enum milter_verdict milters_data(struct milters *ms);
enum milter_verdict milters_unknown(struct milters *ms, struct str command);
/* A command that has no event: a filter that refused this client says so again. */
enum milter_verdict milters_other(struct milters *ms);
/* The message ends here. */
void milters_abort(struct milters *ms);

/* Content, for one filter after the other. */
struct milter *milters_first(struct milters *ms);
struct milter *milter_next(struct milter *f);
/* The filter needs to see headers, body or the end of this message; false: its verdict is known. */
bool milter_wants_content(const struct milter *f);
bool milter_wants_body(const struct milter *f);
enum milter_verdict milter_header(struct milter *f, struct str name, struct str value); /* value: all after the colon,
                                                                                            folds with CRLF */
enum milter_verdict milter_end_of_headers(struct milter *f);
enum { MILTER_CHUNK = 65535 };
enum milter_verdict milter_body(struct milter *f, struct str chunk); /* at most MILTER_CHUNK bytes, not stuffed */
/* edit is called for each change; false: it cannot be made, the filter's answer is given up. */
enum milter_verdict milter_end(struct milter *f, bool (*edit)(const struct milter_edit *e, void *arg), void *arg);

#endif
