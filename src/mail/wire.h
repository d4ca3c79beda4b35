/* wire.h - message content in wire form: CRLF line ends, dot-stuffed
 *
 * Queue files hold content as SMTP carries it (RFC 5321 section 4.5.2), with the
 * final ".CRLF", so relaying is a copy. These convert from and to text with LF.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAIL_WIRE_H
#define MAIL_WIRE_H

#include "base/base.h"
#include "base/buf.h"

/* Finds the end of data in a stream of chunks, counts what postfix calls size, finds bare LF and CR. */
struct wire_scan {
    unsigned state;      /* opaque; start with all zero */
    int64_t lines;       /* complete lines so far */
    int64_t stuffed;     /* dots that stuffing added */
    int64_t wire_bytes;  /* bytes of content, final dot not counted */
    bool bare_lf, bare_cr, has_nul, has_8bit;
    size_t line_len;     /* of the current line */
    size_t longest;      /* line, without CRLF */
};

/* Scans a chunk. OK: end of data found, *used bytes belong to this message (".CRLF" included);
 * AGAIN: *used is n and all of it belongs to the message. Bare LF never ends a line or the data (no smuggling).
 * The final ".CRLF" may be cut by a chunk's end, so OK does not mean that this chunk holds all of it: hand every *used
 * bytes to cleanup_data() as they are, it knows the final dot. */
enum result wire_scan(struct wire_scan *w, const char *p, size_t n, size_t *used) MUST;

/* Adds one text line (without line end) in wire form. */
bool wire_put_line(struct buf *out, struct str line);
/* Converts a chunk of un-stuffed content with CRLF (BDAT) or LF (sendmail) to wire form. Start with zero state.
 * lf: a bare LF is a line end. wire_end_text adds a missing last line end (not the final dot). */
struct wire_in { unsigned state; };
bool wire_from_text(struct wire_in *w, struct buf *out, const char *p, size_t n, bool lf);
bool wire_end_text(struct wire_in *w, struct buf *out);
/* Converts wire form to text with the given line end. Chunks may cut anywhere. done: the final dot was seen. */
struct wire_out { unsigned state; bool done; };
bool wire_to_text(struct wire_out *w, struct buf *out, const char *p, size_t n, const char *eol);

#endif
