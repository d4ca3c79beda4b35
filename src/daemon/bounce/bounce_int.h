/* bounce_int.h - what the files of the bounce service share */
/* SPDX-License-Identifier: ISC */
#ifndef DAEMON_BOUNCE_INT_H
#define DAEMON_BOUNCE_INT_H

#include "base/base.h"
#include "base/buf.h"
#include "deliver/notice.h"
#include "deliver/template.h"
#include "queue/qfile.h"

/* --- bounce_text.c --- */

/* One logical line in pieces of at most 79 characters, the second and later ones indented by four. */
void bounce_wrap(const char *text, void (*line)(void *arg, struct str part, bool indent), void *arg);
/* What the other side said, out of "host x said: TEXT (in reply to ...)"; the whole text when there is no such thing.
 */
struct str bounce_remote_text(const char *why);

/* --- bounce_message.c --- */

struct bounce_mail {               /* one notice to be sent */
    const struct template *template;
    enum notice_kind kind;
    struct qfile *q;               /* of the message it is about */
    const char *id;
    struct delivery_rcpt *rcpts;
    size_t n;
    unsigned notify;               /* DSN_NOTIFY_* that a recipient must not have switched off; 0 = all recipients */
    const char *from, *to;         /* envelope */
    const char *to_header;
    bool postmaster;               /* a copy: no explanation, other subject */
    bool headers_only;
};

/* Does the sender want to know of this recipient? */
bool bounce_wanted(const struct bounce_mail *m, const struct delivery_rcpt *r);
/* Composes and queues it: OK and its id (QUEUE_ID_MAX bytes), or TEMP/PERM with why. */
enum result bounce_send(const struct bounce_mail *m, char *id, struct why *why) MUST;

#endif
