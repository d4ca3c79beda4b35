/* mime.h - where in the MIME structure a line stands (RFC 2045, 2046)
 *
 * Nothing here changes a byte.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include "base/base.h"
#include "mail/header.h"

enum mime_place {
    MIME_BODY,          /* text of a part, preamble, boundary */
    MIME_HEADER,        /* header of a part */
    MIME_NESTED_HEADER, /* header of an attached message */
};

struct mime;

/* Bounded: levels of multiparts, bytes of a boundary. */
struct mime *mime_new(size_t nesting_limit, size_t boundary_limit) MUST;
void mime_free(struct mime *m); /* NULL is fine */
/* A whole header, of the message or of the part at hand, perhaps folded. */
void mime_header(struct mime *m, enum header_id id, struct str value);
/* The blank line after the headers: what follows. */
void mime_headers_end(struct mime *m);
/* A line of the body; true when it is a boundary, and a new part may begin. */
bool mime_boundary(struct mime *m, struct str line);
enum mime_place mime_place(const struct mime *m);
/* The text at hand must be of 7 bits. */
bool mime_is_7bit(const struct mime *m);
/* After mime_headers_end(): the encoding that these headers named and that their type must not have (RFC 2045 section
 * 6.4), or NULL. */
const char *mime_wrong_encoding(const struct mime *m);
/* Before mime_headers_end(): what these headers must say instead of 8bit or binary when the text is converted to
 * quoted-printable; NULL: they do not say so. */
const char *mime_instead(const struct mime *m);
/* The text at hand is the body of a part with such headers. */
bool mime_converts(const struct mime *m);
bool mime_too_deep(const struct mime *m); /* a level was left out */

#endif
