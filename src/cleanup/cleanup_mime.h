/* cleanup_mime.h - where in the MIME structure a body line stands (RFC 2045, 2046)
 *
 * Nothing here changes a byte.
 */
/* SPDX-License-Identifier: ISC */
#ifndef CLEANUP_CLEANUP_MIME_H
#define CLEANUP_CLEANUP_MIME_H

#include "base/base.h"
#include "mail/header.h"

enum mime_place {
    MIME_BODY,          /* text of a part, preamble, boundary */
    MIME_HEADER,        /* header of a part */
    MIME_NESTED_HEADER, /* header of an attached message */
};

struct cleanup_mime;

struct cleanup_mime *cleanup_mime_new(void) MUST;
void cleanup_mime_free(struct cleanup_mime *m); /* NULL is fine */
/* A whole header, of the message or of the part at hand. */
void cleanup_mime_header(struct cleanup_mime *m, enum header_id id, struct str value);
/* The blank line after the headers: what follows. */
void cleanup_mime_headers_end(struct cleanup_mime *m);
/* A line of the body; true when it is a boundary, and a new part may begin. */
bool cleanup_mime_boundary(struct cleanup_mime *m, struct str line);
enum mime_place cleanup_mime_place(const struct cleanup_mime *m);
/* The part at hand may hold 8-bit data (Content-Transfer-Encoding: 8bit or binary). */
bool cleanup_mime_is_8bit(const struct cleanup_mime *m);
/* A multipart or message with an encoding other than 7bit, 8bit or binary has been seen (RFC 2045 section 6.4). */
bool cleanup_mime_bad_domain(const struct cleanup_mime *m);
/* Before cleanup_mime_headers_end(): what these headers must say instead of 8bit or binary when the text is converted
 * to quoted-printable; NULL: they do not say so. */
const char *cleanup_mime_instead(const struct cleanup_mime *m);
/* The text at hand is the body of a part with such headers. */
bool cleanup_mime_converts(const struct cleanup_mime *m);
bool cleanup_mime_too_deep(const struct cleanup_mime *m); /* mime_nesting_limit */

#endif
