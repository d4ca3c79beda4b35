/* addr.h - mail addresses: RFC 5322 text to internal form and back
 *
 * Internal form: localpart without quoting, "@", domain ("a b@example.com").
 * External form: localpart quoted where RFC 5321 section 4.1.2 needs it.
 * Everything between processes, in queue files and in the envelope is internal;
 * what goes on the wire, into headers and as a table key is external.
 */
/* SPDX-License-Identifier: ISC */
#ifndef MAIL_ADDR_H
#define MAIL_ADDR_H

#include "base/base.h"
#include "base/buf.h"

enum { ADDR_MAX = 2048 };

/* Position of the @ that splits localpart and domain, or s.n. Internal form: the last @. */
size_t addr_at(struct str internal);
struct str addr_local(struct str internal);
struct str addr_domain(struct str internal); /* "" when there is none */
bool addr_quote(struct buf *out, struct str internal);             /* internal to external */
enum result addr_unquote(struct buf *out, struct str external) MUST; /* one addr-spec: PERM when it is not one */
/* First / last c outside quotes, comments and literals of an address in external form; s.n when there is none. */
size_t addr_find(struct str external, int c);
size_t addr_rfind(struct str external, int c);
struct str addr_without_route(struct str external);                /* "@a,@b:user@c" to "user@c" */
/* MAIL FROM / RCPT TO path: "<a@b>", "<>", "<@route:a@b>" (route dropped), or without <> unless strict.
 * Unless strict, text that looks like a header will do ("Ann<a@b>"), if there is no doubt which address is meant. rest
 * is what follows (ESMTP parameters). internal form in out. PERM: syntax; rest.p is NULL when something does not
 * close. */
enum result addr_parse_path(struct str text, bool strict, struct buf *out, struct str *rest) MUST;

/* One element of an address list header. */
struct addr_piece {
    enum { ADDR_SPEC, ADDR_OTHER } kind; /* ADDR_OTHER: phrases, comments, group names, commas, <, >, white space */
    struct str text;                     /* as written, a view into the input */
};
/* Walks a header value without changing a byte of what is not an address: the pieces joined give the input.
 * ADDR_SPEC text is an addr-spec (or bare localpart, or route) in external form; words side by side ("Ann Doe", not
 * in front of <>) are one address each. Start with *at = 0; NONE at the end.
 * Bounded nesting of comments; malformed input comes out as ADDR_OTHER. */
enum result addr_next(struct str header_value, size_t *at, struct addr_piece *piece) MUST;
size_t addr_next_position(size_t at); /* how many bytes of the value went by */

/* user+ext: length of user, or s.n when there is no extension (delimiters: recipient_delimiter; owner-x and
 * x-request are not split; double-bounce, mailer-daemon, postmaster are not split). */
size_t addr_split_ext(struct str local, const char *delimiters, bool owner_request_special);
/* Variable envelope return path, with two delimiters: list@here and user@there make list+user=there@here. False: too
 * long. */
bool addr_verp(struct buf *out, struct str sender, const char *delimiters, struct str rcpt);
bool addr_valid_domain(struct str domain); /* dots and labels of host names, or a literal [..]; UTF-8 allowed */

#endif
