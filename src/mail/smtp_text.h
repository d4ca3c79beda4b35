/* smtp_text.h - small grammars of SMTP: xtext, ESMTP parameters, replies, DSN options */
/* SPDX-License-Identifier: ISC */
#ifndef MAIL_SMTP_TEXT_H
#define MAIL_SMTP_TEXT_H

#include "base/base.h"
#include "base/buf.h"

bool xtext_encode(struct buf *out, struct str in, bool utf8);         /* RFC 3461 section 4 */
enum result xtext_decode(struct buf *out, struct str in) MUST;        /* PERM: bad, or a control byte results */

enum { DSN_NOTIFY_NEVER = 1, DSN_NOTIFY_SUCCESS = 2, DSN_NOTIFY_FAILURE = 4, DSN_NOTIFY_DELAY = 8 };
enum { DSN_RET_FULL = 1, DSN_RET_HDRS = 2 };
/* "NEVER" or a list; 0 = nothing said. PERM: bad. */
enum result dsn_parse_notify(struct str text, unsigned *notify) MUST;
const char *dsn_notify_text(unsigned notify);
enum result dsn_parse_ret(struct str text, unsigned *ret) MUST;

/* NAME or NAME=VALUE, cut off *rest; value.p is NULL without "=". NONE at the end; PERM: syntax. */
enum result esmtp_param(struct str *rest, struct str *name, struct str *value) MUST;

/* One reply line: code 200..599, ' ' or '-', text. PERM: not a reply. */
struct smtp_reply_line { int code; bool more; struct str dsn; struct str text; /* text includes the dsn */ };
enum result smtp_reply_parse(struct str line, struct smtp_reply_line *out) MUST;

#endif
