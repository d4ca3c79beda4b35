/* qp.h - quoted-printable (RFC 2045 section 6.7) */
/* SPDX-License-Identifier: ISC */
#ifndef MAIL_QP_H
#define MAIL_QP_H

#include "base/base.h"
#include "base/buf.h"

/* Adds a line without its end as lines of at most 76 characters, joined by soft line breaks "=\r\n". None of them
 * begins with a dot. False: out is full. */
bool qp_line(struct buf *out, struct str line);

#endif
