/* why.h - the reason that goes with a result: enhanced status code and one line of text */
/* SPDX-License-Identifier: ISC */
#ifndef BASE_WHY_H
#define BASE_WHY_H

#include "base/base.h"

enum { WHY_TEXT = 1024 };

struct why {
    char dsn[12];        /* RFC 3463 "x.y.z"; empty = none set */
    char text[WHY_TEXT]; /* one printable line, cut when longer */
};

/* Sets both; text is cut and made printable. Returns PERM for 5.x.y, TEMP for 4.x.y, OK for 2.x.y. */
enum result why_set(struct why *why, const char *dsn, const char *fmt, ...) PRINTF(3, 4);
/* Changes the first digit of the status code, e.g. for soft_bounce. */
void why_class(struct why *why, char digit);
/* Puts text in front of what is there. */
void why_prefix(struct why *why, const char *fmt, ...) PRINTF(2, 3);
/* Length of a status code "x.y.z" at the start of text, or 0 (RFC 3463 section 2). */
size_t why_dsn_length(const char *text);

#endif
